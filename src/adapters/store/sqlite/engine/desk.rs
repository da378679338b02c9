//! The thread that writes: group commits, and emptying the log.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, config::DbConfig};
use tokio::sync::oneshot;

use crate::{
    adapters::store::{
        pulse::{Beat, Pulse},
        sqlite::engine::{
            faults::{failing, unavailable},
            files::{Astray, OpenFiles},
            group::{deferred::Deferred, piece::take_back},
            log::LogAge,
            log_mover::{LogMover, LogPages, Plan, Step, move_logs},
            schema::{self, BUSY_TIMEOUT},
        },
    },
    ports::Unavailable,
};

/// How many pieces of work one transaction has at most. Limits how long a group commit takes, and the size of its log. The more there
/// are, the fewer pages are written for each: those that many of them change are written once.
pub const MAX_GROUP: usize = 2_048;
/// The same where very many come and nobody waits for one.
pub const MAX_GROUP_OF_MANY: usize = 16_384;
/// For how long a transaction waits for the next piece of work where very many come. Without a pause the next ones are always about to
/// come, and half of the transactions had a few dozen pieces.
const GATHERS_FOR: Duration = Duration::from_millis(50);
/// After so many pieces in the latest transaction it waits: not where somebody waits for each one before the next.
const GATHERS_AFTER: usize = 16;
/// For how long it takes pieces at most: other processes wait that long with their writes, and give up after [`BUSY_TIMEOUT`].
const GATHERS_AT_MOST: Duration = Duration::from_secs(2);
/// How long emptying the log waits for readers of it. Writes wait meanwhile.
const READERS_END_WITHIN: Duration = Duration::from_millis(100);
/// How soon to look again whether the log has been moved, where nothing else is to do.
const LOOKS_AGAIN: Duration = Duration::from_millis(5);

/// Reports how a piece of work ended, once its group is on the disk or lost.
pub type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;
/// Does a piece of work within the open transaction.
pub type Work = Box<dyn FnOnce(&Connection, &mut Deferred) -> (Beat, Answer) + Send>;

/// A job for the thread.
pub enum Job {
    /// A piece of work.
    Work(Work),
    /// Empty the logs now, and say whether they are empty.
    EmptyLogs(Emptying),
    /// From now on very many pieces of work come.
    ExpectMany,
    /// The last job: empty the log and close the connection.
    End,
}

/// How the logs are to be emptied.
pub struct Emptying {
    /// Whether the whole database is written anew before: where rows were moved within a page, parts of what they were stay
    /// behind, which `secure_delete` does not reach.
    pub rewrites: bool,
    /// Is told whether the logs are empty.
    pub done: oneshot::Sender<Result<bool, Unavailable>>,
}

/// Why nothing of a group is stored.
#[derive(Clone, Debug)]
struct Lost {
    fault: Unavailable,
    beat: Beat,
}

impl From<rusqlite::Error> for Lost {
    fn from(fault: rusqlite::Error) -> Self {
        Self { fault: unavailable(&fault), beat: Beat::Failed(failing(&fault)) }
    }
}

impl From<Astray> for Lost {
    fn from(astray: Astray) -> Self {
        // The readiness check looks at the files too, so the pulse need not report this.
        Self { fault: Unavailable(astray.words().to_owned()), beat: Beat::Idle }
    }
}

/// What the thread works with.
pub struct Desk {
    connection: Connection,
    files: OpenFiles,
    pulse: Arc<Pulse>,
    log: LogAge,
    mover: LogMover,
    plan: Plan,
    /// Whether very many pieces of work come.
    many: bool,
    /// How many pieces of work the latest transaction had.
    latest_group: usize,
    /// Whether the latest check found a file that is not in its place.
    astray: Option<Astray>,
}

impl Desk {
    /// With a connection that may write and the files that it has open; how writing goes is told by `pulse`.
    #[must_use]
    pub fn new(connection: Connection, files: OpenFiles, pulse: Arc<Pulse>, mover: LogMover) -> Self {
        let mut log = LogAge::default();
        // The last process that wrote may have been killed.
        log.changed(Instant::now());
        Self { connection, files, pulse, log, mover, plan: Plan::default(), many: false, latest_group: 0, astray: None }
    }

