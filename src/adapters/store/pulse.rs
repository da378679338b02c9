//! How the latest writes to a store ended. A failure that callers have met is reported, even if a single probe succeeds.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For how long a write is remembered at least, unless another time is given. Twice as long at most.
const SPAN: Duration = Duration::from_secs(5);

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// It changed nothing, or a rule of the store refused it.
    Idle,
    /// It was stored.
    Stored,
    /// It failed, for this reason.
    Failed(&'static str),
}

/// The writes of the last seconds, counted.
#[derive(Debug)]
pub struct Pulse {
    span: Duration,
    spans: Mutex<Spans>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self::over(SPAN)
    }
}

#[derive(Debug, Default)]
struct Spans {
    began: Option<Instant>,
    latest: Span,
    before: Span,
}

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    stored: u64,
    failed: u64,
    reason: Option<&'static str>,
}

impl Pulse {
    /// One that remembers a write for so long at least, and twice as long at most.
    #[must_use]
    pub fn over(span: Duration) -> Self {
        Self { span, spans: Mutex::default() }
    }

    /// Counts a write that ended at this time.
    pub fn note(&self, at: Instant, beat: Beat) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.move_on(at, self.span);
        match beat {
            Beat::Idle => {}
            Beat::Stored => spans.latest.stored += 1,
            Beat::Failed(reason) => {
                spans.latest.failed += 1;
                spans.latest.reason = Some(reason);
            }
        }
    }

    /// Why writing fails, if half or more of the latest writes did. Without any writes, it counts as well again after
    /// twice the time for which one is remembered.
    #[must_use]
    pub fn amiss(&self, at: Instant) -> Option<&'static str> {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.move_on(at, self.span);
        let (latest, before) = (spans.latest, spans.before);
        let (stored, failed) = (latest.stored + before.stored, latest.failed + before.failed);
        latest.reason.or(before.reason).filter(|_| failed >= stored)
    }
}

impl Spans {
    fn move_on(&mut self, at: Instant, span: Duration) {
        let began = *self.began.get_or_insert(at);
        let passed = at.saturating_duration_since(began);
        if passed >= span {
            let latest = std::mem::take(&mut self.latest);
            self.before = if passed < 2 * span { latest } else { Span::default() };
            self.began = Some(if passed < 2 * span { began + span } else { at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_the_latest_writes_decide() {
        let (pulse, start) = (Pulse::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pulse.amiss(at(0)), None);
        pulse.note(at(0), Beat::Stored);
        pulse.note(at(0), Beat::Idle);
        pulse.note(at(1), Beat::Failed("full"));
        assert_eq!(pulse.amiss(at(1)), Some("full"), "one of two");
        pulse.note(at(2), Beat::Stored);
        assert_eq!(pulse.amiss(at(2)), None, "one of three");
        (0..9).for_each(|_| pulse.note(at(3), Beat::Failed("full")));
        assert_eq!(pulse.amiss(at(6)), Some("full"), "not forgotten at once");
        assert_eq!(pulse.amiss(at(12)), None, "forgotten in time, without a write");
    }

    #[test]
    fn it_is_well_again_as_soon_as_most_writes_are_stored() {
        let (pulse, start) = (Pulse::default(), Instant::now());
        (0..100).for_each(|_| pulse.note(start, Beat::Failed("fails")));
        (0..101).for_each(|_| pulse.note(start + Duration::from_secs(1), Beat::Stored));
        assert_eq!(pulse.amiss(start + Duration::from_secs(1)), None);
    }
}
