//! Reads queries. It is total: every text is a query or has a fault with its place, and nothing in it is passed over.
//!
//! ```text
//! query      = [ term *( space [ "and" space ] term ) ]
//! term       = [ "-" / "not" space ] ( field comparison values / bare )
//! comparison = ":" / "=" / "<" / "<=" / ">" / ">="
//! values     = value *( "," value )
//! value      = word / DQUOTE text DQUOTE
//! ```

use std::ops::ControlFlow;

use crate::domain::{
    search::{
        bare::{country_with_spaces, is_value_with_colon, typed},
        fault::{QueryFault, nearest, repeated},
        field::Field,
        needs::Need,
        query::{MAX_TERMS, Query, Term},
        reading::read,
        scanner::{MAX_BYTES, Scanner, Written, as_term, too_long},
        times::{Bound, Span, is_day},
        value::{Comparison, Value},
    },
    time::Timestamp,
};

/// Reads a query that is asked at `now`. What is relative (`last:7d`) becomes absolute.
///
/// # Errors
/// When the text is no query: where, why, and what would be right.
pub fn parse(text: &str, now: Timestamp) -> Result<Query, QueryFault> {
    parse_answerable(text, now, &Need::ALL)
}

/// Reads a query for a search that looks up only this beside the logins themselves.
///
/// # Errors
/// As [`parse`], and when a term needs more than is looked up.
pub fn parse_answerable(text: &str, now: Timestamp, looked_up: &[Need]) -> Result<Query, QueryFault> {
    read_with(text, Asked { now, looked_up, is_open: false })
}

/// Reads a query about what comes from `now` on, for whom only this is looked up beside the logins themselves: it may begin at a
/// time, and has no end. `last:1h` leaves out what happened more than an hour before now.
///
/// # Errors
/// As [`parse_answerable`], and when it has an end.
pub fn parse_followed(text: &str, now: Timestamp, looked_up: &[Need]) -> Result<Query, QueryFault> {
    read_with(text, Asked { now, looked_up, is_open: true })
}

/// When and for what a query is asked.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    now: Timestamp,
    looked_up: &'a [Need],
    /// Whether it asks for what is still to come.
    is_open: bool,
}

fn read_with(text: &str, asked: Asked<'_>) -> Result<Query, QueryFault> {
    let scanner = Scanner::new(text)?;
    let mut parser = Parser { scanner, asked, query: Query::default(), terms: 0, bare_user: None };
    while parser.next()?.is_continue() {}
    if parser.query.to_string().len() > MAX_BYTES {
        return Err(too_long(text.chars().count()));
    }
    Ok(parser.query)
}

struct Parser<'a> {
    scanner: Scanner,
    asked: Asked<'a>,
    query: Query,
    /// How many terms were read.
    terms: usize,
    /// A user that was named without a field.
    bare_user: Option<String>,
}

/// What stands before the values of a term.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Field(Field),
    Bound(Bound),
}

impl Subject {
    fn parse(name: &str) -> Option<Self> {
        Field::parse(name).map(Self::Field).or_else(|| Bound::parse(name).map(Self::Bound))
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Field(it) => it.as_str(),
            Self::Bound(it) => it.as_str(),
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Field(it) => it.example(),
            Self::Bound(it) => it.example(),
        }
    }
}

