//! The tables, and how a connection to them is opened.
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

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::{
    adapters::store::{
        fault::OpenError,
        sqlite::engine::{faults, files::OpenFiles},
    },
    domain::ids::PARTITIONS,
};

/// The version of the tables, in `PRAGMA user_version`. Records have forms of their own.
const VERSION: i64 = 1;

/// For how long a connection waits while another process (the command line, a backup) holds the lock.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) const TABLES: &str = "
    CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE profile (user BLOB PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

    CREATE TABLE login (
        id BLOB PRIMARY KEY, tenant TEXT NOT NULL, user BLOB NOT NULL, prefix BLOB NOT NULL, fingerprint BLOB NOT NULL,
        record BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX login_by_tenant ON login (tenant, id);
    CREATE INDEX login_by_user ON login (user, id);
    CREATE INDEX login_by_prefix ON login (prefix, id);
    CREATE INDEX login_by_fingerprint ON login (fingerprint, id);

    CREATE TABLE idempotency (
        key BLOB PRIMARY KEY, body BLOB NOT NULL, login BLOB NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

    CREATE TABLE alert (
        id BLOB PRIMARY KEY, tenant TEXT NOT NULL, record BLOB NOT NULL, state TEXT NOT NULL, suppressed TEXT,
        recipient TEXT, attempts INTEGER NOT NULL, due_at INTEGER, last_error TEXT, settled_at INTEGER,
        answer TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX alert_by_tenant ON alert (tenant, id);
    CREATE INDEX alert_by_due ON alert (due_at, id) WHERE due_at IS NOT NULL;

    CREATE TABLE api_key (id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
";

/// Tables that came later. A store that was made without them gets them when it is opened; a program that does not know
/// them passes them over.
pub(crate) const LATER_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS alert_of_user (id BLOB PRIMARY KEY, user BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS alert_by_user ON alert_of_user (user, id);

    CREATE TABLE IF NOT EXISTS event (
        id BLOB, webhook BLOB, record BLOB NOT NULL, body BLOB NOT NULL, attempts INTEGER NOT NULL,
        fence INTEGER NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY (id, webhook)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS event_by_due ON event (due_at, id, webhook);

    CREATE TABLE IF NOT EXISTS webhook (
        tenant TEXT, id BLOB, record BLOB NOT NULL, PRIMARY KEY (tenant, id)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS webhook_attempt (
        webhook BLOB, number INTEGER, record BLOB NOT NULL, PRIMARY KEY (webhook, number)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS suppression (
        tenant TEXT, mailbox BLOB, cause TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (tenant, mailbox)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS counter (
        key BLOB PRIMARY KEY, value INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS counter_by_expiry ON counter (expires_at);

    CREATE TABLE IF NOT EXISTS session (
        key BLOB PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS session_by_expiry ON session (expires_at);

    CREATE TABLE IF NOT EXISTS policy (tenant TEXT PRIMARY KEY, times INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS kept_policy (
        tenant TEXT, version BLOB, record BLOB NOT NULL, used_at INTEGER NOT NULL, PRIMARY KEY (tenant, version)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS upkeep (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
";

/// Columns that came later, with their tables: SQLite does not add only those that are missing.
pub(crate) const LATER_COLUMNS: [(&str, &str, &str); 4] = [
    ("alert", "uncounted", "ALTER TABLE alert ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0"),
    ("alert", "resent_at", "ALTER TABLE alert ADD COLUMN resent_at INTEGER"),
    ("event", "leased", "ALTER TABLE event ADD COLUMN leased INTEGER NOT NULL DEFAULT 0"),
    ("event", "tenant", "ALTER TABLE event ADD COLUMN tenant TEXT NOT NULL DEFAULT ''"),
];

/// Indexes that came later, some of them of those columns.
pub(crate) const LATER_INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS alert_by_turn ON alert (tenant, due_at, id) WHERE due_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS event_by_turn ON event (tenant, webhook, due_at, id);
";

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
    let files = OpenFiles::at(path).map_err(|it| fault(it.to_string()))?;
    Ok((connection, files))
}

/// A connection that only reads.
///
/// # Errors
/// Those of SQLite.
pub fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time, so SQLite need not lock it.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    // What a statement may have to take back would be written to the temporary folder, which is another disk to fill.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Write-ahead log, so that reading never waits for writing; and a commit is on the disk before it is acknowledged.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What is deleted is overwritten: an address that a mail went to is not left in pages that are free.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Immediate: of two processes that open a new file at once, the second waits and finds the tables there.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.execute("INSERT INTO identity VALUES ('partitions', ?)", [PARTITIONS.to_string()])?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.execute_batch(LATER_TABLES)?;
    for (table, name, add) in LATER_COLUMNS {
        let known = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?";
        if !transaction.prepare(known)?.exists([table, name])? {
            transaction.execute_batch(add)?;
        }
    }
    transaction.execute_batch(LATER_INDEXES)?;
    transaction.commit()
}

/// Before anything is changed: a new file, or a store that this program knows.
fn check_is_ours(connection: &Connection) -> rusqlite::Result<Result<(), OpenError>> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(Ok(()));
    }
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    for name in ["identity", "profile", "login", "alert", "api_key"] {
        if !connection.prepare(known)?.exists([name])? {
            let problem = format!("it is the database of another program, or damaged: it has no table `{name}`");
            return Ok(Err(OpenError::Foreign(problem)));
        }
    }
    if version == VERSION {
        return Ok(Ok(()));
    }
    let problem = format!(
        "its tables have version {version}, and this program knows version {VERSION}: run the version of Watchlight that wrote it"
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
