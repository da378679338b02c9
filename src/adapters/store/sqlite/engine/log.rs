//! When the write-ahead log is emptied.
//!
//! SQLite writes its log again from the start when it is long, and leaves what stood there before. So what was deleted, such as
//! the address that a mail went to, would stay readable in the log for as long as few write. It is emptied after each pause, and
//! every half minute without one.

use std::time::{Duration, Instant};

/// A pause: for so long nothing was changed.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a change stays in the log without a pause. `docs/privacy.md` promises a minute.
const LONGEST: Duration = Duration::from_secs(30);
/// After so long it is tried again, where somebody was still reading from the log.
const AGAIN: Duration = Duration::from_secs(1);

/// What the log holds, as far as it matters to when it is emptied.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogAge {
    changes: Option<Changes>,
}

#[derive(Clone, Copy, Debug)]
struct Changes {
    first: Instant,
    latest: Instant,
    not_before: Option<Instant>,
}

impl LogAge {
    /// Something was written into it.
    pub fn changed(&mut self, at: Instant) {
        let changes = self.changes.get_or_insert(Changes { first: at, latest: at, not_before: None });
        changes.latest = at;
    }

    /// It was emptied.
    pub fn emptied(&mut self) {
        self.changes = None;
    }

    /// It could not be emptied.
    pub fn postponed(&mut self, at: Instant) {
        if let Some(changes) = &mut self.changes {
            changes.not_before = Some(at + AGAIN);
        }
    }

    /// When it is to be emptied; never while nothing is in it.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let due = |changes: Changes| {
            (changes.latest + PAUSE).min(changes.first + LONGEST).max(changes.not_before.unwrap_or(changes.first))
        };
        self.changes.map(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_emptied_after_a_pause_and_in_the_end_without_one() {
        let (mut log, start) = (LogAge::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(log.due(), None);
        log.changed(at(0));
        assert_eq!(log.due(), Some(at(2)));
        for ms in 1..100 {
            log.changed(at(ms));
            assert_eq!(log.due(), Some(at((ms + 2).min(30))));
        }
        log.postponed(at(100));
        assert_eq!(log.due(), Some(at(101)));
        log.emptied();
        assert_eq!(log.due(), None);
    }
}
