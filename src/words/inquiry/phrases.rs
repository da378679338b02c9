//! Parts of sentences: moments, places, lists.

use crate::{
    domain::{place::NamedPlace, time::Timestamp, wording::figures::count},
    words::{explanation::english_place, facts::local_time},
};

/// `12 logins`; `at least 12 logins` where there may be more.
#[must_use]
pub fn count_at_least(number: usize, at_least: bool, one: &str) -> String {
    let count = count(number, one);
    if at_least { format!("at least {count}") } else { count }
}

/// `22 November 2026, 10:15 UTC`.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    local_time(at, None).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// `Linköping, Sweden`; a place without a name is `an unnamed place`.
#[must_use]
pub fn place(place: &NamedPlace) -> String {
    english_place(place).unwrap_or_else(|| "an unnamed place".to_owned())
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How many users a sentence names at most.
pub const MAX_NAMED: usize = 5;

/// The users whom a sentence names, and how many more there are: `ana, bob and 3 others`.
#[must_use]
pub fn users(ids: &[&str]) -> String {
    let (named, rest) = ids.split_at(ids.len().min(MAX_NAMED));
    let mut parts: Vec<String> = named.iter().map(|it| (*it).to_owned()).collect();
    if !rest.is_empty() {
        parts.push(count(rest.len(), "other"));
    }
    list(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_name_a_few() {
        assert_eq!(users(&[]), "");
        assert_eq!(users(&["a"]), "a");
        assert_eq!(users(&["a", "b", "c"]), "a, b and c");
        assert_eq!(users(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e and 1 other");
        assert_eq!(count_at_least(2, true, "login"), "at least 2 logins");
    }

    #[test]
    fn a_moment_names_its_zone() {
        assert_eq!(moment(Timestamp::from_unix_ms(1_795_341_600_000)), "22 November 2026, 10:00 UTC");
    }
}
