//! Times in a query: days, points in time, and how long ago.

use std::fmt;

use jiff::{civil::Date, tz::TimeZone};

use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// The earliest time that a query can name, 0000-01-01T00:00:00Z: every login is later.
const EARLIEST: Timestamp = Timestamp::from_unix_ms(-62_167_219_200_000);
/// The latest, 9999-12-30T22:00:00Z: every login is earlier.
const LATEST: Timestamp = Timestamp::from_unix_ms(253_402_207_200_000);
/// The longest time that may be looked back, in days.
const MOST_DAYS: i64 = 3_660;

/// Which end of the time that is asked about a term sets. These terms are not negated, and have one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// `since:`, at this time or later.
    Since,
    /// `until:`, before this time; a day is included.
    Until,
    /// `last:`, not longer ago than this, and not after now.
    Last,
}

impl Bound {
    /// Every bound.
    pub const ALL: [Self; 3] = [Self::Since, Self::Until, Self::Last];

    /// The name by which it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::Until => "until",
            Self::Last => "last",
        }
    }

    /// Every name by which it is read: those of the parameters too.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Since => &["since", "from"],
            Self::Until => &["until", "to"],
            Self::Last => &["last"],
        }
    }

    /// Reads a name, in letters of either case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.names().iter().any(|it| it.eq_ignore_ascii_case(name)))
    }

    /// A value that it may have.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Since | Self::Until => "2026-11-22",
            Self::Last => "7d",
        }
    }

    /// What its value must be, for a sentence that begins with its name.
    #[must_use]
    pub const fn must(self) -> &'static str {
        match self {
            Self::Since | Self::Until => "is a day such as 2026-11-22, or a time such as 2026-11-22T10:15:00Z",
            Self::Last => "is a number of minutes, hours, days or weeks, such as 30m, 24h, 7d or 2w: ten years at most",
        }
    }

    /// The time that it sets where a query is asked at `now`; `None` if the value is not one of its kind.
    #[must_use]
    pub fn read(self, value: &str, now: Timestamp) -> Option<Span> {
        match self {
            Self::Since => beginning(value).map(Span::since),
            // The day is over when the next one begins.
            Self::Until => point(value).or_else(|| day(value).map(|it| it.plus_ms(DAY_MS))).map(Span::until),
            // What happens now is in it.
            Self::Last => Some(Span::new(Some(now.plus_ms(-length_ms(value)?)), Some(now.plus_ms(1)))),
        }
    }
}

/// The time that is asked about: from one point on, and before another. Its ends lie in the years 0 to 9999; what is given
/// beyond them is brought to the nearest such time, which changes nothing for any login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Span {
    /// From `from` on, and before `to`.
    #[must_use]
    pub fn new(from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        let within = |at: Timestamp| at.clamp(EARLIEST, LATEST);
        Self { from: from.map(within), to: to.map(within) }
    }

    fn since(from: Timestamp) -> Self {
        Self::new(Some(from), None)
    }

    fn until(to: Timestamp) -> Self {
        Self::new(None, Some(to))
    }

    /// When it begins; `None`: at the first login.
    #[must_use]
    pub const fn from(self) -> Option<Timestamp> {
        self.from
    }

    /// Before when it ends; `None`: never.
    #[must_use]
    pub const fn to(self) -> Option<Timestamp> {
        self.to
    }

    /// What both have in common.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let from = self.from.max(other.from);
        let to = [self.to, other.to].into_iter().flatten().min();
        Self { from, to }
    }

    /// Whether it ends before it begins.
    #[must_use]
    pub fn is_reversed(self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| to < from)
    }

    /// Whether no time lies in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| to <= from)
    }

    /// Whether a time lies in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// As terms of a query: `since:2026-11-22T00:00:00.000Z until:2026-11-23T00:00:00.000Z`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, "since:{} until:{}", from.to_text(), to.to_text()),
            (Some(from), None) => write!(f, "since:{}", from.to_text()),
            (None, Some(to)) => write!(f, "until:{}", to.to_text()),
            (None, None) => Ok(()),
        }
    }
}

/// A point in time, RFC 3339.
fn point(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).filter(|it| (EARLIEST..=LATEST).contains(it))
}

/// A point in time, or when a day begins.
#[must_use]
pub fn beginning(text: &str) -> Option<Timestamp> {
    point(text).or_else(|| day(text))
}