impl Parser<'_> {
    /// Reads the next term.
    fn next(&mut self) -> Result<ControlFlow<()>, QueryFault> {
        self.scanner.pass_space();
        if self.scanner.peek().is_none() {
            return Ok(ControlFlow::Break(()));
        }
        self.and()?;
        let at = self.scanner.at();
        if self.terms == MAX_TERMS {
            return Err(QueryFault::new(at, 0, format!("A query has at most {MAX_TERMS} terms.")));
        }
        let negated = self.negation()?;
        match self.subject()? {
            Some(Subject::Field(field)) => self.field_term(field, negated)?,
            Some(Subject::Bound(bound)) => self.bound(bound, negated, at)?,
            None => self.bare_term(negated)?,
        }
        self.terms += 1;
        Ok(ControlFlow::Continue(()))
    }

    /// Passes over `and`, which stands between terms, and refuses `or`.
    fn and(&mut self) -> Result<(), QueryFault> {
        let at = self.scanner.at();
        if self.is_keyword("or") || self.is_keyword("||") {
            let message = "There is no “or” between terms: a comma between values means it, as in `country:BR,PT`.";
            return Err(QueryFault::new(at, 2, message));
        }
        if !self.is_keyword("and") {
            return Ok(());
        }
        self.scanner.pass_many(3);
        self.scanner.pass_space();
        if self.terms == 0 || self.scanner.peek().is_none() || self.is_keyword("and") || self.is_keyword("or") {
            return Err(QueryFault::new(at, 3, "`and` stands between two terms, and may be left out."));
        }
        Ok(())
    }

    /// Passes over `-` or `not`; whether there was one.
    fn negation(&mut self) -> Result<bool, QueryFault> {
        let at = self.scanner.at();
        let negated = self.scanner.pass('-');
        if negated {
            if self.scanner.is_at_gap() {
                return Err(QueryFault::new(at, 1, "`-` stands right before the term that it negates."));
            }
        } else if self.is_keyword("not") {
            self.scanner.pass_many(3);
            self.scanner.pass_space();
            if self.scanner.peek().is_none() {
                return Err(QueryFault::new(at, 3, "`not` stands before the term that it negates."));
            }
        } else {
            return Ok(false);
        }
        if self.scanner.peek() == Some('-') || self.is_keyword("not") {
            return Err(QueryFault::new(self.scanner.at(), 1, "A term is negated once."));
        }
        Ok(true)
    }

    /// Passes over the name of a field, if one follows; what compares is left.
    fn subject(&mut self) -> Result<Option<Subject>, QueryFault> {
        let at = self.scanner.at();
        let word = self.scanner.ahead(|it| !it.is_whitespace() && it != ',');
        match self.scanner.peek() {
            Some('"') => return Ok(None),
            Some('!') => {
                return Err(QueryFault::new(at, 1, "A term is negated by `-`.").suggesting(Some("-")));
            }
            Some('(' | ')') => {
                let message = "There are no parentheses: a comma means “or”, and terms beside each other “and”.";
                return Err(QueryFault::new(at, 1, message));
            }
            _ if is_value_with_colon(&word) => return Ok(None),
            _ => (),
        }
        let name = self.scanner.ahead(|it| !it.is_whitespace() && !",\":<>=".contains(it));
        let length = name.chars().count();
        let mut after = self.scanner.clone();
        after.pass_many(length);
        let is_apart = after.pass_space();
        let (known, next) = (Subject::parse(&name), after.peek());
        let compares = match next {
            Some(':') => known.is_some() || !is_apart,
            Some('<' | '>') => true,
            Some('=') => known.is_some() || name.ends_with('!'),
            _ => false,
        };
        if !compares {
            return Ok(None);
        }
        let Some(subject) = known else { return Err(unknown(at, &name, &word)) };
        self.scanner = after;
        Ok(Some(subject))
    }

    /// Reads what compares, and stands before the values then.
    fn comparison(&mut self, subject: Subject) -> Result<Comparison, QueryFault> {
        let at = self.scanner.at();
        let has_colon = self.scanner.pass(':');
        let is_risk = matches!(subject, Subject::Field(Field::Risk));
        let comparison = if has_colon && !is_risk { Comparison::Equal } else { self.order() };
        if comparison != Comparison::Equal && !is_risk {
            let message = format!("Only `risk` is compared like this; `{}` takes a colon.", subject.as_str());
            return Err(QueryFault::new(at, self.scanner.at() - at, message).suggesting(Some(":")));
        }
        let is_apart = self.scanner.pass_space();
        let begins_term = || {
            let mut next = self.clone_at();
            matches!(next.subject(), Ok(Some(_)))
        };
        if self.scanner.peek().is_none() || is_apart && begins_term() {
            let message = format!("A value is missing, such as `{}`.", subject.example());
            return Err(QueryFault::new(self.scanner.at(), 0, message));
        }
        Ok(comparison)
    }

    /// Reads `<`, `<=`, `>`, `>=` or `=`.
    fn order(&mut self) -> Comparison {
        let is_less = self.scanner.pass('<');
        let is_more = !is_less && self.scanner.pass('>');
        match (is_less, is_more, self.scanner.pass('=')) {
            (true, _, false) => Comparison::Less,
            (true, _, true) => Comparison::AtMost,
            (_, true, false) => Comparison::More,
            (_, true, true) => Comparison::AtLeast,
            (false, false, _) => Comparison::Equal,
        }
    }

    fn field_term(&mut self, field: Field, negated: bool) -> Result<(), QueryFault> {
        let comparison = self.comparison(Subject::Field(field))?;
        let written = self.scanner.values()?;
        if let (Field::Risk, Some(second)) = (field, written.get(1)) {
            return Err(second.fault("`risk` is compared with one number."));
        }
        let values = written.iter().map(|it| read(field, comparison, it)).collect::<Result<Vec<Value>, _>>()?;
        self.add(negated, &written, values)
    }

    fn bound(&mut self, bound: Bound, negated: bool, at: usize) -> Result<(), QueryFault> {
        self.comparison(Subject::Bound(bound))?;
        let written = self.scanner.values()?;
        let name = bound.as_str();
        if negated {
            let message = format!("`{name}` is not negated: `since` and `until` say when a time begins and ends.");
            return Err(QueryFault::new(at, self.scanner.at() - at, message));
        }
        if let Some(second) = written.get(1) {
            return Err(second.fault(format!("`{name}` has one value.")));
        }
        let value = &written[0];
        let wrong = || value.fault(format!("`{name}` {}, not `{}`.", bound.must(), repeated(&value.text)));
        let mut span = bound.read(&value.text, self.asked.now).ok_or_else(wrong)?;
        if self.asked.is_open {
            if bound == Bound::Until {
                let message = "What is still to come is followed without an end: leave `until` out.";
                return Err(QueryFault::new(at, self.scanner.at() - at, message));
            }
            span = Span::new(span.from(), None);
        }
        let span = self.query.span().and(span);
        // Of days the first must not be the one after the last; a time without length may be asked about by points in time.
        if span.is_reversed() || (span.is_empty() && is_day(&value.text)) {
            let message = "The time that is asked about ends before it begins: `until` is before `since`.";
            return Err(value.fault(message));
        }
        self.query = std::mem::take(&mut self.query).within(span);
        Ok(())
    }

    fn bare_term(&mut self, negated: bool) -> Result<(), QueryFault> {
        let country = country_with_spaces(&self.scanner);
        let mut written = Vec::new();
        if let Some(name) = country {
            let (at, length) = (self.scanner.at(), name.chars().count());
            written.push(Written { text: name.to_owned(), at, length });
            self.scanner.pass_many(length);
        }
        if country.is_none() || self.scanner.pass(',') {
            self.scanner.pass_space();
            written.extend(self.scanner.values()?);
        }
        let mut values: Vec<Value> = Vec::new();
        for it in &written {
            let value = typed(it)?;
            if let Some(first) = values.first().filter(|first| first.field() != value.field()) {
                let (one, other) = (first.field().as_str(), value.field().as_str());
                return Err(
                    it.fault(format!("This is `{other}`, and the value before it `{one}`: a list has one kind."))
                );
            }
            values.push(value);
        }
        if !negated {
            self.one_user(&written, &values)?;
        }
        self.add(negated, &written, values)
    }

    /// Refuses a second user without a field: no login is of two users, so that was meant otherwise.
    fn one_user(&mut self, written: &[Written], values: &[Value]) -> Result<(), QueryFault> {
        let (Some(it), Some(Value::User(_))) = (written.first(), values.first()) else { return Ok(()) };
        if let Some(before) = &self.bare_user {
            let message = format!(
                "A login has one user, so `{}` and `{}` together find nothing. For either write a comma between them; an id \
                 with a space stands in quotes.",
                repeated(before),
                repeated(&it.text)
            );
            return Err(it.fault(message));
        }
        self.bare_user = Some(it.text.clone());
        Ok(())
    }

    /// Adds a term of these values, if it can be answered.
    fn add(&mut self, negated: bool, written: &[Written], values: Vec<Value>) -> Result<(), QueryFault> {
        for (value, written) in values.iter().zip(written) {
            if value.need().is_some_and(|need| !self.asked.looked_up.contains(&need)) {
                let name = value.field().as_str();
                return Err(written.fault(if self.asked.is_open {
                    format!("What is still to come cannot be followed by `{name}`: a login itself does not say so.")
                } else {
                    format!("By `{name}` nothing can be found yet.")
                }));
            }
        }
        if let Some(term) = Term::new(negated, values) {
            self.query = std::mem::take(&mut self.query).with(term);
        }
        Ok(())
    }

    /// Whether this word follows, in letters of either case, and is no name of a field.
    fn is_keyword(&self, word: &str) -> bool {
        self.scanner.ahead(|it| !it.is_whitespace()).eq_ignore_ascii_case(word)
    }

    /// A parser at the same place, to look ahead.
    fn clone_at(&self) -> Self {
        Self { scanner: self.scanner.clone(), query: Query::default(), bare_user: None, ..*self }
    }
}

/// The fault of a name that is no field's. `word` is the whole of what stands there.
fn unknown(at: usize, name: &str, word: &str) -> QueryFault {
    let length = name.chars().count();
    if name.is_empty() {
        return QueryFault::new(at, 1, "The name of a field is missing before this.");
    }
    let bare = name.trim_end_matches('!');
    if bare != name && Subject::parse(bare).is_some() {
        let message = format!("A term is negated by `-` before it: `-{bare}:`.");
        return QueryFault::new(at, length, message).suggesting(Some(format!("-{bare}")));
    }
    let fields = Field::ALL.iter().flat_map(|it| it.names());
    let bounds = Bound::ALL.iter().flat_map(|it| it.names().iter().copied());
    let message = format!("There is no field `{}`.", repeated(name));
    if let Some(field) = nearest(name, fields.chain(bounds)) {
        return QueryFault::new(at, length, message).suggesting(Some(field));
    }
    if word == name {
        return QueryFault::new(at, length, message);
    }
    let suggestion = as_term(Field::User.as_str(), word);
    let message = format!("{message} If this is a user, say so.");
    QueryFault::new(at, word.chars().count(), message).suggesting(Some(suggestion))
}
