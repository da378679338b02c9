//! The port, by the tables.

use std::path::Path;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        coded::store::Coded,
        fault::OpenError,
        prepared::PreparedCommit,
        sqlite::{
            commit,
            engine::{
                files::OpenFiles,
                readers::Readers,
                schema,
                writer::{Refused, Writer},
            },
            events,
        },
    },
    domain::{ids::UserKey, time::Timestamp, turns::Room, waiting::Latest},
    ports::{Commit, CommitError, EventQueue, EventSettlement, LeasedEvent, Loaded, ProfileStore, Unavailable},
};

/// A store in one SQLite file. Other processes may have the file open too.
pub type SqliteStore = Coded<Sqlite>;

/// One SQLite file and its connections.
#[derive(Debug)]
pub struct Sqlite {
    // Dropped first, so that the writer's connection is the last, with which SQLite removes the log.
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) files: OpenFiles,
}

impl SqliteStore {
    /// Opens the store in the file at `path`; makes folder, file and tables if they are missing.
    ///
    /// # Errors
    /// The file cannot be opened, or is not a store of this version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(Sqlite::open(path)?))
    }
}

impl Sqlite {
    fn open(path: &Path) -> Result<Self, OpenError> {
        let (connection, files) = schema::create(path)?;
        let fault = |it: std::io::Error| OpenError::File { path: path.display().to_string(), problem: it.to_string() };
        let writer = Writer::start(connection, files.clone()).map_err(fault)?;
        Ok(Self { writer, readers: Readers::new(path.to_owned(), files.clone()), files })
    }

    /// Writes what no rule of the store can refuse.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: FnOnce(&rusqlite::Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.writer.write(work).await.map_err(unruled)
    }
}

/// The refusal of what no rule of the store can refuse.
pub(crate) fn unruled(fault: CommitError) -> Unavailable {
    match fault {
        CommitError::Unavailable(it) => it,
        CommitError::Stale | CommitError::Duplicate => Unavailable(fault.to_string()),
    }
}

#[async_trait]
impl ProfileStore for SqliteStore {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        let damage = self.damage.clone();
        let user = *user;
        self.backend.readers.read(move |connection| commit::load(connection, &damage, &user, idempotency, now)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let prepared = PreparedCommit::new(commit)?;
        self.backend.writer.write(move |connection| commit::commit(connection, &prepared)).await
    }
}

#[async_trait]
impl EventQueue for SqliteStore {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        let damage = self.damage.clone();
        let room = room.clone();
        self.backend.write(move |connection| events::lease(connection, &damage, now, lease_until, &room)).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        let leased = leased.clone();
        self.backend.write(move |connection| events::settle(connection, &leased, now, settlement)).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.readers.read(events::next_due).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let latest = *latest;
        self.backend.write(move |connection| events::recall(connection, now, &latest)).await
    }
}
