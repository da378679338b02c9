//! A query, character by character: words, quotes, and where they stand.

use crate::domain::search::{
    fault::{QueryFault, repeated},
    query::MAX_VALUES,
    value::{is_hidden, quoted},
};

/// The longest query, in bytes; its canonical form has no more either.
pub const MAX_BYTES: usize = 4 * 1024;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says, without quotes.
    pub text: String,
    /// How many characters stand before it.
    pub at: usize,
    /// How many characters it has in the query, with its quotes.
    pub length: usize,
}

impl Written {
    /// A fault of this value.
    #[must_use]
    pub fn fault(&self, message: impl Into<String>) -> QueryFault {
        QueryFault::new(self.at, self.length, message)
    }
}

/// Reads a query from left to right.
#[derive(Clone, Debug)]
pub struct Scanner {
    letters: Vec<char>,
    at: usize,
}

impl Scanner {
    /// Stands before a query.
    ///
    /// # Errors
    /// When it is too long, or has characters that do not show.
    pub fn new(query: &str) -> Result<Self, QueryFault> {
        let mut bytes = 0;
        let letters: Vec<char> = query.chars().collect();
        for (at, &letter) in letters.iter().enumerate() {
            bytes += letter.len_utf8();
            if bytes > MAX_BYTES {
                return Err(too_long(at));
            }
            if is_hidden(letter) {
                let message = format!(
                    "A character that does not show (U+{:04X}) cannot stand in a query. Within quotes it is written `{}`.",
                    u32::from(letter),
                    letter.escape_unicode()
                );
                return Err(QueryFault::new(at, 1, message));
            }
        }
        Ok(Self { letters, at: 0 })
    }

    /// How many characters stand before this place.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The character that follows.
    #[must_use]
    pub fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    /// Whether nothing more than space follows, or nothing at all.
    #[must_use]
    pub fn is_at_gap(&self) -> bool {
        self.peek().is_none_or(char::is_whitespace)
    }

