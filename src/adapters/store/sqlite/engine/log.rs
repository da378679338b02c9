//! The write-ahead log: how a file comes to have one, and when it is emptied.
//!
//! SQLite overwrites its log from the start when it is long, and leaves the old contents until then. So deleted data,
//! such as the address that a mail was sent to, would stay readable in the log while little is written. The log is
//! emptied after each pause, and every half minute if there is none.

use std::{
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode};

/// A pause: nothing was changed for this long.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a change stays in the log without a pause. `docs/privacy.md` promises a minute.
const LONGEST: Duration = Duration::from_secs(30);
/// When to try again if somebody was still reading from the log.
const AGAIN: Duration = Duration::from_secs(1);

/// When to try again if somebody else wanted to give the file a log.
const LOCKED: Duration = Duration::from_millis(5);

/// Has a database keep a log, so that reading never waits for writing. A file that has none yet gets one while nobody else looks at
/// it. Of two that want that at once SQLite refuses one without waiting, as each would wait for the other.
///
/// # Errors
/// Those of SQLite; that it is busy, once the connection has waited as long as it does for other locks.
pub fn keep_log(connection: &Connection, database: Option<&str>) -> rusqlite::Result<()> {
    let patience_ms: u32 = connection.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    let deadline = Instant::now() + Duration::from_millis(patience_ms.into());
    loop {
        match connection.pragma_update(database, "journal_mode", "WAL") {
            Err(it) if it.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < deadline => {
                thread::sleep(LOCKED);
            }
            kept => return kept,
        }
    }
}

/// What is in the log, as far as that decides when to empty it.
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

    /// When to empty it; `None` while nothing is in it.
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
