//! How many people wait too long for an answer, for `/readyz`, the metrics and the log.

use std::sync::{Mutex, PoisonError};

use tracing::error;

/// How many requests are owed an answer soon, or were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Those whose time is nearly over.
    pub soon: usize,
    /// Those whose time is over.
    pub overdue: usize,
}

/// What was found when somebody last looked.
#[derive(Debug, Default)]
pub struct RequestWatch {
    found: Mutex<Waiting>,
}

impl RequestWatch {
    /// Notes what was found. When more are overdue than before, that is in the log.
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵³ requests")]
    pub fn note(&self, found: Waiting) {
        metrics::gauge!("watchlight_requests_overdue").set(found.overdue as f64);
        let mut last = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.overdue > last.overdue {
            let (overdue, soon) = (found.overdue, found.soon);
            error!(overdue, soon, "people wait for an answer for longer than is allowed: see GET /v1/requests");
        }
        *last = found;
    }

    /// What is said of it; `None` if nobody waits too long.
    #[must_use]
    pub fn amiss(&self) -> Option<String> {
        let found = *self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let told = match (found.overdue, found.soon) {
            (0, 0) => return None,
            (0, soon) => format!("people's requests: {soon} must be answered soon"),
            (overdue, 0) => format!("people's requests: {overdue} overdue"),
            (overdue, soon) => format!("people's requests: {overdue} overdue, and {soon} must be answered soon"),
        };
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_too_long_is_told_until_it_is_over() {
        let watch = RequestWatch::default();
        assert_eq!(watch.amiss(), None);
        watch.note(Waiting { soon: 2, overdue: 1 });
        assert_eq!(watch.amiss().unwrap(), "people's requests: 1 overdue, and 2 must be answered soon");
        watch.note(Waiting::default());
        assert_eq!(watch.amiss(), None);
    }
}
