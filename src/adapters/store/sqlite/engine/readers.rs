//! Connections that read, each used by one blocking thread at a time.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{
    adapters::store::sqlite::engine::{faults::unavailable, files::OpenFiles, schema, writer::Refused},
    ports::{CommitError, Unavailable},
};

/// How many reads may run at the same time.
const MAX_READERS: u32 = 8;
/// How long closing waits for reads that have started.
const READS_END_WITHIN: Duration = Duration::from_secs(1);

/// A pool of connections that only read. A read that begins after a commit was acknowledged sees it.
#[derive(Debug, Clone)]
pub struct Readers {
    path: Arc<PathBuf>,
    files: Arc<OpenFiles>,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// A pool for the database at `path`, of which the writer has these files open. Connections are opened when they are
    /// needed.
    #[must_use]
    pub fn new(path: PathBuf, files: OpenFiles) -> Self {
        let permits = Arc::new(Semaphore::new(MAX_READERS as usize));
        Self { path: Arc::new(path), files: Arc::new(files), idle: Arc::default(), permits }
    }

    /// Runs `read` on a connection of its own, on a thread that may wait for the disk.
    ///
    /// # Errors
    /// The error of `read`, or that there is no connection.
    pub async fn read<T, R>(&self, read: R) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        R: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        let gone = || Unavailable("the store is closing".to_owned());
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| gone())?;
        let pool = self.clone();
        let work = move || {
            let _permit = permit;
            let idle = pool.idle().pop();
            let connection = match idle {
                Some(it) => it,
                None => pool.connect()?,
            };
            let outcome = read(&connection);
            // A connection that failed may be broken, and a new one is cheap.
            if outcome.is_ok() && !pool.permits.is_closed() {
                pool.idle().push(connection);
            }
            outcome
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| gone())?.map_err(|refused| match refused {
            Refused::Sqlite(it) => unavailable(&it),
            Refused::Commit(CommitError::Unavailable(it)) => it,
            Refused::Commit(it) => Unavailable(it.to_string()),
        })
    }

    /// Lets reads that have started finish, for a second at most, and closes the connections. After that there are no
    /// more reads.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(MAX_READERS);
        // Those that still read then close theirs when they are dropped.
        let _ = tokio::time::timeout(READS_END_WITHIN, all).await;
        self.permits.close();
        self.idle().clear();
    }

    /// A connection to the file that the writer writes. What has taken its place is not read as if it were that: it may
    /// be older, and to open it can undo the locks that this process holds on the log.
    fn connect(&self) -> Result<Connection, Refused> {
        match self.files.astray() {
            None => Ok(schema::connect_reader(&self.path)?),
            Some(astray) => Err(Unavailable(astray.words().to_owned()).into()),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
