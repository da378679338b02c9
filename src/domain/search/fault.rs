//! Why a query cannot be answered: where, what, and what would be right.

use std::fmt;

use rapidfuzz::distance::osa;

/// Longest piece of a query that is repeated in a message, in characters.
const MAX_REPEATED: usize = 40;

/// Why a query cannot be answered.
///
/// Places are counted in characters (Unicode scalar values): `position` of them stand before the place, so it is where a
/// caret goes, and also the end of the text may be meant. JavaScript counts otherwise beyond the Basic Multilingual Plane.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct QueryFault {
    /// How many characters stand before what is wrong.
    pub position: usize,
    /// How many characters are wrong; 0 where something is missing.
    pub length: usize,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to write instead of those characters, if there is a good guess.
    pub suggestion: Option<String>,
}

impl QueryFault {
    /// A fault of these characters.
    #[must_use]
    pub fn new(position: usize, length: usize, message: impl Into<String>) -> Self {
        Self { position, length, message: message.into(), suggestion: None }
    }

    /// The same, with what to write instead.
    #[must_use]
    pub fn suggesting(self, suggestion: Option<impl Into<String>>) -> Self {
        Self { suggestion: suggestion.map(Into::into), ..self }
    }
}

impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}: {}", self.position + 1, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " Did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// A piece of a query, short enough to be repeated.
#[must_use]
pub fn repeated(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_REPEATED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The name that was probably meant: the first of those that need the fewest letters changed, added, removed or swapped, if
/// those are few.
#[must_use]
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody misspells that much, and comparing takes time by length.
    if written.chars().nth(MAX_REPEATED).is_some() {
        return None;
    }
    let written = written.to_lowercase();
    let most = 1 + written.chars().count() / 4;
    let distance = |name: &str| osa::distance(written.chars(), name.to_lowercase().chars());
    let near = names.into_iter().map(|name| (distance(name), name)).filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_recognized_and_nothing_is_guessed() {
        let names = ["country", "user", "session", "signal"];
        for (written, meant) in [
            ("contry", Some("country")),
            ("conutry", Some("country")),
            ("USERS", Some("user")),
            ("sesion", Some("session")),
            ("signals", Some("signal")),
            ("colour", None),
            ("", None),
            (&"x".repeat(4_000), None),
        ] {
            assert_eq!(nearest(written, names), meant, "{written}");
        }
    }

    #[test]
    fn a_fault_says_where_and_what_instead() {
        let fault = QueryFault::new(4, 6, "There is no field `contry`.").suggesting(Some("country"));
        assert_eq!(fault.to_string(), "character 5: There is no field `contry`. Did you mean `country`?");
        assert_eq!(repeated(&"ä".repeat(50)).chars().count(), MAX_REPEATED + 1);
    }
}
