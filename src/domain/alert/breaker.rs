//! The breaker for mails: while the mail server refuses *us*, all mails wait, and one is tried now and then.

use crate::domain::time::{MINUTE_MS, SECOND_MS, Timestamp};

/// How long nothing is sent after the first refusal. Each further one doubles the pause …
pub const FIRST_PAUSE_MS: i64 = 30 * SECOND_MS;
/// … up to this length.
pub const LONGEST_PAUSE_MS: i64 = 15 * MINUTE_MS;

/// Whether mails are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breaker {
    /// They are.
    #[default]
    Closed,
    /// They wait.
    Open {
        /// The first refusal.
        since: Timestamp,
        /// When one mail is tried.
        until: Timestamp,
        /// How long the current pause is.
        pause_ms: i64,
    },
}

/// How many mails may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// As many as there are.
    All,
    /// One, to see whether it is accepted.
    One,
    /// None before this time.
    NoneUntil(Timestamp),
}

impl Breaker {
    /// How many mails may be sent at `now`. A clock that was set back does not lengthen a pause.
    #[must_use]
    pub fn allows(self, now: Timestamp) -> Allowed {
        match self {
            Self::Closed => Allowed::All,
            Self::Open { until, pause_ms, .. } if now < until && until.ms_since(now) <= pause_ms => {
                Allowed::NoneUntil(until)
            }
            Self::Open { .. } => Allowed::One,
        }
    }

    /// After a refusal by the mail server. Refusals of mails that were being sent at the same time count as one.
    #[must_use]
    pub fn refused(self, now: Timestamp) -> Self {
        match (self, self.allows(now)) {
            (Self::Open { since, pause_ms, .. }, Allowed::One) => {
                let pause_ms = (2 * pause_ms).min(LONGEST_PAUSE_MS);
                Self::Open { since, until: now.plus_ms(pause_ms), pause_ms }
            }
            (Self::Open { .. }, _) => self,
            (Self::Closed, _) => {
                Self::Open { since: now, until: now.plus_ms(FIRST_PAUSE_MS), pause_ms: FIRST_PAUSE_MS }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_a_batch_of_refusals_is_one() {
        let at = Timestamp::from_unix_ms;
        let opened = Breaker::Closed.refused(at(0)).refused(at(1)).refused(at(2));
        assert_eq!(opened.allows(at(3)), Allowed::NoneUntil(at(FIRST_PAUSE_MS)));
        assert_eq!(opened.allows(at(FIRST_PAUSE_MS)), Allowed::One);
        let mut breaker = opened;
        for _ in 0..20 {
            let Breaker::Open { until, .. } = breaker else { panic!("{breaker:?}") };
            breaker = breaker.refused(until);
        }
        assert!(matches!(breaker, Breaker::Open { since, pause_ms: LONGEST_PAUSE_MS, .. } if since == at(0)));
        assert_eq!(breaker.allows(at(-99_000_000_000)), Allowed::One, "the clock was set back");
    }
}
