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

/// 9999-12-31T23:59:59.999Z.
const LAST_OF_FOUR_DIGITS_MS: u64 = 253_402_300_799_999;

/// Year, month and day, so many days after 1970-01-01, in the Gregorian calendar (Howard Hinnant, *chrono-compatible low-level date
/// algorithms*: years begin in March, so that the day that leap years have is their last).
const fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

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
        if let Some(text) = self.to_text_of_today() {
            return text;
        }
        let nearest = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or(nearest);
        at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    /// The same from 1970 to 9999, as nearly all times are: an answer has four, and this takes a quarter of the instructions.
    fn to_text_of_today(self) -> Option<String> {
        let ms = u64::try_from(self.0).ok().filter(|it| *it <= LAST_OF_FOUR_DIGITS_MS)?;
        let (days, ms) = (ms / 86_400_000, ms % 86_400_000);
        let (year, month, day) = date(days);
        let (seconds, ms) = (ms / 1_000, ms % 1_000);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (end, digits, number) in [
            (4, 4, year),
            (7, 2, month),
            (10, 2, day),
            (13, 2, seconds / 3_600),
            (16, 2, seconds / 60 % 60),
            (19, 2, seconds % 60),
            (23, 3, ms),
        ] {
            let mut left = number;
            for place in text[end - digits..end].iter_mut().rev() {
                *place = b"0123456789"[usize::try_from(left % 10).unwrap_or(0)];
                left /= 10;
            }
        }
        std::str::from_utf8(&text).ok().map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_the_calendar_has_it() {
        let at = |ms| Timestamp::from_unix_ms(ms).to_text();
        assert_eq!(at(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(951_868_799_999), "2000-02-29T23:59:59.999Z");
        assert_eq!(at(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        // Each day of two centuries and one of ninety-seven to the last, at another moment of each.
        for day in (0..73_000_i64).chain((73_000..2_932_897).step_by(97)) {
            let ms = day * DAY_MS + day * 7_919 % DAY_MS;
            let theirs = jiff::Timestamp::from_millisecond(ms).unwrap();
            assert_eq!(Timestamp::from_unix_ms(ms).to_text_of_today(), Some(format!("{theirs:.3}")), "{day}");
        }
        assert_eq!(at(-1), "1969-12-31T23:59:59.999Z");
    }
}
