//! The file of salts, beside the database: so that it can be backed up apart, and a backup of the database alone tells
//! nothing of anybody.
//!
//! Every connection has it attached as `salts`. SQLite writes two files of one transaction one after the other, the
//! database first; a power cut can fall between. So a salt is added by a transaction of its own, before anything is sealed
//! with it, and destroyed by one after which nothing that it sealed is left.
//!
//! The database remembers the id of its file of salts. With another file, or a new one where there was one before, it is
//! not opened: what it holds could not be read, and new logins would hide that.

use std::{
    ffi::OsString,
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension};

use crate::adapters::store::{fault::OpenError, sqlite::engine::faults};

/// What the tables are, and the file's id.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS salts.file (id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS salts.person (user BLOB PRIMARY KEY, salt BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS salts.week (
        tenant TEXT, week INTEGER, salt BLOB NOT NULL, PRIMARY KEY (tenant, week)
    ) WITHOUT ROWID;
    INSERT INTO salts.file SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM salts.file);";

/// Where the salts of the database at `path` are.
#[must_use]
pub fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".salts");
    name.into()
}

/// Attaches the file to a connection that may write, and makes it if the database has never had one.
///
/// # Errors
/// The file cannot be opened, or is not the one that the database remembers.
pub fn attach_or_make(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let file = beside(path);
    let fault = |problem: String| OpenError::File { path: file.display().to_string(), problem };
    let refused = |it: rusqlite::Error| fault(faults::of_sqlite(&it));
    let known = "SELECT value FROM identity WHERE name = 'salts'";
    let known: Option<String> = connection.query_row(known, [], |row| row.get(0)).optional().map_err(refused)?;
    if known.is_some() && !file.exists() {
        return Err(OpenError::Foreign(format!(
            "the file of salts, `{}`, is missing, and without it nothing that is kept of anybody can be read: put it back",
            file.display()
        )));
    }
    let made = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&file);
    made.map_err(|it| fault(faults::of_file(&it)))?;
    attach(connection, path).map_err(refused)?;
    let prepare = || {
        connection.pragma_update(Some("salts"), "journal_mode", "WAL")?;
        // A salt that is destroyed is overwritten.
        connection.pragma_update(Some("salts"), "secure_delete", true)?;
        connection.pragma_update(Some("salts"), "synchronous", "FULL")?;
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} COMMIT"))?;
        let id: String = connection.query_row("SELECT id FROM salts.file", [], |row| row.get(0))?;
        // Of two processes that open a new database at once, both find the same.
        connection.execute("INSERT OR IGNORE INTO main.identity VALUES ('salts', ?)", [&id])?;
        connection.query_row("SELECT value = ? FROM main.identity WHERE name = 'salts'", [&id], |row| row.get(0))
    };
    let is_ours: bool = prepare().map_err(refused)?;
    if is_ours {
        return Ok(());
    }
    Err(OpenError::Foreign(format!(
        "`{}` is the file of salts of another database: put the right one back",
        file.display()
    )))
}

/// Attaches the file.
///
/// # Errors
/// Those of SQLite.
pub fn attach(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    connection.execute("ATTACH ? AS salts", [beside(path).to_string_lossy()]).map(drop)
}
