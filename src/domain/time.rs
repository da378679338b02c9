//! Points in time, in milliseconds. Nothing here reads a clock: time comes in as an argument.

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in a day of 24 hours.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, negative before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `unix_ms` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 time of any offset, to the millisecond; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(|it: jiff::Timestamp| Self(it.as_millisecond()))
    }

    /// Writes `2026-11-22T10:15:00.000Z`. A time outside the years −9999 to 9999 is written as the nearest one within them.
    #[must_use]
    pub fn to_text(self) -> String {
        let nearest = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or(nearest);
        at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    /// The hour of the day in UTC, 0 to 23.
    #[must_use]
    pub fn hour_of_day(self) -> usize {
        usize::try_from(self.unix_ms().div_euclid(HOUR_MS).rem_euclid(24)).unwrap_or(0)
    }

    /// The beginning of this point's hour, in UTC.
    #[must_use]
    pub const fn whole_hour(self) -> Self {
        Self(self.0.div_euclid(HOUR_MS).saturating_mul(HOUR_MS))
    }

    /// This point moved by `ms` milliseconds, which may be negative; stops at the ends of the range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this point; negative if `earlier` is actually later.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
