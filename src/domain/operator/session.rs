//! For how long an operator who has signed in is believed.

use crate::domain::{
    ids::OperatorId,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};

/// After so long without a request a session has ended.
pub const IDLE_MS: i64 = 8 * HOUR_MS;
/// So long after its beginning a session has ended.
pub const LONGEST_MS: i64 = 24 * HOUR_MS;
/// A request is noted at most so often: a session may end so much too early.
const NOTED_EVERY_MS: i64 = MINUTE_MS;

/// Identifies a session: the keyed hash of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub [u8; 16]);

/// A session of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorSession {
    /// Who has signed in.
    pub operator: OperatorId,
    /// When.
    pub begun_at: Timestamp,
    /// When a request was noted last.
    pub seen_at: Timestamp,
}

impl OperatorSession {
    /// A session that begins now.
    #[must_use]
    pub const fn begin(operator: OperatorId, now: Timestamp) -> Self {
        Self { operator, begun_at: now, seen_at: now }
    }

    /// When it ends, however much is asked.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        self.begun_at.plus_ms(LONGEST_MS)
    }

    /// When it ends, if nobody asks anything more.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.seen_at.plus_ms(IDLE_MS).min(self.ends_at())
    }

    /// Whether it has not ended by itself.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at()
    }

    /// The session with a request at this time; `None` if one was noted a moment ago.
    #[must_use]
    pub fn seen(&self, now: Timestamp) -> Option<Self> {
        (now.ms_since(self.seen_at) >= NOTED_EVERY_MS).then_some(Self { seen_at: now, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_a_day() {
        let at = |ms: i64| Timestamp::from_unix_ms(1_790_000_000_000 + ms);
        let mut session = OperatorSession::begin(OperatorId([1; 16]), at(0));
        assert!(session.is_live(at(IDLE_MS - 1)) && !session.is_live(at(IDLE_MS)));
        assert_eq!(session.seen(at(NOTED_EVERY_MS - 1)), None);
        for hours in [6, 12, 18] {
            session = session.seen(at(hours * HOUR_MS)).unwrap();
        }
        assert!(session.is_live(at(LONGEST_MS - 1)) && !session.is_live(at(LONGEST_MS)), "however busy it is");
        assert!(session.is_live(at(-HOUR_MS)), "a clock that was put back ends none");
    }
}
