//! Numbers and lengths of time, as sentences have them.

use std::fmt::Display;

use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// From this length on, minutes say nothing beside the hours …
const HOURS_ALONE_MS: i64 = DAY_MS;
/// … and from this one on, hours say nothing beside the days.
const DAYS_ALONE_MS: i64 = 7 * DAY_MS;

/// A whole number with its thousands apart: `12,345`.
#[must_use]
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 login`, `12 logins`, `12,345 logins`.
#[must_use]
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", grouped(number)) }
}

/// A distance of this many kilometres, or a speed of as many in an hour, to the kilometre: `9,133`. What is below nothing is `0`.
#[must_use]
pub fn kilometres(km: f64) -> String {
    grouped(format_args!("{:.0}", km.max(0.0)))
}

/// `40 seconds`, `12 minutes`, `4 hours 17 minutes`, `1 day 7 hours`, `12 days`: rounded down, for what has passed.
#[must_use]
pub fn duration(ms: i64) -> String {
    let whole = |of_ms: i64, unit: &str| count(usize::try_from(ms.max(0) / of_ms).unwrap_or(usize::MAX), unit);
    let with_rest = |(of_ms, unit): (i64, &str), (rest_ms, rest): (i64, &str)| match ms % of_ms / rest_ms {
        0 => whole(of_ms, unit),
        number => format!("{} {}", whole(of_ms, unit), count(usize::try_from(number).unwrap_or_default(), rest)),
    };
    match ms {
        ..SECOND_MS => "less than a second".to_owned(),
        SECOND_MS..MINUTE_MS => whole(SECOND_MS, "second"),
        MINUTE_MS..HOUR_MS => whole(MINUTE_MS, "minute"),
        HOUR_MS..HOURS_ALONE_MS => with_rest((HOUR_MS, "hour"), (MINUTE_MS, "minute")),
        HOURS_ALONE_MS..DAYS_ALONE_MS => with_rest((DAY_MS, "day"), (HOUR_MS, "hour")),
        DAYS_ALONE_MS.. => whole(DAY_MS, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!((count(1, "login"), count(0, "login")), ("1 login".to_owned(), "0 logins".to_owned()));
        assert_eq!(count(4_096, "login"), "4,096 logins");
        for (km, expected) in [(9_132.6, "9,133"), (999.4, "999"), (999.5, "1,000"), (-0.4, "0"), (-12.0, "0")] {
            assert_eq!(kilometres(km), expected);
        }
    }

    #[test]
    fn what_has_passed_is_told_in_the_units_that_fit() {
        for (ms, expected) in [
            (-5_000, "less than a second"),
            (0, "less than a second"),
            (1_000, "1 second"),
            (59_999, "59 seconds"),
            (MINUTE_MS, "1 minute"),
            (2 * MINUTE_MS - 1, "1 minute"),
            (59 * MINUTE_MS, "59 minutes"),
            (HOUR_MS, "1 hour"),
            (HOUR_MS + MINUTE_MS, "1 hour 1 minute"),
            (257 * MINUTE_MS, "4 hours 17 minutes"),
            (8 * HOUR_MS + 59_999, "8 hours"),
            (DAY_MS, "1 day"),
            (31 * HOUR_MS + 59 * MINUTE_MS, "1 day 7 hours"),
            (2 * DAY_MS, "2 days"),
            (7 * DAY_MS - 1, "6 days 23 hours"),
            (12 * DAY_MS + 5 * HOUR_MS, "12 days"),
            (i64::MAX, "106,751,991,167 days"),
        ] {
            assert_eq!(duration(ms), expected, "{ms}");
        }
    }
}
