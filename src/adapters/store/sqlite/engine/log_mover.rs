//! Moves the logs into their files on a thread of its own, while the writer goes on writing.
//!
//! Left to itself, SQLite does so within the commit that makes a log long enough, and everybody waits meanwhile. Another connection can
//! do it as well, and leaves what the writer adds meanwhile for the next time. But a log begins anew only where all of it stands in the
//! file when a transaction begins. So the writer moves the last few pages itself, between two groups.

use std::{
    fs::File,
    io,
    mem::ManuallyDrop,
    sync::mpsc::{self, Receiver, Sender, TryRecvError},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use crate::adapters::store::sqlite::engine::{
    faults::{of_file, of_sqlite},
    files::OpenFiles,
};

/// The logs go into their files when one has so many pages of 4 KiB. A page that many commits change meanwhile is moved once; with
/// SQLite's own 1,000 a group of an import filled the log by itself.
const LONG: i64 = 8_000;
/// So many pages the writer moves itself.
const FEW: i64 = 100;
/// How often that may double: where commits come faster than they are moved, the writer moves more in the end.
const MOST_DOUBLINGS: u32 = 7;
/// Where readers keep a log from being moved, and nobody begins it anew, it goes into its file within each commit, from this length on.
pub const MOST_PAGES: i64 = 4 * LONG;

/// How many pages a log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPages {
    /// In all.
    pub all: i64,
    /// That are not in the file yet.
    pub left: i64,
}

impl LogPages {
    /// Those of the longer of a connection's two logs.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        const RECORDS: &str = "PRAGMA main.wal_checkpoint(NOOP)";
        const SALTS: &str = "PRAGMA salts.wal_checkpoint(NOOP)";
        let pages = |text| {
            connection.prepare_cached(text)?.query_row([], |row| {
                let (all, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
                Ok(Self { all, left: all - moved })
            })
        };
        let (records, salts): (Self, Self) = (pages(RECORDS)?, pages(SALTS)?);
        Ok(if salts.all > records.all { salts } else { records })
    }
}

/// What is to be done with the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet.
    Nothing,
    /// The mover begins.
    Move,
    /// The writer moves the few pages that are left.
    Finish,
    /// The writer empties the logs, of which few pages are left.
    Empty,
}

/// When what is to be done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// How long the log was when it was last looked at.
    latest: i64,
    /// Not before it is so long; never before it is [`LONG`].
    not_before: i64,
    /// How often it was moved since it began anew.
    moves: u32,
}

impl Plan {
    /// What is to be done with logs of so many pages; `is_due` says whether they are to be emptied. To be asked again when that was done.
    pub fn step(&mut self, pages: LogPages, is_due: bool) -> Step {
        if pages.all < self.latest {
            *self = Self::default();
        }
        self.latest = pages.all;
        if !is_due && pages.all < self.not_before.max(LONG) {
            return Step::Nothing;
        }
        self.not_before = pages.all + FEW;
        if pages.left > FEW << self.moves.saturating_sub(1).min(MOST_DOUBLINGS) {
            self.moves += 1;
            Step::Move
        } else if is_due {
            Step::Empty
        } else {
            Step::Finish
        }
    }
}

/// Moves what the logs of a connection's databases hold, as far as no reader needs the files as they are. It waits for nobody.
///
/// # Errors
/// Those of SQLite.
pub fn move_logs(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}

/// The handle to the thread. When it is dropped, the thread has ended.
#[derive(Debug)]
pub struct LogMover {
    ask: Option<Sender<()>>,
    done: Receiver<()>,
    is_moving: bool,
    thread: Option<JoinHandle<()>>,
}

