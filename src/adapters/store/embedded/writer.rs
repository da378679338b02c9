//! The one thread that writes, and its group commit.
//!
//! A synced write costs milliseconds however little it writes. So callers queue their work; the thread takes what is
//! queued into one transaction, each piece in a savepoint of its own so that a refused one takes back only itself, syncs
//! once, and then answers all of them. While it syncs, the next group gathers: no piece waits for a timer.

use std::{
    sync::mpsc::{self, Receiver, SyncSender, TrySendError},
    thread,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use crate::ports::{CommitError, Unavailable};

/// Pieces of work in one transaction at most: bounds what a group commit holds back, and its write-ahead log.
const MAX_GROUP: usize = 512;
/// Pieces of work that may wait: beyond it the disk does not keep up, and callers are better told at once.
const MAX_WAITING: usize = 16_384;
/// How long a caller waits for an answer. More than SQLite waits for another process's lock.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a piece of work takes itself back.
#[derive(Debug)]
pub enum Refused {
    /// By a rule of the store.
    Commit(CommitError),
    /// By SQLite.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(fault: rusqlite::Error) -> Self {
        Self::Sqlite(fault)
    }
}

impl From<Unavailable> for Refused {
    fn from(fault: Unavailable) -> Self {
        Self::Commit(fault.into())
    }
}

impl From<Refused> for CommitError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Commit(it) => it,
            Refused::Sqlite(it) => unavailable(&it).into(),
        }
    }
}

/// SQLite's refusal, in words that tell an operator what to do where that is known.
#[must_use]
pub fn unavailable(fault: &rusqlite::Error) -> Unavailable {
    Unavailable(match fault.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        Some(ErrorCode::SystemIoFailure) => format!("the disk fails: {fault}"),
        Some(ErrorCode::DatabaseBusy) => "another process keeps the database locked".to_owned(),
        _ => fault.to_string(),
    })
}

/// Says how a piece of work ended, once the group is on the disk or lost.
type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;
/// Does a piece of work within the open transaction.
type Work = Box<dyn FnOnce(&Connection) -> Answer + Send>;

/// A handle to the writing thread, which ends when the last handle is gone.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: SyncSender<Work>,
}

impl Writer {
    /// Starts the thread, which takes over the connection.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::sync_channel(MAX_WAITING);
        thread::Builder::new().name("store-writer".into()).spawn(move || run(&connection, &waiting))?;
        Ok(Self { queue })
    }

    /// Has `work` done within a transaction, and waits until it is on the disk. Work that fails leaves nothing behind.
    ///
    /// # Errors
    /// What `work` refused, or that it could not be stored.
    pub async fn write<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job = move |connection: &Connection| -> Answer {
            let outcome = in_savepoint(connection, work);
            // A caller who has gone away needs no answer.
            Box::new(move |stored| drop(sender.send(stored.map_err(CommitError::from).and(outcome))))
        };
        self.queue.try_send(Box::new(job)).map_err(|fault| match fault {
            TrySendError::Full(_) => Unavailable("too many writes wait for the disk".to_owned()),
            TrySendError::Disconnected(_) => Unavailable("the writing thread has ended".to_owned()),
        })?;
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Unavailable("the writing thread has ended".to_owned()).into()),
            Err(_) => Err(Unavailable("the disk has not taken the write in time".to_owned()).into()),
        }
    }
}

fn run(connection: &Connection, waiting: &Receiver<Work>) {
    while let Ok(first) = waiting.recv() {
        let mut answers = Vec::new();
        let stored = write_group(connection, first, waiting, &mut answers);
        if let Err(fault) = &stored {
            tracing::error!(%fault, lost = answers.len(), "nothing was stored");
        }
        for answer in answers {
            answer(stored.clone());
        }
    }
}

/// One transaction with all that waits.
fn write_group(
    connection: &Connection,
    first: Work,
    waiting: &Receiver<Work>,
    answers: &mut Vec<Answer>,
) -> Result<(), Unavailable> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|it| unavailable(&it));
    // Where no transaction began, each statement would be stored by itself: the savepoints then refuse to work.
    for work in std::iter::once(first).chain(waiting.try_iter()).take(MAX_GROUP) {
        answers.push(work(connection));
    }
    begun?;
    if connection.is_autocommit() {
        // After a full disk or a failing one SQLite takes the whole transaction back.
        return Err(Unavailable("the disk refused a write of this group".to_owned()));
    }
    connection.execute_batch("COMMIT").map_err(|fault| {
        if let Err(second) = connection.execute_batch("ROLLBACK") {
            tracing::debug!(%second, "the transaction was gone already");
        }
        unavailable(&fault)
    })
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Refused>,
) -> Result<T, CommitError> {
    if connection.is_autocommit() {
        return Err(Unavailable("no transaction is open".to_owned()).into());
    }
    let statement = |text| connection.prepare_cached(text)?.execute([]);
    statement("SAVEPOINT piece").map_err(Refused::from)?;
    let outcome = work(connection);
    let undone = if outcome.is_err() && !connection.is_autocommit() { statement("ROLLBACK TO piece") } else { Ok(0) };
    let ended = undone.and_then(|_| if connection.is_autocommit() { Ok(0) } else { statement("RELEASE piece") });
    let value = outcome?;
    ended.map_err(Refused::from)?;
    Ok(value)
}
