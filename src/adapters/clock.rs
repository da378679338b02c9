//! Clocks: the machine's, and one that is set by hand.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{domain::time::Timestamp, ports::Clock};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let milliseconds = |it: u128| i64::try_from(it).unwrap_or(i64::MAX);
        Timestamp::from_unix_ms(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => milliseconds(since.as_millis()),
            // The clock of a machine that was never set may be before 1970.
            Err(before) => -milliseconds(before.duration().as_millis()),
        })
    }
}

/// A clock that stands still until it is set. A replay sets it from the log, a test from its story. Shared in an `Arc`.
#[derive(Debug, Default)]
pub struct ManualClock {
    unix_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { unix_ms: AtomicI64::new(now.unix_ms()) }
    }

    /// Sets the clock to `now`, also backwards.
    pub fn set(&self, now: Timestamp) {
        self.unix_ms.store(now.unix_ms(), Ordering::SeqCst);
    }

    /// Moves the clock by `ms` milliseconds, backwards if negative.
    pub fn advance_ms(&self, ms: i64) {
        self.unix_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.unix_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{HOUR_MS, SECOND_MS};

    #[test]
    fn the_machine_s_clock_is_in_this_century_and_a_manual_one_stands_where_it_is_put() {
        let in_2020 = Timestamp::from_unix_ms(1_577_836_800_000);
        let now = SystemClock.now();
        assert!(in_2020 < now && now < in_2020.plus_ms(80 * 366 * 24 * HOUR_MS));

        let clock = ManualClock::at(in_2020);
        clock.advance_ms(SECOND_MS);
        clock.advance_ms(-3 * SECOND_MS);
        assert_eq!(clock.now(), in_2020.plus_ms(-2 * SECOND_MS));
        clock.set(now);
        assert_eq!((clock.now(), clock.now()), (now, now));
    }
}
