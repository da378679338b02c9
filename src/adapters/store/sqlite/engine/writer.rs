//! The one thread that writes, and its group commit.
//!
//! A synced write costs milliseconds however little it writes. So callers queue their work; the thread takes what is
//! queued into one transaction, pieces in a savepoint of their own so that a refused one takes back only itself, syncs
//! once, and then answers all of them. While it syncs, the next group gathers: no piece waits for a timer.
//!
//! A savepoint keeps what each page was before that a piece changes: a fifth of the thread's work. Those that are refused only before they
//! change anything, as commits of logins are, do without. If one fails nevertheless, its whole group is lost, and its callers are told so, as
//! when the disk refuses a group; from then on each has a savepoint.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use crate::{
    adapters::store::{
        pulse::{Beat, Pulse},
        sqlite::engine::{
            desk::{Answer, Desk, Emptying, Job, MAX_GROUP, MAX_GROUP_OF_MANY},
            faults::{Refused, failing, of_sqlite},
            files::OpenFiles,
            group::{
                deferred::Deferred,
                piece::{catch_up, in_savepoint, unguarded},
            },
            log_mover::LogMover,
            schema,
        },
        tallying::TallyChanges,
    },
    ports::{CommitError, Unavailable},
};

/// How many pieces of work may wait or be at work. If there are more, the disk does not keep up, and callers had better be told
/// at once.
const MAX_WAITING: usize = 16_384;
/// How many more may where very many come.
const MORE_OF_MANY: usize = 4 * MAX_GROUP_OF_MANY - MAX_WAITING;
/// How long a caller waits for an answer. Longer than SQLite waits for another process's lock.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The same where very many come: longer than a disk that is busy takes for two of their groups.
const ANSWER_TIMEOUT_OF_MANY: Duration = Duration::from_mins(2);

/// What is known of a piece of work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Any,
    /// It is refused only before it changes anything.
    OnceChecked,
    /// It only tries whether writing is possible.
    TriedOut,
}

/// The handle to the writing thread. When it is dropped, what waits is written, and the thread has ended.
#[derive(Debug)]
pub struct Writer {
    queue: Sender<Job>,
    /// For those that wait or are at work.
    places: Arc<Semaphore>,
    /// Whether very many come.
    many: AtomicBool,
    /// Whether each piece has a savepoint.
    is_guarded: Arc<AtomicBool>,
    pulse: Arc<Pulse>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(thread) = self.take_thread() {
            end(&self.queue, thread);
        }
    }
}

fn end(queue: &Sender<Job>, thread: JoinHandle<()>) {
    // A thread that ended on its own needs no order, and has said why.
    let _ = queue.send(Job::End);
    let _ = thread.join();
}

