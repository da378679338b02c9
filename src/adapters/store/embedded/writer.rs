//! The one thread that writes, and its group commit.
//!
//! A synced write costs milliseconds however little it writes. So callers queue their work; the thread takes what is
//! queued into one transaction, each piece in a savepoint of its own so that a refused one takes back only itself, syncs
//! once, and then answers all of them. While it syncs, the next group gathers: no piece waits for a timer.

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::{
    adapters::store::embedded::{
        faults::{failing, unavailable},
        files::{Astray, OpenFiles},
        pulse::{Beat, Pulse},
    },
    ports::{CommitError, Unavailable},
};

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

/// Says how a piece of work ended, once the group is on the disk or lost.
type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;
/// Does a piece of work within the open transaction.
type Work = Box<dyn FnOnce(&Connection) -> (Beat, Answer) + Send>;

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
        // Whoever asks for the readiness looks at the files, too: the pulse need not tell.
        Self { fault: Unavailable(astray.words().to_owned()), beat: Beat::Idle }
    }
}

/// A handle to the writing thread, which ends when the last handle is gone.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: SyncSender<Work>,
    pulse: Arc<Pulse>,
}

impl Writer {
    /// Starts the thread, which takes over the connection and refuses to write while one of its files is not in its place.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(connection: Connection, files: OpenFiles) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::sync_channel(MAX_WAITING);
        let pulse = Arc::new(Pulse::default());
        let mut desk = Desk { connection, files, pulse: pulse.clone(), astray: None };
        thread::Builder::new().name("store-writer".into()).spawn(move || desk.run(&waiting))?;
        Ok(Self { queue, pulse })
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
        self.queue(work, |beat| beat).await
    }

    /// The same, for work that only tries out whether writing is possible: it does not count in the [`Writer::amiss`].
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub async fn try_out<T, W>(&self, work: W) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.queue(work, |_| Beat::Idle).await
    }

    /// Why writing fails, for anybody who asks, if most of the latest writes failed.
    #[must_use]
    pub fn amiss(&self) -> Option<&'static str> {
        self.pulse.amiss(Instant::now())
    }

    async fn queue<T, W>(&self, work: W, counted: fn(Beat) -> Beat) -> Result<T, CommitError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job = move |connection: &Connection| -> (Beat, Answer) {
            let before = connection.total_changes();
            let outcome = in_savepoint(connection, work);
            let beat = match &outcome {
                Err(Refused::Sqlite(fault)) => Beat::Failed(failing(fault)),
                Ok(_) if connection.total_changes() > before => Beat::Stored,
                Ok(_) | Err(Refused::Commit(_)) => Beat::Idle,
            };
            let outcome = outcome.map_err(CommitError::from);
            // A caller who has gone away needs no answer.
            let answer = move |stored: Result<(), Unavailable>| {
                drop(sender.send(stored.map_err(CommitError::from).and(outcome)));
            };
            (counted(beat), Box::new(answer))
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

/// What the thread works with.
struct Desk {
    connection: Connection,
    files: OpenFiles,
    pulse: Arc<Pulse>,
    /// Whether the latest look found a file to be not in its place.
    astray: Option<Astray>,
}

impl Desk {
    fn run(&mut self, waiting: &Receiver<Work>) {
        while let Ok(first) = waiting.recv() {
            let mut pieces = Vec::new();
            let stored = self.write_group(first, waiting, &mut pieces);
            let now = Instant::now();
            if let (Err(lost), None) = (&stored, self.astray) {
                tracing::error!(fault = %lost.fault, lost = pieces.len(), "nothing was stored");
            }
            for (beat, answer) in pieces {
                self.pulse.note(now, stored.as_ref().map_or_else(|lost| lost.beat, |()| beat));
                answer(stored.as_ref().map_err(|lost| lost.fault.clone()).copied());
            }
        }
    }

    /// One transaction with all that waits.
    fn write_group(
        &mut self,
        first: Work,
        waiting: &Receiver<Work>,
        pieces: &mut Vec<(Beat, Answer)>,
    ) -> Result<(), Lost> {
        let begun = self.look_at_files().and_then(|()| Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?));
        // Where no transaction began, each statement would be stored by itself: the savepoints then refuse to work.
        for work in std::iter::once(first).chain(waiting.try_iter()).take(MAX_GROUP) {
            pieces.push(work(&self.connection));
        }
        begun?;
        if self.connection.is_autocommit() {
            // After a full disk or a failing one SQLite takes the whole transaction back.
            let why = pieces.iter().map(|(beat, _)| *beat).find(|it| matches!(it, Beat::Failed(_)));
            let fault = Unavailable("the disk refused a write of this group".to_owned());
            return Err(Lost { fault, beat: why.unwrap_or(Beat::Idle) });
        }
        self.connection.execute_batch("COMMIT").inspect_err(|_| {
            if let Err(second) = self.connection.execute_batch("ROLLBACK") {
                tracing::debug!(%second, "the transaction was gone already");
            }
        })?;
        // What was stored is acknowledged only if the next start finds it.
        self.look_at_files()
    }

    /// Whether what is written is found by the next start.
    fn look_at_files(&mut self) -> Result<(), Lost> {
        let astray = self.files.astray();
        match astray {
            Some(it) if self.astray != astray => {
                tracing::error!("ALARM: {}; until then every write is refused", it.words());
                self.empty_log();
            }
            None if self.astray.is_some() => tracing::info!("the database is in its place again"),
            Some(_) | None => {}
        }
        self.astray = astray;
        astray.map_or(Ok(()), |it| Err(it.into()))
    }

    /// Moves what the log holds into the database that it belongs to. So a database that is put back is whole even without its log, and a log that was
    /// left behind is not read into another database by the next start.
    fn empty_log(&self) {
        if self.files.log_is_replaced() {
            return;
        }
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        if !matches!(emptied, Ok(false)) {
            tracing::error!(?emptied, "the write-ahead log could not be moved into the database");
        }
    }
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Refused>,
) -> Result<T, Refused> {
    if connection.is_autocommit() {
        return Err(Unavailable("no transaction is open".to_owned()).into());
    }
    let statement = |text| connection.prepare_cached(text)?.execute([]);
    statement("SAVEPOINT piece")?;
    let outcome = work(connection);
    let undone = if outcome.is_err() && !connection.is_autocommit() { statement("ROLLBACK TO piece") } else { Ok(0) };
    let ended = undone.and_then(|_| if connection.is_autocommit() { Ok(0) } else { statement("RELEASE piece") });
    let value = outcome?;
    ended?;
    Ok(value)
}