impl LogMover {
    /// Starts the thread with a connection of its own to these files.
    ///
    /// # Errors
    /// A file cannot be opened once more, or the system has no thread to give.
    pub fn start(connection: Connection, files: OpenFiles) -> io::Result<Self> {
        let (ask, asked) = mpsc::channel();
        let (tell, done) = mpsc::channel();
        let mut work = Work { connection, databases: open(&files)?, files };
        let run = move || {
            while asked.recv().is_ok() {
                work.once();
                if tell.send(()).is_err() {
                    break;
                }
            }
        };
        let thread = thread::Builder::new().name("store-log".into()).spawn(run)?;
        Ok(Self { ask: Some(ask), done, is_moving: false, thread: Some(thread) })
    }

    /// Has the thread move what the logs hold now, unless it is at it.
    pub fn begin(&mut self) {
        if !self.is_moving() {
            self.is_moving = self.ask.as_ref().is_some_and(|it| it.send(()).is_ok());
        }
    }

    /// Whether the thread is at it.
    pub fn is_moving(&mut self) -> bool {
        // A thread that has gone moves nothing.
        self.is_moving = self.is_moving && self.done.try_recv() == Err(TryRecvError::Empty);
        self.is_moving
    }

    /// Waits until the thread is not at it.
    pub fn wait(&mut self) {
        if self.is_moving {
            // A thread that has gone moves nothing.
            let _ = self.done.recv();
            self.is_moving = false;
        }
    }
}

impl Drop for LogMover {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // One that has panicked has said so.
            let _ = thread.join();
        }
    }
}

/// The files to be written to the disk: once more open beside SQLite, and so never closed. Whoever closes a file takes back all locks that
/// the process has on it, and those are SQLite's.
fn open(files: &OpenFiles) -> io::Result<[ManuallyDrop<File>; 2]> {
    let [records, salts] = files.databases();
    Ok([ManuallyDrop::new(File::open(records)?), ManuallyDrop::new(File::open(salts)?)])
}

/// What the thread works with.
struct Work {
    connection: Connection,
    databases: [ManuallyDrop<File>; 2],
    files: OpenFiles,
}

impl Work {
    fn once(&mut self) {
        // A log that has taken the place of ours is none of our files'.
        if self.files.astray().is_some() {
            return;
        }
        if let Err(fault) = move_logs(&self.connection) {
            tracing::warn!(fault = %of_sqlite(&fault), "the write-ahead log cannot be moved into the database");
        }
        // SQLite waits for the disk only when nothing is left in the log: then the writer would wait for all that was moved here.
        for database in &self.databases {
            if let Err(fault) = database.sync_data() {
                tracing::warn!(fault = %of_file(&fault), "the database cannot be written to the disk");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn pages(all: i64, left: i64) -> LogPages {
        LogPages { all, left }
    }

    #[test]
    fn a_long_log_is_moved_while_the_writer_writes_until_few_pages_are_left() {
        let mut plan = Plan::default();
        let steps = [
            (pages(0, 0), Step::Nothing),
            (pages(7_900, 7_900), Step::Nothing),
            (pages(8_050, 8_050), Step::Move),
            (pages(9_000, 900), Step::Move),
            // Twice as many are few after the second time.
            (pages(9_200, 200), Step::Finish),
            // Somebody read from it: it did not begin anew.
            (pages(9_299, 99), Step::Nothing),
            (pages(9_301, 101), Step::Finish),
            (pages(120, 120), Step::Nothing),
            (pages(8_000, 8_000), Step::Move),
        ];
        for (pages, step) in steps {
            assert_eq!(plan.step(pages, false), step, "{pages:?}");
        }
    }

    #[test]
    fn logs_that_are_due_are_moved_first_and_emptied_in_the_end_even_if_they_cannot_be_moved() {
        assert_eq!(Plan::default().step(pages(90, 90), true), Step::Empty);
        let mut plan = Plan::default();
        assert_eq!(plan.step(pages(3_000, 3_000), true), Step::Move);
        assert_eq!(plan.step(pages(3_100, 100), true), Step::Empty);
        let mut plan = Plan::default();
        let steps: Vec<_> = (0..10).map(|_| plan.step(pages(12_000, 12_000), true)).collect();
        assert_eq!(steps.iter().position(|it| *it == Step::Empty), Some(8));
    }
}
