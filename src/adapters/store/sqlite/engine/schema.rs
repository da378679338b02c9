//! How a connection to the tables is opened. What the tables are is told by `sqlite/migrations/`.
//!
//! Everything is keyed by 16-byte identifiers that sort by time, and lives in the tree of its key (`WITHOUT ROWID`), so
//! that a look-up is one descent and a trim reads one end. Indexes exist only for what an investigation starts from,
//! for what is due, and for what expires.

use std::{
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, config::DbConfig};

use crate::{
    adapters::store::{
        fault::OpenError,
        sqlite::engine::{
            faults,
            files::OpenFiles,
            log::keep_log,
            log_mover::MOST_PAGES,
            migrations::{self, LATEST},
            salts_file,
        },
    },
    domain::ids::PARTITIONS,
};

/// For how long a connection waits while another process (the command line, a backup) holds the lock.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Memory for the pages that the writer changes. A login changes pages of its user's, its browser's and its clues' trees, each at another
/// place, and of those by day: with SQLite's own 2 MiB most of them were read from the file again each time.
const WRITER_CACHE_KIB: i64 = 32 * 1_024;
/// Memory where very many commits come: the pages that one of their large groups changes have to stay there until it ends, or they
/// are written twice.
const CACHE_FOR_MANY_KIB: i64 = 512 * 1_024;
/// The same for the file of salts.
const SALTS_FOR_MANY_KIB: i64 = 64 * 1_024;
/// The length of the log where very many commits come, 1 GB: a page that several of their groups change is moved once.
const LOG_PAGES_FOR_MANY: i64 = 256 * 1_024;

/// Makes the folder and the file if they are missing, readable for their owner only, and the tables if the file is new.
/// Returns a connection that may write, and the files that it has open.
///
/// # Errors
/// The file cannot be opened, or is not a store of this version. A file that is refused is left as it was.
pub fn create(path: &Path) -> Result<(Connection, OpenFiles), OpenError> {
    let fault = |problem: String| OpenError::File { path: path.display().to_string(), problem };
    let refused = |it: rusqlite::Error| fault(faults::of_sqlite(&it));
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|it| fault(faults::of_folder(&it)))?;
    }
    // SQLite gives its own files (`-wal`, `-shm`) the mode of this one.
    let made = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    let found = made.and_then(|it| it.metadata()).map_err(|it| fault(faults::of_file(&it)))?;
    if !found.is_file() {
        return Err(fault("it is a device or a pipe: name a file".to_owned()));
    }
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(refused)?;
    check_is_ours(&connection).map_err(refused)??;
    prepare(&mut connection).map_err(refused)?;
    check_partitions(&connection).map_err(refused)??;
    salts_file::attach_or_make(&connection, path)?;
    let files = OpenFiles::at(path, &salts_file::beside(path)).map_err(|it| fault(it.to_string()))?;
    Ok((connection, files))
}

/// A connection that only reads.
///
/// # Errors
/// Those of SQLite.
pub fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    salts_file::attach(&connection, path)?;
    Ok(connection)
}

/// A connection that only moves the logs into their files.
///
/// # Errors
/// Those of SQLite.
pub fn connect_mover(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    salts_file::attach(&connection, path)?;
    for database in ["main", "salts"] {
        // The log is on the disk before the file changes, and the file before the log is overwritten.
        connection.pragma_update(Some(database), "synchronous", "FULL")?;
    }
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // That is for the writer, which knows whether the files are in their places.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time, so SQLite need not lock it.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A statement is planned once. Otherwise one with `LIMIT ?` is planned anew each time that it runs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // What a statement may have to take back would be written to the temporary folder, which is another disk to fill.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Write-ahead log; and a commit is on the disk before it is acknowledged.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    keep_log(connection, None)?;
    set_room(connection, WRITER_CACHE_KIB, MOST_PAGES)?;
    // What is deleted is overwritten: an address that a mail went to is not left in pages that are free.
    connection.pragma_update(None, "secure_delete", true)?;
    // A change of the tables that a power cut takes back is made again by the next start.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    migrations::migrate(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")
}

/// Gives a connection that writes, and has the salts attached, the memory and the log for very many commits.
///
/// # Errors
/// Those of SQLite.
pub fn make_room_for_many(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(Some("salts"), "cache_size", -SALTS_FOR_MANY_KIB)?;
    set_room(connection, CACHE_FOR_MANY_KIB, LOG_PAGES_FOR_MANY)
}

fn set_room(connection: &Connection, cache_kib: i64, log_pages: i64) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.pragma_update(None, "wal_autocheckpoint", log_pages)
}

/// Before anything is changed: a new file, or a store that this program knows.
fn check_is_ours(connection: &Connection) -> rusqlite::Result<Result<(), OpenError>> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(Ok(()));
    }
    let version = migrations::version(connection)?;
    let known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    for name in ["identity", "profile", "login", "alert", "api_key"] {
        if !connection.prepare(known)?.exists([name])? {
            let problem = format!("it is the database of another program, or damaged: it has no table `{name}`");
            return Ok(Err(OpenError::Foreign(problem)));
        }
    }
    if (1..=LATEST).contains(&version) {
        return Ok(Ok(()));
    }
    let problem = format!(
        "its tables have version {version}, and this program knows versions 1 to {LATEST}: run the version of Watchlight that wrote it"
    );
    Ok(Err(OpenError::Foreign(problem)))
}

fn check_partitions(connection: &Connection) -> rusqlite::Result<Result<(), OpenError>> {
    let select = "SELECT value FROM identity WHERE name = 'partitions'";
    let partitions: Option<String> = connection.query_row(select, [], |row| row.get(0)).optional()?;
    if partitions == Some(PARTITIONS.to_string()) {
        return Ok(Ok(()));
    }
    let found = partitions.unwrap_or_else(|| "an unknown number of".to_owned());
    Ok(Err(OpenError::Foreign(format!("it has {found} partitions, and this program {PARTITIONS}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What this process has open and nobody can find: SQLite deletes its temporary files as soon as they are made.
    fn temporary_files() -> Vec<String> {
        let files = std::fs::read_dir("/proc/self/fd").unwrap();
        let open = files.filter_map(|it| std::fs::read_link(it.unwrap().path()).ok());
        open.map(|it| it.display().to_string()).filter(|it| it.ends_with("(deleted)")).collect()
    }

    #[test]
    fn nothing_is_written_to_the_temporary_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, _) = create(&folder.path().join("a.db")).unwrap();
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                    INSERT INTO counter SELECT randomblob(16), i, i FROM n";
        connection.execute_batch(rows).unwrap();
        // A savepoint within a transaction keeps the pages that it changes, here hundreds, until it ends.
        connection.execute_batch("BEGIN IMMEDIATE; SAVEPOINT piece; UPDATE counter SET value = value + 1;").unwrap();
        assert_eq!(temporary_files(), [""; 0]);
        connection.execute_batch("RELEASE piece; COMMIT").unwrap();
    }
}
