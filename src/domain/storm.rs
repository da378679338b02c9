//! Storms: when most of a tenant's logins turn out to be from unknown devices all at once, it is not thieves but a lost
//! store, a changed page or a proxy in between, and to mail everybody would be the greater harm.

use std::collections::VecDeque;

use crate::domain::time::{MINUTE_MS, Timestamp};

/// A login counts for so long.
pub const WINDOW_MS: i64 = 10 * MINUTE_MS;
/// A storm is over this long after the share was last too high.
pub const CALM_AFTER_MS: i64 = 10 * MINUTE_MS;
/// How many logins are looked at, at most: bounds the memory of a tenant to some 16 KiB.
pub const MAX_SAMPLE: usize = 1_000;

/// When a tenant's mails are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormRule {
    /// More than this many of a hundred logins are from unknown devices; 0 switches it off.
    pub percent: u32,
    /// Among so many, the latest, within ten minutes; as many have been from known devices before.
    pub sample: usize,
}

impl Default for StormRule {
    fn default() -> Self {
        Self { percent: 50, sample: 100 }
    }
}

/// The latest logins of a tenant: from a known device or not.
#[derive(Clone, Debug, Default)]
pub struct Gauge {
    latest: VecDeque<(Timestamp, bool)>,
    unknown: usize,
    /// Logins from known devices ever seen: a tenant that has just begun has none, and all its logins are new.
    known: usize,
    stormy_at: Option<Timestamp>,
}

impl Gauge {
    /// Takes note of a login received at `now`; whether a storm begins with it.
    pub fn note(&mut self, now: Timestamp, rule: StormRule, unknown: bool) -> bool {
        let sample = rule.sample.clamp(1, MAX_SAMPLE);
        self.latest.push_back((now, unknown));
        self.unknown += usize::from(unknown);
        while self.latest.len() > sample {
            let left = self.latest.pop_front();
            self.unknown -= usize::from(left.is_some_and(|(_, unknown)| unknown));
        }
        let established = self.known >= sample;
        self.known += usize::from(!unknown);
        let full =
            self.latest.len() == sample && self.latest.front().is_some_and(|(at, _)| now.ms_since(*at) <= WINDOW_MS);
        let share_is_high = self.unknown * 100 > sample * usize::try_from(rule.percent).unwrap_or(100);
        if rule.percent == 0 || !(established && full && share_is_high) {
            return false;
        }
        let begins = !self.is_stormy(now);
        self.stormy_at = Some(now);
        begins
    }

    /// Whether a storm is on.
    #[must_use]
    pub fn is_stormy(&self, now: Timestamp) -> bool {
        self.stormy_at.is_some_and(|at| now.ms_since(at).abs() < CALM_AFTER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: StormRule = StormRule { percent: 50, sample: 20 };

    fn told(gauge: &mut Gauge, from_s: i64, logins: &[bool]) -> usize {
        let note = |(at, unknown)| gauge.note(Timestamp::from_unix_ms((from_s + at) * 1_000), RULE, unknown);
        (0..).zip(logins.iter().copied()).map(note).filter(|begins| *begins).count()
    }

    #[test]
    fn a_store_that_was_lost_is_a_storm_once() {
        let mut gauge = Gauge::default();
        assert_eq!(told(&mut gauge, 0, &[false; 40]), 0);
        assert_eq!(told(&mut gauge, 40, &[true; 60]), 1);
        assert!(gauge.is_stormy(Timestamp::from_unix_ms(100_000)));
        assert_eq!(told(&mut gauge, 100, &[false; 60]), 0);
        assert!(!gauge.is_stormy(Timestamp::from_unix_ms(160_000 + CALM_AFTER_MS)));
    }

    #[test]
    fn a_tenant_that_begins_or_grows_is_none() {
        let mut gauge = Gauge::default();
        assert_eq!(told(&mut gauge, 0, &[true; 500]), 0, "it begins");
        assert_eq!(told(&mut gauge, 500, &[[true, false]; 50].concat()), 0, "every second is not more than half");
        let mut slow = Gauge::default();
        assert_eq!(told(&mut slow, 0, &[false; 40]), 0);
        for minute in 1..=40 {
            assert_eq!(told(&mut slow, minute * 60, &[true]), 0, "twenty in twenty minutes");
        }
        let mut off = Gauge::default();
        assert_eq!(told(&mut off, 0, &[false; 40]), 0);
        let rule = StormRule { percent: 0, ..RULE };
        assert!(!(0..60).any(|it| off.note(Timestamp::from_unix_ms(40_000 + it), rule, true)));
    }
}