/// When a day begins, in UTC: `2026-11-22`.
/// Whether a day is written, and no point in time.
#[must_use]
pub fn is_day(text: &str) -> bool {
    day(text).is_some()
}

fn day(text: &str) -> Option<Timestamp> {
    let is_digit = |at: usize, byte: u8| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    // Other forms of dates, and days with a time of no zone, are read by the parser too.
    if text.len() != 10 || !text.bytes().enumerate().all(|(at, byte)| is_digit(at, byte)) {
        return None;
    }
    let midnight = text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_unix_ms(midnight.timestamp().as_millisecond()))
}

/// `30m`, `24h`, `7d`, `2w`, in milliseconds.
fn length_ms(text: &str) -> Option<i64> {
    let unit_ms = match text.chars().last()?.to_ascii_lowercase() {
        'm' => MINUTE_MS,
        'h' => HOUR_MS,
        'd' => DAY_MS,
        'w' => 7 * DAY_MS,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    if number.is_empty() || !number.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let ms = number.parse::<i64>().ok()?.checked_mul(unit_ms)?;
    (1..=MOST_DAYS * DAY_MS).contains(&ms).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_day_is_included_and_what_is_relative_becomes_absolute() {
        let now = at("2026-11-22T10:15:00Z");
        for (bound, value, read) in [
            (Bound::Since, "2026-11-01", "since:2026-11-01T00:00:00.000Z"),
            (Bound::Until, "2026-11-03", "until:2026-11-04T00:00:00.000Z"),
            (Bound::Until, "2028-02-29", "until:2028-03-01T00:00:00.000Z"),
            (Bound::Since, "2026-11-01T02:00:00+02:00", "since:2026-11-01T00:00:00.000Z"),
            (Bound::Until, "2026-11-03T10:15:00Z", "until:2026-11-03T10:15:00.000Z"),
            (Bound::Last, "7d", "since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z"),
            (Bound::Last, "24h", "since:2026-11-21T10:15:00.000Z until:2026-11-22T10:15:00.001Z"),
            (Bound::Last, "30M", "since:2026-11-22T09:45:00.000Z until:2026-11-22T10:15:00.001Z"),
            (Bound::Last, "2w", "since:2026-11-08T10:15:00.000Z until:2026-11-22T10:15:00.001Z"),
        ] {
            assert_eq!(bound.read(value, now).unwrap().to_string(), read, "{value}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        let now = at("2026-11-22T10:15:00Z");
        for text in [
            "",
            "yesterday",
            "2026-11",
            "2026-02-29",
            "2026-13-01",
            "20261122",
            "2026-W47-7",
            "2026-11-22T10:15:00",
            "22.11.2026",
            "-009999-01-01",
            "-009999-01-01T00:00:00Z",
            "1790000000",
        ] {
            assert_eq!(Bound::Since.read(text, now), None, "{text}");
            assert_eq!(Bound::Until.read(text, now), None, "{text}");
        }
        for text in
            ["", "d", "0d", "-7d", "+7d", "7", "7 d", "7y", "1.5h", "3661d", "99999999999999999999d", "7ä", "٧d"]
        {
            assert_eq!(Bound::Last.read(text, now), None, "{text}");
        }
    }

    #[test]
    fn spans_meet_in_what_they_share() {
        let span = |from: &str, to: &str| Span::new(Some(at(from)), Some(at(to)));
        let (day, noon) = (span("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"), at("2026-11-22T12:00:00Z"));
        assert_eq!(day.and(Span::default()), day);
        assert_eq!(day.and(Span::since(noon)), span("2026-11-22T12:00:00Z", "2026-11-23T00:00:00Z"));
        assert_eq!(day.and(Span::until(noon)), span("2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z"));
        assert!(day.contains(noon) && !day.contains(at("2026-11-23T00:00:00Z")));
        assert!(!day.is_reversed() && Span::since(noon).and(Span::until(noon.plus_ms(-1))).is_reversed());
    }

    #[test]
    fn the_ends_of_time_are_written_so_that_they_are_read_again() {
        let all = Span::new(Some(Timestamp::from_unix_ms(i64::MIN)), Some(Timestamp::from_unix_ms(i64::MAX)));
        assert_eq!(all.to_string(), "since:0000-01-01T00:00:00.000Z until:9999-12-30T22:00:00.000Z");
        for end in [EARLIEST, LATEST] {
            assert_eq!(point(&end.to_text()), Some(end));
        }
    }
}
