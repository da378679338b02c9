//! The file of salts, beside the database: so that it can be backed up apart, and a backup of the database alone tells
//! nothing of anybody.
//!
//! Every connection has it attached as `salts`. SQLite writes two files of one transaction one after the other, the
//! database first; a power cut can fall between. So a salt is added by a transaction of its own, before anything is sealed
//! with it, and destroyed by one after which nothing that it sealed is left.
//!
//! The salts themselves lie in slots, of one size and in the order in which they were drawn. So SQLite never moves one, as it
//! moves the rows of other tables to keep pages filled, which leaves copies behind in the gaps of pages. A salt is destroyed
//! by writing zeros over it; its slot stays, 20 bytes, and is not used again.
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

use crate::adapters::store::{
    fault::OpenError,
    sqlite::engine::{faults, log::keep_log},
};

/// What the tables are, and the file's id.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS salts.file (id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS salts.slot (id INTEGER PRIMARY KEY, salt BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS salts.person (user BLOB PRIMARY KEY, slot INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS salts.week (
        tenant TEXT, week INTEGER, slot INTEGER NOT NULL, PRIMARY KEY (tenant, week)
    ) WITHOUT ROWID;
    CREATE TRIGGER IF NOT EXISTS salts.person_forgotten AFTER DELETE ON person BEGIN
        UPDATE slot SET salt = x'00000000000000000000000000000000' WHERE id = OLD.slot;
    END;
    CREATE TRIGGER IF NOT EXISTS salts.week_forgotten AFTER DELETE ON week BEGIN
        UPDATE slot SET salt = x'00000000000000000000000000000000' WHERE id = OLD.slot;
    END;
    INSERT INTO salts.file SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM salts.file);";

/// Makes room for the tables of today, if those are the first ones, in which salts stood beside what they belong to.
const SET_ASIDE: &str = "
    ALTER TABLE salts.person RENAME TO first_person;
    ALTER TABLE salts.week RENAME TO first_week;";

/// Fills the tables of today from the first ones.
const TAKE_OVER: &str = "
    INSERT INTO salts.slot (salt) SELECT salt FROM salts.first_person ORDER BY user;
    INSERT INTO salts.person SELECT user, row_number() OVER (ORDER BY user) FROM salts.first_person;
    INSERT INTO salts.week SELECT tenant, week, (SELECT count(*) FROM salts.first_person)
        + row_number() OVER (ORDER BY tenant, week) FROM salts.first_week;
    INSERT INTO salts.slot (salt) SELECT salt FROM salts.first_week ORDER BY tenant, week;
    DROP TABLE salts.first_person;
    DROP TABLE salts.first_week;";

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
        keep_log(connection, Some("salts"))?;
        // A salt that is destroyed is overwritten.
        connection.pragma_update(Some("salts"), "secure_delete", true)?;
        connection.pragma_update(Some("salts"), "synchronous", "FULL")?;
        prepare_tables(connection)?;
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

fn prepare_tables(connection: &Connection) -> rusqlite::Result<()> {
    const FIRST: &str = "SELECT 1 FROM pragma_table_info('person', 'salts') WHERE name = 'salt'";
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let are_first = connection.prepare(FIRST)?.exists([])?;
    let (before, after) = if are_first { (SET_ASIDE, TAKE_OVER) } else { ("", "") };
    connection.execute_batch(&format!("{before} {TABLES} {after} COMMIT"))?;
    if are_first {
        // Copies may lie in the gaps of their pages, and all of them in the log.
        connection.execute_batch("VACUUM salts; PRAGMA salts.wal_checkpoint(TRUNCATE)")?;
    }
    Ok(())
}

/// Attaches the file.
///
/// # Errors
/// Those of SQLite.
pub fn attach(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    connection.execute("ATTACH ? AS salts", [beside(path).to_string_lossy()]).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        adapters::store::sqlite::privacy::salts::{put_salt_of, salt_of},
        domain::salt::Salt,
    };

    /// Half of these are destroyed. Of so many, drawn like this, the first tables leave one in the gap of a page.
    const PEOPLE: u64 = 40_000;

    /// Bytes that look like chance and are the same each time.
    fn drawn(what: &str, number: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&blake3::hash(format!("{what} {number}").as_bytes()).as_bytes()[..16]);
        bytes
    }

    fn open(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection
            .execute_batch("CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
            .unwrap();
        attach_or_make(&connection, path).unwrap();
        connection
    }

    /// How many of the salts of these people are found in the file.
    fn found(path: &Path, people: impl Iterator<Item = u64>) -> usize {
        let bytes = fs::read(beside(path)).unwrap();
        let places: std::collections::HashSet<&[u8]> = bytes.windows(16).collect();
        people.filter(|it| places.contains(&drawn("salt", *it)[..])).count()
    }

    #[test]
    fn nothing_is_left_of_salts_that_were_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = open(&path);
        for number in 0..PEOPLE {
            if number % 200 == 0 {
                connection.execute_batch("BEGIN").unwrap();
            }
            put_salt_of(&connection, &drawn("user", number), Salt(drawn("salt", number))).unwrap();
            if number % 200 == 199 {
                connection.execute_batch("COMMIT").unwrap();
            }
        }
        for number in (0..PEOPLE).filter(|it| it % 2 == 0) {
            connection.execute("DELETE FROM salts.person WHERE user = ?", [drawn("user", number)]).unwrap();
        }
        connection.execute_batch("PRAGMA salts.wal_checkpoint(TRUNCATE)").unwrap();
        assert_eq!(found(&path, (0..PEOPLE).filter(|it| it % 2 == 0)), 0);
        assert_eq!(found(&path, (0..PEOPLE).filter(|it| it % 2 == 1)), 20_000);
        assert_eq!(salt_of(&connection, &drawn("user", 0)).unwrap(), None);
        assert_eq!(salt_of(&connection, &drawn("user", 1)).unwrap(), Some(Salt(drawn("salt", 1))));
    }

    #[test]
    fn the_first_tables_are_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let first = Connection::open(beside(&path)).unwrap();
        first
            .execute_batch(
                "CREATE TABLE file (id TEXT NOT NULL); INSERT INTO file VALUES ('1');
                 CREATE TABLE person (user BLOB PRIMARY KEY, salt BLOB NOT NULL) WITHOUT ROWID;
                 CREATE TABLE week (tenant TEXT, week INTEGER, salt BLOB NOT NULL, PRIMARY KEY (tenant, week)) WITHOUT ROWID;",
            )
            .unwrap();
        for number in 0..9 {
            first.execute("INSERT INTO person VALUES (?, ?)", [drawn("user", number), drawn("salt", number)]).unwrap();
        }
        first.execute("INSERT INTO week VALUES ('acme', 7, ?)", [drawn("week", 7)]).unwrap();
        drop(first);
        for _ in 0..2 {
            let connection = open(&path);
            for number in 0..9 {
                let salt = salt_of(&connection, &drawn("user", number)).unwrap();
                assert_eq!(salt, Some(Salt(drawn("salt", number))));
            }
            let week: [u8; 16] = connection
                .query_row("SELECT salt FROM salts.week JOIN salts.slot ON id = slot WHERE week = 7", [], |row| {
                    row.get(0)
                })
                .unwrap();
            assert_eq!(week, drawn("week", 7));
        }
    }
}