    /// Works until the last job is done, or no more can come.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        let mut ends = false;
        while !ends {
            match self.next(jobs) {
                Ok(Job::Work(first)) => ends = self.work(first, jobs),
                Ok(Job::EmptyLogs(done)) => self.empty_logs(done),
                Ok(Job::ExpectMany) => self.expect_many(),
                Ok(Job::End) | Err(RecvTimeoutError::Disconnected) => ends = true,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.look_at_log();
        }
        self.end();
    }

    fn next(&mut self, jobs: &Receiver<Job>) -> Result<Job, RecvTimeoutError> {
        match self.log.due() {
            Some(at) => {
                let soonest = if self.mover.is_moving() { LOOKS_AGAIN } else { Duration::ZERO };
                jobs.recv_timeout(at.saturating_duration_since(Instant::now()).max(soonest))
            }
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Has the logs moved into their files where they are long, and emptied where that is due: as much as possible while groups go on.
    fn look_at_log(&mut self) {
        let is_due = self.log.due().is_some_and(|at| at <= Instant::now());
        if self.mover.is_moving() {
            return;
        }
        // What very many commits leave is moved within a commit: nobody waits for one.
        if self.many || self.astray.is_some() {
            if is_due {
                self.tidy();
            }
            return;
        }
        let step = LogPages::of(&self.connection).map(|pages| self.plan.step(pages, is_due));
        let done = step.and_then(|step| match step {
            Step::Nothing => Ok(()),
            Step::Move => {
                self.mover.begin();
                Ok(())
            }
            Step::Finish => move_logs(&self.connection),
            Step::Empty => {
                self.tidy();
                Ok(())
            }
        });
        if let Err(fault) = done {
            tracing::warn!(fault = %unavailable(&fault), "the write-ahead log cannot be moved into the database");
        }
    }

    /// Stores a group and answers all of it. Returns whether the last job was among those that waited.
    fn work(&mut self, first: Work, jobs: &Receiver<Job>) -> bool {
        let (mut pieces, changes) = (Vec::new(), self.connection.total_changes());
        let (mut ends, mut many, mut asked) = (false, false, Vec::new());
        let gathers = self.many && self.latest_group >= GATHERS_AFTER;
        let until = gathers.then(|| Instant::now() + GATHERS_AT_MOST);
        let waiting = std::iter::from_fn(|| match next_of_group(jobs, until) {
            Some(Job::Work(work)) => Some(work),
            Some(Job::EmptyLogs(done)) => {
                asked.push(done);
                None
            }
            Some(Job::ExpectMany) => {
                many = true;
                None
            }
            Some(Job::End) => {
                ends = true;
                None
            }
            None => None,
        });
        let most = if self.many { MAX_GROUP_OF_MANY } else { MAX_GROUP };
        let stored = self.write_group(std::iter::once(first).chain(waiting).take(most), &mut pieces);
        self.latest_group = pieces.len();
        let now = Instant::now();
        if self.connection.total_changes() > changes {
            self.log.changed(now);
        }
        if let (Err(lost), None) = (&stored, self.astray) {
            tracing::error!(fault = %lost.fault, lost = pieces.len(), "nothing was stored");
        }
        for (beat, answer) in pieces {
            self.pulse.note(now, stored.as_ref().map_or_else(|lost| lost.beat, |()| beat));
            answer(stored.as_ref().map_err(|lost| lost.fault.clone()).copied());
        }
        for done in asked {
            self.empty_logs(done);
        }
        if many {
            self.expect_many();
        }
        ends
    }

    /// Stores all that waits in one transaction.
    fn write_group(&mut self, group: impl Iterator<Item = Work>, pieces: &mut Vec<(Beat, Answer)>) -> Result<(), Lost> {
        let begun = self.look_at_files().and_then(|()| Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?));
        // Where no transaction began, each statement would be stored by itself: the savepoints then refuse to work.
        let mut deferred = Deferred::default();
        for work in group {
            pieces.push(work(&self.connection, &mut deferred));
        }
        begun?;
        if self.connection.is_autocommit() {
            // After a full disk or a failing one SQLite takes the whole transaction back.
            let why = pieces.iter().map(|(beat, _)| *beat).find(|it| matches!(it, Beat::Failed(_)));
            let fault = Unavailable("the disk refused a write of this group".to_owned());
            return Err(Lost { fault, beat: why.unwrap_or(Beat::Idle) });
        }
        let completed = deferred.write(&self.connection);
        completed
            .and_then(|()| self.connection.execute_batch("COMMIT"))
            .inspect_err(|_| take_back(&self.connection))?;
        // What was stored is acknowledged only if the next start will find it.
        self.look_at_files()
    }

    /// Whether the next start will find what is written.
    fn look_at_files(&mut self) -> Result<(), Lost> {
        let astray = self.files.astray();
        match astray {
            Some(it) if self.astray != astray => {
                tracing::error!("ALARM: {}; until then every write is refused", it.words());
                // So a database that is put back is whole even without its log, and a log that was left behind is not read
                // into another database by the next start.
                if !self.files.log_is_replaced() && !self.empty_log() {
                    tracing::error!("what its log holds could not be moved into it");
                }
            }
            None if self.astray.is_some() => tracing::info!("the database is in its place again"),
            Some(_) | None => {}
        }
        self.astray = astray;
        astray.map_or(Ok(()), |it| Err(it.into()))
    }

    fn expect_many(&mut self) {
        self.mover.wait();
        self.many = true;
        if let Err(fault) = schema::make_room_for_many(&self.connection) {
            tracing::warn!(fault = %unavailable(&fault), "the database gets no more memory");
        }
    }

    fn empty_logs(&mut self, Emptying { rewrites, done }: Emptying) {
        let rewritten = if rewrites { self.rewrite() } else { Ok(()) };
        let is_empty = self.tidy();
        // Who asked may have gone away.
        let _ = done.send(rewritten.map(|()| is_empty));
    }

    /// Writes the whole database anew. Reading goes on; other processes wait with their writes.
    fn rewrite(&mut self) -> Result<(), Unavailable> {
        self.look_at_files().map_err(|it| it.fault)?;
        // The copy may be larger than the memory.
        let rewritten = self.connection.execute_batch("PRAGMA temp_store = FILE; VACUUM main");
        let restored = self.connection.execute_batch("PRAGMA temp_store = MEMORY");
        self.log.changed(Instant::now());
        rewritten.and(restored).map_err(|it| unavailable(&it))
    }

    /// Empties the log, or tries again later; whether it is empty.
    fn tidy(&mut self) -> bool {
        let is_empty = self.files.astray().is_none() && self.empty_log();
        if is_empty {
            self.log.emptied();
        } else {
            self.log.postponed(Instant::now());
        }
        is_empty
    }

    /// Moves what the log holds into the database that it belongs to, and leaves it empty; `false` if somebody reads from it for too
    /// long, or the disk does not take it.
    fn empty_log(&mut self) -> bool {
        // Of two that do so at once SQLite refuses one.
        self.mover.wait();
        let empty = || {
            self.connection.busy_timeout(READERS_END_WITHIN)?;
            let is_busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            self.connection.busy_timeout(BUSY_TIMEOUT)?;
            is_busy
        };
        let is_busy: rusqlite::Result<bool> = empty();
        if let Err(fault) = &is_busy {
            tracing::warn!(fault = %unavailable(fault), "the write-ahead log cannot be emptied");
        }
        is_busy.is_ok_and(|it| !it)
    }

    /// Leaves everything in the database file alone.
    fn end(mut self) {
        if self.files.astray().is_some() {
            // To close it would move the log into it, or delete a log that is not ours.
            if let Err(fault) = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true) {
                tracing::warn!(fault = %unavailable(&fault), "the database is closed as if it were in its place");
            }
        } else if !self.empty_log() {
            tracing::warn!("other processes have the database open: copy its -wal file with it");
        }
        let Self { connection, mover, .. } = self;
        // The last connection that is closed removes the logs.
        drop(mover);
        if let Err((_, fault)) = connection.close() {
            tracing::warn!(fault = %unavailable(&fault), "the database is not closed");
        }
    }
}

/// The next job that belongs to an open group: one that waits, or comes soon where the group gathers until a time.
fn next_of_group(jobs: &Receiver<Job>, gathers_until: Option<Instant>) -> Option<Job> {
    match gathers_until {
        None => jobs.try_recv().ok(),
        Some(until) => {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() { None } else { jobs.recv_timeout(left.min(GATHERS_FOR)).ok() }
        }
    }
}
