//! Parts of sentences: moments, places, lists.

use jiff::tz::TimeZone;

use crate::{
    domain::{country_names::in_a_sentence, place::NamedPlace, time::Timestamp, wording::figures::count},
    words::{explanation::english_place, facts::local_time},
};

/// `12 logins`; `at least 12 logins` where there may be more.
#[must_use]
pub fn count_at_least(number: usize, at_least: bool, one: &str) -> String {
    let count = count(number, one);
    if at_least { format!("at least {count}") } else { count }
}

/// `22 November 2026, 10:15 UTC`, by the clock of a zone.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    local_time(at, None).with_time_zone(zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string()
}

/// `Linköping, Sweden`, `Amsterdam, the Netherlands`; a place without a name is `an unnamed place`.
#[must_use]
pub fn place(place: &NamedPlace) -> String {
    let named = NamedPlace { country_name: in_a_sentence(&place.country_name), ..place.clone() };
    english_place(&named).unwrap_or_else(|| "an unnamed place".to_owned())
}

/// How many characters of an id or a word of others a sentence shows: whoever makes them up may make them long.
const MOST_CHARS: usize = 32;

/// An id or a word of others within a sentence: `“ana”`. What is long is cut.
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.chars().count() <= MOST_CHARS {
        return format!("“{text}”");
    }
    let kept: String = text.chars().take(MOST_CHARS - 1).collect();
    format!("“{kept}…”")
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

/// The users whom a sentence names, and how many more there are: `“ana”, “bob” and 3 others`.
#[must_use]
pub fn users(ids: &[&str]) -> String {
    let (named, rest) = ids.split_at(ids.len().min(MAX_NAMED));
    let mut parts: Vec<String> = named.iter().map(|it| quoted(it)).collect();
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
        assert_eq!(users(&["a"]), "“a”");
        assert_eq!(users(&["a", "and", "c"]), "“a”, “and” and “c”");
        assert_eq!(users(&["a", "b", "c", "d", "e", "f"]), "“a”, “b”, “c”, “d”, “e” and 1 other");
        // A stranger's id is as long as they like.
        assert_eq!(users(&["W".repeat(256).as_str()]), format!("“{}…”", "W".repeat(31)));
        assert_eq!(count_at_least(2, true, "login"), "at least 2 logins");
    }

    #[test]
    fn a_moment_names_its_zone() {
        let at = Timestamp::from_unix_ms(1_795_341_600_000);
        assert_eq!(moment(at, &TimeZone::UTC), "22 November 2026, 10:00 UTC");
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(moment(at, &berlin), "22 November 2026, 11:00 CET");
    }
}
