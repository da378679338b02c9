//! How much of a limit other processes have used, as one learns it from counters that all of them share.
//!
//! A caller's requests are counted by stretches of time of the same length for everybody. The counter of the stretch that is
//! over is read as long as the next one lasts, because a process may tell late.

use crate::domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// The stretches in which the use of a limit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretches {
    /// How long one is.
    length_ms: i64,
    /// How far back requests count: after so long a limit is free again that was used up.
    memory_ms: i64,
}

/// What a caller's counters stood at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The number of the stretch in which they were read.
    pub stretch: i64,
    /// The counter of that stretch.
    pub current: u64,
    /// The counter of the one before.
    pub previous: u64,
}

impl Stretches {
    /// Those of a limit that is free again `refill_ms` after it was used up.
    #[must_use]
    pub const fn of(refill_ms: i64) -> Self {
        let length_ms = if refill_ms < 10 * SECOND_MS {
            10 * SECOND_MS
        } else if refill_ms > HOUR_MS {
            HOUR_MS
        } else {
            refill_ms
        };
        Self { length_ms, memory_ms: if refill_ms < length_ms { refill_ms } else { length_ms } }
    }

    /// For how many milliseconds a request may be counted: in its stretch and in the one after that.
    #[must_use]
    pub const fn counted_for_ms(self) -> u64 {
        self.length_ms.saturating_mul(2).unsigned_abs()
    }

    /// The number of the stretch that a point lies in.
    #[must_use]
    pub const fn number(self, at: Timestamp) -> i64 {
        at.unix_ms().div_euclid(self.length_ms)
    }

    /// Until when the counter of a stretch is read; a minute more, for a machine whose clock is behind.
    #[must_use]
    pub const fn read_until(self, number: i64) -> Timestamp {
        Timestamp::from_unix_ms(number.saturating_add(2).saturating_mul(self.length_ms)).plus_ms(MINUTE_MS)
    }

    /// How many requests others have admitted since `before`, of which nothing is known to the caller yet. `own` of what was
    /// `found` at `now` were added by this process since. Without a reading before, as many as count at all, if those of each
    /// stretch came evenly.
    #[must_use]
    pub fn of_others(self, before: Option<Reading>, found: Reading, own: u64, now: Timestamp) -> u64 {
        match before {
            None => self.recent(Reading { current: found.current.saturating_sub(own), ..found }, now),
            Some(before) => {
                let (current, previous) = match found.stretch.saturating_sub(before.stretch) {
                    0 => (before.current, before.previous),
                    1 => (0, before.current),
                    2.. => (0, 0),
                    // The clock was put back: what is counted again is not new.
                    _ => (found.current, found.previous),
                };
                let more =
                    found.current.saturating_sub(current).saturating_add(found.previous.saturating_sub(previous));
                more.saturating_sub(own)
            }
        }
    }

    fn recent(self, found: Reading, now: Timestamp) -> u64 {
        let part = |of: u64, ms: i64, whole_ms: i64| {
            let share =
                u128::from(of) * u128::from(ms.max(0).unsigned_abs()) / u128::from(whole_ms.max(1).unsigned_abs());
            u64::try_from(share).unwrap_or(u64::MAX)
        };
        let elapsed_ms = now.unix_ms().rem_euclid(self.length_ms);
        let all_of_it = elapsed_ms <= self.memory_ms;
        let current = if all_of_it { found.current } else { part(found.current, self.memory_ms, elapsed_ms) };
        current.saturating_add(part(found.previous, self.memory_ms - elapsed_ms, self.length_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_unix_ms(1_000_000_000);

    fn reading(stretch: i64, current: u64, previous: u64) -> Reading {
        Reading { stretch, current, previous }
    }

    #[test]
    fn what_others_have_added_is_the_difference_less_ones_own() {
        let ten = Stretches::of(SECOND_MS);
        let others = |before, found, own| ten.of_others(Some(before), found, own, AT);
        assert_eq!(others(reading(7, 5, 3), reading(7, 15, 3), 4), 6);
        assert_eq!(others(reading(7, 5, 3), reading(7, 15, 4), 4), 7, "somebody told late");
        assert_eq!(others(reading(7, 5, 3), reading(8, 6, 9), 2), 8, "four in the stretch before, four in this one");
        assert_eq!(others(reading(7, 5, 3), reading(9, 6, 1), 2), 5, "after a silence");
        assert_eq!(others(reading(7, 5, 3), reading(6, 90, 90), 0), 0, "the clock was put back");
        assert_eq!(others(reading(7, 5, 3), reading(7, 0, 0), 0), 0, "the counters were lost");
    }

    #[test]
    fn whoever_comes_to_it_takes_over_what_counts_still() {
        let (fast, slow) = (Stretches::of(SECOND_MS), Stretches::of(10 * MINUTE_MS));
        let within = |stretches: Stretches, ms: i64| Timestamp::from_unix_ms(5 * stretches.length_ms + ms);
        let first = |stretches: Stretches, ms, current, previous| {
            stretches.of_others(None, reading(5, current, previous), 2, within(stretches, ms))
        };
        assert_eq!(first(fast, 5_000, 502, 0), 100, "a second's worth of five");
        assert_eq!(first(fast, 500, 52, 1_000), 50 + 50, "half a second, and half a second's worth before");
        assert_eq!(first(slow, 2 * MINUTE_MS, 12, 0), 10, "all of it");
        assert_eq!(first(slow, 2 * MINUTE_MS, 12, 10), 10 + 8);
        assert_eq!(first(slow, 0, 5, 10), 3 + 10);
    }

    #[test]
    fn a_counter_is_read_until_its_successor_is_over() {
        for refill_ms in [1, SECOND_MS, 30 * SECOND_MS, 10 * HOUR_MS] {
            let stretches = Stretches::of(refill_ms);
            assert!((10 * SECOND_MS..=HOUR_MS).contains(&stretches.length_ms));
            let number = stretches.number(AT);
            let end = stretches.read_until(number);
            assert_eq!(stretches.number(end.plus_ms(-MINUTE_MS - 1)), number + 1);
            assert_eq!(stretches.number(end.plus_ms(-MINUTE_MS)), number + 2);
        }
    }
}
