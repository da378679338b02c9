//! What is asked of the history: terms that must all hold, and a time.

use std::fmt;

use crate::domain::{
    ids::LoginId,
    search::{
        field::Field,
        times::Span,
        value::{Comparison, Value},
    },
};

/// How many terms a query has at most.
pub const MAX_TERMS: usize = 64;
/// How many values a term has at most.
pub const MAX_VALUES: usize = 256;

/// What is asked: logins for which every term holds, within a time. The default asks for all. Times are absolute, so the
/// same query means the same later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    span: Span,
}

/// That one of some values is a login's, or that none is.
///
/// Invariant: it has at least one value, all are of one field, and none comes twice. A term about the score of risk has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    negated: bool,
    values: Vec<Value>,
}

impl Query {
    /// Asks for logins within a time for which every term holds.
    #[must_use]
    pub fn new(terms: impl IntoIterator<Item = Term>, span: Span) -> Self {
        terms.into_iter().fold(Self { terms: Vec::new(), span }, Self::with)
    }

    /// The same, with one term more; a term that is there already changes nothing.
    #[must_use]
    pub fn with(mut self, term: Term) -> Self {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
        self
    }

    /// The same, within what the time has in common with this one.
    #[must_use]
    pub fn within(self, span: Span) -> Self {
        Self { span: self.span.and(span), ..self }
    }

    /// The same, at whatever time.
    #[must_use]
    pub fn at_any_time(self) -> Self {
        Self { span: Span::default(), ..self }
    }

    /// The same without a term; one that is not there changes nothing.
    #[must_use]
    pub fn without(mut self, term: &Term) -> Self {
        self.terms.retain(|it| it != term);
        self
    }

    /// What both ask for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        other.terms.into_iter().fold(self.within(other.span), Self::with)
    }

    /// The terms, in the order in which they were written.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The time.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The values of which every login asked for has one in this field, if the query says so.
    #[must_use]
    pub fn any_of(&self, field: Field) -> Option<&[Value]> {
        self.terms.iter().find(|it| it.field() == field && !it.is_negated()).map(Term::values)
    }

    /// The e-mail addresses in it, asked for or not.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        let values = self.terms.iter().flat_map(Term::values);
        values.filter_map(|it| if let Value::Email(address) = it { Some(address.as_str()) } else { None })
    }

    /// The logins in it whose browsers others are to be like, or not.
    pub fn likes(&self) -> impl Iterator<Item = LoginId> {
        let values = self.terms.iter().flat_map(Term::values);
        values.filter_map(|it| if let Value::Like(login) = it { Some(*login) } else { None })
    }

    /// The one value that every login asked for has in this field, if the query says so.
    #[must_use]
    pub fn only(&self, field: Field) -> Option<&Value> {
        self.terms.iter().filter(|it| it.field() == field).find_map(Term::only)
    }
}

impl Term {
    /// That one of the values is a login's, or with `negated` that none is; `None` if there is no value, if they are not all
    /// of one field, or if there are two scores of risk.
    #[must_use]
    pub fn new(negated: bool, values: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut kept: Vec<Value> = Vec::new();
        for value in values {
            if kept.first().is_some_and(|it| it.field() != value.field()) {
                return None;
            }
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        let is_sound = !kept.is_empty() && !matches!(kept.as_slice(), [Value::Risk(..), _, ..]);
        is_sound.then_some(Self { negated, values: kept })
    }

    /// That this value is a login's.
    #[must_use]
    pub fn is(value: Value) -> Self {
        Self { negated: false, values: vec![value] }
    }

    /// What it is about.
    #[must_use]
    pub fn field(&self) -> Field {
        self.values[0].field()
    }

    /// Whether none of the values may be a login's.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.negated
    }

    /// The values: at least one, all of one field.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The one value that it asks for.
    #[must_use]
    pub fn only(&self) -> Option<&Value> {
        match self.values.as_slice() {
            [value] if !self.negated => Some(value),
            _ => None,
        }
    }
}

/// The canonical text: it is read as the same query again.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self.terms.iter().map(Term::to_string);
        let times = Some(self.span.to_string()).filter(|it| !it.is_empty());
        f.write_str(&terms.chain(times).collect::<Vec<_>>().join(" "))
    }
}

/// As it stands in a query.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = if let Value::Risk(it, _) = &self.values[0] { *it } else { Comparison::Equal };
        write!(f, "{}{}{}", if self.negated { "-" } else { "" }, self.field().as_str(), comparison.as_str())?;
        f.write_str(&self.values.iter().map(Value::to_string).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{place::Country, policy::policy::Level, search::value::Score};

    fn country(code: &str) -> Value {
        Value::Country(Country::parse(code).unwrap())
    }

    #[test]
    fn a_term_is_about_one_field_and_says_nothing_twice() {
        assert_eq!(Term::new(false, []), None);
        assert_eq!(Term::new(false, [country("BR"), Value::Level(Level::High)]), None);
        let scores = [Comparison::More, Comparison::Less].map(|it| Value::Risk(it, Score::parse("0.5").unwrap()));
        assert_eq!(Term::new(false, scores), None);
        let twice = Term::new(true, [country("BR"), country("PT"), country("BR")]).unwrap();
        assert_eq!(twice.to_string(), "-country:BR,PT");
        let query = Query::new([twice.clone(), twice.clone()], Span::default());
        assert_eq!(query.and(Query::new([twice], Span::default())).to_string(), "-country:BR,PT");
    }
}
