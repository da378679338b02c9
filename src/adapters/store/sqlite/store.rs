//! The file, and what several subjects do alike.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        coded::store::Coded,
        fault::OpenError,
        prepared::PreparedEvent,
        sqlite::engine::{
            faults::Refused,
            files::OpenFiles,
            readers::{Readers, Share},
            schema,
            writer::Writer,
        },
        tallying::TallyChanges,
    },
    ports::{CommitError, Unavailable},
};

/// A store in one SQLite file. Other processes may have the file open too.
pub type SqliteStore = Coded<Sqlite>;

/// One SQLite file and its connections.
#[derive(Debug)]
pub struct Sqlite {
    // Dropped first, so that the writer's connection is the last, with which SQLite removes the log.
    pub(crate) readers: Readers,
    /// For what each login reads before it is decided.
    pub(crate) loads: Readers,
    pub(crate) writer: Writer,
    pub(crate) files: OpenFiles,
}

impl Sqlite {
    /// Opens the store in the file at `path`; makes folder, files and tables if they are missing.
    ///
    /// # Errors
    /// A file cannot be opened, or is not a store of this version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let (connection, files) = schema::create(path)?;
        let fault = |it: std::io::Error| OpenError::File { path: path.display().to_string(), problem: it.to_string() };
        let writer = Writer::start(connection, files.clone()).map_err(fault)?;
        let readers = |share| Readers::new(path.to_owned(), files.clone(), share);
        Ok(Self { writer, readers: readers(Share::Each), loads: readers(Share::Together), files })
    }

    /// Writes what no rule of the store can refuse.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.writer.write(work).await.map_err(unruled)
    }

    /// The same, for what changes tallies too.
    pub(crate) async fn write_counted<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &mut TallyChanges) -> Result<T, Refused> + Send + 'static,
    {
        self.writer.write_counted(work).await.map_err(unruled)
    }
}

/// The refusal of what no rule of the store can refuse.
pub(crate) fn unruled(fault: CommitError) -> Unavailable {
    match fault {
        CommitError::Unavailable(it) => it,
        CommitError::Stale | CommitError::Duplicate => Unavailable(fault.to_string()),
    }
}

/// What stands in the column `webhook` of an event that nobody has taken up yet. No webhook was made in 1970.
pub(crate) const NOBODY: [u8; 16] = [0; 16];

/// Adds an event, unless it waits already.
pub(crate) fn insert_event(connection: &Connection, event: &PreparedEvent) -> rusqlite::Result<usize> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO event (id, webhook, tenant, record, body, attempts, fence, due_at)
         VALUES (?, ?, ?, ?, x'', 0, 0, ?)",
    )?;
    insert.execute(params![event.id.0, NOBODY, event.tenant.as_str(), event.record, event.due_at.unix_ms()])
}