impl Writer {
    /// Starts the thread, which takes over the connection and refuses to write while one of its files is not in its place.
    ///
    /// # Errors
    /// If the system has no thread to give, or the database cannot be opened once more.
    pub fn start(connection: Connection, files: OpenFiles) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel();
        let pulse = Arc::new(Pulse::default());
        let [path, _] = files.databases();
        let mover = schema::connect_mover(path).map_err(|it| io::Error::other(of_sqlite(&it)))?;
        let mover = LogMover::start(mover, files.clone())?;
        let desk = Desk::new(connection, files, pulse.clone(), mover);
        let thread = thread::Builder::new().name("store-writer".into()).spawn(move || desk.run(&waiting))?;
        let (places, many) = (Arc::new(Semaphore::new(MAX_WAITING)), AtomicBool::new(false));
        let is_guarded = Arc::new(AtomicBool::new(false));
        Ok(Self { queue, places, many, is_guarded, pulse, thread: Mutex::new(Some(thread)) })
    }

    /// How many callers make the best use of it at the same time: while one group is written, the next gathers.
    #[must_use]
    pub fn at_once(&self) -> usize {
        2 * if self.many.load(Ordering::Relaxed) { MAX_GROUP_OF_MANY } else { MAX_GROUP }
    }

    /// Takes more memory and larger groups from now on, because very many pieces of work come and nobody waits for a single one.
    pub fn expect_many(&self) {
        if !self.many.swap(true, Ordering::Relaxed) {
            self.places.add_permits(MORE_OF_MANY);
            // Without the thread, whoever writes is told.
            let _ = self.queue.send(Job::ExpectMany);
        }
    }

    /// Ends the thread after the work that waits, and leaves everything in the database file alone. A second call does
    /// nothing.
    pub async fn end(&self) {
        let Some(thread) = self.take_thread() else { return };
        let queue = self.queue.clone();
        // Nobody else waits for this task, and it does not panic.
        let _ = tokio::task::spawn_blocking(move || end(&queue, thread)).await;
    }

    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs `work` within a transaction, and waits until it is on the disk. Work that fails leaves nothing behind.
    ///
    /// # Errors
    /// The error of `work`, or that it could not be stored.
    pub async fn write<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.write_counted(|connection, _| work(connection)).await
    }

    /// The same, for work that stores or deletes logins, and says how tallies change with them: once for the whole group.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub async fn write_counted<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &mut TallyChanges) -> Result<T, Refused> + Send + 'static,
    {
        self.queue(|connection, deferred: &mut Deferred| work(connection, &mut deferred.tallies), Kind::Any).await
    }

    /// The same, for work that is refused only before it changes anything, and neither reads nor changes what is deferred.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub async fn write_once_checked<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &mut Deferred) -> Result<T, Refused> + Send + 'static,
    {
        self.queue(work, Kind::OnceChecked).await
    }

    /// The same, for work that only tries whether writing is possible. It does not count in [`Writer::amiss`].
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub async fn try_out<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.queue(|connection, _: &mut Deferred| work(connection), Kind::TriedOut).await
    }

    /// Moves what the logs hold into the files and empties them, so that what was overwritten in the files is nowhere. If
    /// somebody reads from them for too long, that is tried again within a minute.
    pub async fn empty_logs(&self) {
        // Nobody else waits so long.
        let _ = tokio::time::timeout(ANSWER_TIMEOUT, self.tidy(false)).await;
    }

    /// Empties the logs, after the whole database was written anew if it `rewrites`. Returns whether they are empty; `false` if
    /// somebody reads from them for too long.
    ///
    /// # Errors
    /// The database could not be written anew.
    pub async fn tidy(&self, rewrites: bool) -> Result<bool, Unavailable> {
        let gone = || Unavailable("the store is closing".to_owned());
        let (done, tried) = oneshot::channel();
        // Without the thread, the logs were emptied at its end.
        self.queue.send(Job::EmptyLogs(Emptying { rewrites, done })).map_err(|_| gone())?;
        tried.await.map_err(|_| gone())?
    }

    /// Why writing fails, for anybody who asks, if most of the latest writes failed.
    #[must_use]
    pub fn amiss(&self) -> Option<&'static str> {
        self.pulse.amiss(Instant::now())
    }

    async fn queue<T, W>(&self, work: W, kind: Kind) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &mut Deferred) -> Result<T, Refused> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let too_many = |_| Unavailable("too many writes wait for the disk".to_owned());
        let place = self.places.clone().try_acquire_owned().map_err(too_many)?;
        let is_guarded = self.is_guarded.clone();
        let job = move |connection: &Connection, deferred: &mut Deferred| -> (Beat, Answer) {
            let caught_up = if kind == Kind::Any { catch_up(connection, deferred) } else { Ok(()) };
            let (before, mut changes) = (connection.total_changes(), Deferred::default());
            let outcome = caught_up.and_then(|()| {
                let work = |connection: &Connection| work(connection, &mut changes);
                if kind == Kind::OnceChecked && !is_guarded.load(Ordering::Relaxed) {
                    unguarded(connection, &is_guarded, work)
                } else {
                    in_savepoint(connection, work)
                }
            });
            if outcome.is_ok() {
                deferred.then(changes);
            }
            let beat = match &outcome {
                Err(Refused::Sqlite(fault)) => Beat::Failed(failing(fault)),
                Ok(_) if connection.total_changes() > before => Beat::Stored,
                Ok(_) | Err(Refused::Commit(_)) => Beat::Idle,
            };
            let outcome = outcome.map_err(CommitError::from);
            // A caller who has gone away needs no answer.
            let answer = move |stored: Result<(), Unavailable>| {
                drop(sender.send(stored.map_err(CommitError::from).and(outcome)));
                drop(place);
            };
            (if kind == Kind::TriedOut { Beat::Idle } else { beat }, Box::new(answer))
        };
        let closed = |_| Unavailable("the store is closed".to_owned());
        self.queue.send(Job::Work(Box::new(job))).map_err(closed)?;
        let patience = if self.many.load(Ordering::Relaxed) { ANSWER_TIMEOUT_OF_MANY } else { ANSWER_TIMEOUT };
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Unavailable("the store is closed".to_owned()).into()),
            Err(_) => Err(Unavailable("the disk has not taken the write in time".to_owned()).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::store::sqlite::engine::group::deferred::{BrowserDue, LoginOf},
        domain::ids::LoginId,
    };

    /// Counts, and fails then if it is asked to.
    fn count(name: u8, fails: bool) -> impl FnOnce(&Connection, &mut Deferred) -> Result<(), Refused> + Send {
        move |connection, _| {
            let key = [name; 16];
            connection.prepare_cached("INSERT INTO counter VALUES (?, 1, 0)")?.execute([key])?;
            if fails {
                connection.prepare_cached("INSERT INTO counter VALUES (?, 2, 0)")?.execute([key])?;
            }
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_piece_that_fails_leaves_nothing_behind_and_the_next_one_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, files) = schema::create(&folder.path().join("a.db")).unwrap();
        let writer = Writer::start(connection, files).unwrap();
        let counted = async || {
            let count =
                |it: &Connection| Ok(it.query_row("SELECT count(*) FROM counter", [], |row| row.get::<_, i64>(0))?);
            writer.write(count).await.unwrap()
        };
        writer.write_once_checked(count(1, false)).await.unwrap();
        assert!(writer.write_once_checked(count(2, true)).await.is_err());
        assert_eq!(counted().await, 1);
        let (well, failed) =
            tokio::join!(writer.write_once_checked(count(3, false)), writer.write_once_checked(count(4, true)));
        assert!(well.is_ok() && failed.is_err());
        assert_eq!(counted().await, 2);
        writer.end().await;
    }

    #[tokio::test]
    async fn what_a_piece_leaves_to_the_end_is_there_for_the_next_one_that_may_look_and_gone_with_its_group() {
        const DUE: BrowserDue = BrowserDue { is_brief: false, week: 7, user: [1; 16], fingerprint: [2; 8] };
        let folder = tempfile::tempdir().unwrap();
        let (connection, files) = schema::create(&folder.path().join("a.db")).unwrap();
        let writer = Writer::start(connection, files).unwrap();
        let due =
            |it: &Connection| Ok(it.query_row("SELECT count(*) FROM browser_due", [], |row| row.get::<_, i64>(0))?);
        let note = |_: &Connection, deferred: &mut Deferred| {
            deferred.rows.browsers_due.push(DUE);
            Ok(())
        };
        // The thread waits in the first piece until the others are in its group.
        let (let_go, wait) = mpsc::channel::<()>();
        let hold = move |_: &Connection| Ok(wait.recv().is_ok());
        let (_, noted, seen, ()) =
            tokio::join!(writer.write(hold), writer.write_once_checked(note), writer.write(due), async move {
                let_go.send(()).unwrap();
            });
        assert_eq!((noted.unwrap(), seen.unwrap()), ((), 1));
        // What cannot be written at the end of the group takes the rest of it back.
        let without_table = |connection: &Connection, deferred: &mut Deferred| {
            connection.execute_batch("DELETE FROM browser_due; DROP TABLE login_of")?;
            deferred.rows.login_of.push(LoginOf {
                day: 1,
                kind: 0,
                key: [3; 16],
                login: LoginId([4; 16]),
                hidden_byte: None,
            });
            Ok(())
        };
        assert!(writer.write_once_checked(without_table).await.is_err());
        assert_eq!(writer.write(due).await.unwrap(), 1);
        writer.end().await;
    }

    #[tokio::test]
    async fn a_log_that_never_pauses_goes_into_the_file_and_begins_anew_and_all_of_it_is_kept() {
        const GROUPS: i64 = 24;
        // Of 4 KiB, which no commit moves: that begins at 32,000 in the log.
        const PAGES_OF_EACH: i64 = 1_000;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (connection, files) = schema::create(&path).unwrap();
        let writer = Writer::start(connection, files).unwrap();
        let log = || std::fs::metadata(folder.path().join("a.db-wal")).unwrap().len();
        let looking = Connection::open(&path).unwrap();
        let left_in = |row: &rusqlite::Row<'_>| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?);
        let left = || looking.query_row("PRAGMA wal_checkpoint(NOOP)", [], left_in);
        let mut longest = 0;
        for group in 0..GROUPS {
            let insert = move |it: &Connection| {
                let values = [group, PAGES_OF_EACH * 4_096 - 40];
                Ok(it.execute("INSERT INTO segment VALUES ('t', 1, ?, randomblob(?))", values)?)
            };
            writer.write(insert).await.unwrap();
            longest = longest.max(log());
            // On a busy machine the thread that moves it may not have had its turn yet.
            let deadline = Instant::now() + Duration::from_mins(1);
            while left().unwrap() >= 10 * PAGES_OF_EACH {
                assert!(Instant::now() < deadline, "nobody moves the log");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        assert!(longest < 20_000 * 4_096, "{longest}");
        writer.end().await;
        let kept = Connection::open(&path).unwrap();
        let count = "SELECT count(*) FROM segment WHERE length(bytes) = ?";
        let count: i64 = kept.query_row(count, [PAGES_OF_EACH * 4_096 - 40], |row| row.get(0)).unwrap();
        let check: String = kept.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!((count, &*check), (GROUPS, "ok"));
    }
}