    /// Passes one character over, if it is this one.
    pub fn pass(&mut self, letter: char) -> bool {
        let is_next = self.peek() == Some(letter);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes over as many characters.
    pub fn pass_many(&mut self, count: usize) {
        self.at = (self.at + count).min(self.letters.len());
    }

    /// Passes over space; whether there was some.
    pub fn pass_space(&mut self) -> bool {
        let before = self.at;
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        before < self.at
    }

    /// The characters that follow and are such.
    #[must_use]
    pub fn ahead(&self, is_such: impl Fn(char) -> bool) -> String {
        self.letters[self.at..].iter().copied().take_while(|it| is_such(*it)).collect()
    }

    /// Whether this text follows, in letters of either case, and a gap or a comma after it.
    #[must_use]
    pub fn is_before(&self, text: &str) -> bool {
        let (mut here, mut wanted) = (self.letters[self.at..].iter(), text.chars());
        let same = |(a, b): (&char, char)| *a == b || a.to_lowercase().eq(b.to_lowercase());
        wanted.all(|letter| here.next().is_some_and(|it| same((it, letter))))
            && here.next().is_none_or(|it| it.is_whitespace() || *it == ',')
    }

    /// Reads values with commas between them.
    ///
    /// # Errors
    /// When one is missing, is not written as a value is, or there are too many.
    pub fn values(&mut self) -> Result<Vec<Written>, QueryFault> {
        let mut values = vec![self.value()?];
        while self.pass(',') {
            self.pass_space();
            if values.len() == MAX_VALUES {
                return Err(QueryFault::new(self.at, 0, format!("A term has at most {MAX_VALUES} values.")));
            }
            values.push(self.value()?);
        }
        Ok(values)
    }

    /// Reads one value.
    fn value(&mut self) -> Result<Written, QueryFault> {
        match self.peek() {
            Some('"') => self.quotation(),
            Some('“' | '”' | '„' | '«' | '\'' | '‘' | '`') => {
                Err(QueryFault::new(self.at, 1, "Quotes are written `\"`.").suggesting(Some("\"")))
            }
            Some('/' | '~') => Err(QueryFault::new(self.at, 1, format!("{WHOLE} {QUOTED}"))),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Written, QueryFault> {
        let at = self.at;
        let text = self.ahead(|it| !it.is_whitespace() && it != ',');
        let wrong = text.chars().position(|it| matches!(it, '(' | ')' | '*' | '"'));
        if let Some(within) = wrong {
            let message = match text.chars().nth(within) {
                Some('*') => WHOLE,
                Some('"') => "A quote begins a value, and stands nowhere in it.",
                _ => "There are no parentheses: a comma means “or”, and terms beside each other “and”.",
            };
            return Err(QueryFault::new(at + within, 1, format!("{message} {QUOTED}")));
        }
        if text.is_empty() {
            return Err(QueryFault::new(at, 0, "A value is missing here."));
        }
        self.at += text.chars().count();
        Ok(Written { length: self.at - at, text, at })
    }

    fn quotation(&mut self) -> Result<Written, QueryFault> {
        let at = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(QueryFault::new(at, self.at - at, "This quote is not closed.")),
                Some('"') => break,
                Some('\\') => text.push(self.escape()?),
                Some(letter) => {
                    text.push(letter);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if !self.is_at_gap() && self.peek() != Some(',') {
            return Err(QueryFault::new(self.at, 1, "A space or a comma follows a value in quotes."));
        }
        if text.is_empty() {
            return Err(QueryFault::new(at, 2, "A value is missing between the quotes."));
        }
        Ok(Written { text, at, length: self.at - at })
    }

    /// Reads `\"`, `\\` or `\u{202e}`.
    fn escape(&mut self) -> Result<char, QueryFault> {
        let at = self.at;
        self.at += 1;
        if let Some(letter @ ('"' | '\\')) = self.peek() {
            self.at += 1;
            return Ok(letter);
        }
        let named = self.ahead(|it| it != '}' && it != '"');
        let digits = named.strip_prefix("u{").filter(|it| (1..=6).contains(&it.len()));
        let is_hex = |it: &&str| it.bytes().all(|it| it.is_ascii_hexdigit());
        let letter = digits.filter(is_hex).and_then(|it| u32::from_str_radix(it, 16).ok()).and_then(char::from_u32);
        self.at += named.chars().count();
        letter.filter(|_| self.pass('}')).ok_or_else(|| {
            let message =
                "After a backslash in quotes comes `\"`, `\\` or the number of a character, such as `u{202e}`.";
            QueryFault::new(at, 1, message).suggesting(Some(r"\\"))
        })
    }
}

/// What is said of patterns.
const WHOLE: &str = "Only whole values are found: there are no patterns and no regular expressions.";
/// How to write a value that only looks like something else.
const QUOTED: &str = "A value that has this character stands in quotes.";

/// The fault of a query that is too long from this character on.
#[must_use]
pub fn too_long(at: usize) -> QueryFault {
    QueryFault::new(at, 0, format!("A query has at most {MAX_BYTES} bytes, also when every term is written out."))
}

/// A field with a value, to be suggested.
#[must_use]
pub fn as_term(field: &str, value: &str) -> String {
    format!("{field}:{}", quoted(&repeated(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Result<Vec<(String, usize, usize)>, QueryFault> {
        let found = Scanner::new(text)?.values()?;
        Ok(found.into_iter().map(|it| (it.text, it.at, it.length)).collect())
    }

    #[test]
    fn values_are_read_with_their_places() {
        let one = |text: &str, at, length| (text.to_owned(), at, length);
        for (text, read) in [
            ("ana bob", vec![one("ana", 0, 3)]),
            ("ä,, b", vec![]),
            ("ä,b, c d", vec![one("ä", 0, 1), one("b", 2, 1), one("c", 5, 1)]),
            (r#""a b","c\"d\\""#, vec![one("a b", 0, 5), one(r#"c"d\"#, 6, 8)]),
            (r#""\u{202E}x""#, vec![one("\u{202e}x", 0, 11)]),
            (r"ACME\ana", vec![one(r"ACME\ana", 0, 8)]),
            ("o'neill", vec![one("o'neill", 0, 7)]),
        ] {
            assert_eq!(values(text).unwrap_or_default(), read, "{text}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused_where_it_stands() {
        for (text, position, length) in [
            ("", 0, 0),
            ("a,", 2, 0),
            ("a,,b", 2, 0),
            (r#""ab"#, 0, 3),
            (r#""a"b"#, 3, 1),
            (r#""""#, 0, 2),
            (r#""\n""#, 1, 1),
            (r#""\u{d800}""#, 1, 1),
            (r#""\u{1234567}""#, 1, 1),
            (r#""\"#, 1, 1),
            (r#"ä"b""#, 1, 1),
            ("a(b", 1, 1),
            ("ana*", 3, 1),
            ("/x/", 0, 1),
            ("“ana”", 0, 1),
            ("a\0b", 1, 1),
            ("ä\u{202e}b", 1, 1),
            ("a\tb", 1, 1),
        ] {
            let fault = values(text).unwrap_err();
            assert_eq!((fault.position, fault.length), (position, length), "{text:?}: {fault}");
        }
    }

    #[test]
    fn a_query_ends_somewhere() {
        assert!(values(&"x".repeat(MAX_BYTES)).is_ok());
        assert_eq!(values(&"ä".repeat(MAX_BYTES)).unwrap_err().position, MAX_BYTES / 2);
        let list = vec!["x"; MAX_VALUES].join(",");
        assert_eq!(values(&list).map(|it| it.len()), Ok(MAX_VALUES));
        assert_eq!(values(&format!("{list},x")).unwrap_err().position, 2 * MAX_VALUES);
    }
}
