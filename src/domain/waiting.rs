//! How long work can wait. If it is due later than that, it was leased or planned by a clock that was ahead, and is due
//! now.

use crate::domain::time::{MINUTE_MS, Timestamp};

/// How far the clocks of two machines that share a store may differ.
pub const SKEW_MS: i64 = 5 * MINUTE_MS;

/// The latest times at which work can be due, by what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// If it was never tried: it is due at once.
    pub fresh: Timestamp,
    /// If it is under a lease: when the lease ends.
    pub leased: Timestamp,
    /// If it is tried again by plan.
    pub retried: Timestamp,
    /// If it was delayed on purpose, like a digest.
    pub put_off: Timestamp,
}

impl Latest {
    /// As seen at `now`, with the longest lease, wait between attempts and deliberate delay, in milliseconds.
    #[must_use]
    pub const fn new(now: Timestamp, lease_ms: i64, retry_ms: i64, put_off_ms: i64) -> Self {
        let fresh = now.plus_ms(SKEW_MS);
        Self {
            fresh,
            leased: fresh.plus_ms(lease_ms),
            retried: fresh.plus_ms(retry_ms),
            put_off: fresh.plus_ms(put_off_ms),
        }
    }

    /// The latest time for work that is or is not under a lease, was or was not delayed on purpose, and was leased this
    /// many times.
    #[must_use]
    pub const fn of(&self, is_leased: bool, is_put_off: bool, attempts: u32) -> Timestamp {
        match (is_leased, is_put_off, attempts) {
            (true, ..) => self.leased,
            (false, true, _) => self.put_off,
            (false, false, 0) => self.fresh,
            (false, false, _) => self.retried,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{DAY_MS, HOUR_MS};

    #[test]
    fn a_lease_may_last_as_long_as_a_lease_and_a_digest_wait_for_a_day() {
        let now = Timestamp::from_unix_ms(0);
        let latest = Latest::new(now, MINUTE_MS, HOUR_MS, DAY_MS);
        for (is_leased, is_put_off, attempts, longest_ms) in [
            (true, true, 1, MINUTE_MS),
            (true, false, 9, MINUTE_MS),
            (false, true, 0, DAY_MS),
            (false, true, 3, DAY_MS),
            (false, false, 0, 0),
            (false, false, 1, HOUR_MS),
        ] {
            assert_eq!(latest.of(is_leased, is_put_off, attempts), now.plus_ms(longest_ms + SKEW_MS));
        }
    }
}
