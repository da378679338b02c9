//! Why work is refused, and the errors of SQLite and the system in words that tell an operator what to do. Our statements are left
//! out: they help nobody.

use std::io::{Error, ErrorKind};

use rusqlite::ErrorCode;

use crate::{
    adapters::store::record::bytes::Malformed,
    ports::{CommitError, Unavailable},
};

const DAMAGED: &str =
    "the database is damaged: restore it from a backup, or save what can still be read with `sqlite3 FILE .recover`";
const NO_DATABASE: &str =
    "it is no SQLite database, or an encrypted one: name another file, or restore it from a backup";
const NOT_WRITABLE: &str = "it cannot be written, or no file can be made beside it (-wal, -shm): the user that runs Watchlight \
                            needs the right to write the file and its folder, on a file system that is not read-only";

/// Why a piece of work is rolled back.
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

impl From<Malformed> for Refused {
    fn from(fault: Malformed) -> Self {
        Unavailable::from(fault).into()
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

/// SQLite's refusal of a read or write.
#[must_use]
pub fn unavailable(fault: &rusqlite::Error) -> Unavailable {
    Unavailable(of_sqlite(fault))
}

/// SQLite's refusal, whatever it was asked.
#[must_use]
pub fn of_sqlite(fault: &rusqlite::Error) -> String {
    match fault.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        Some(ErrorCode::SystemIoFailure) => format!("the disk fails: {}", message(fault)),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process keeps the database locked".to_owned()
        }
        Some(ErrorCode::DatabaseCorrupt) => DAMAGED.to_owned(),
        Some(ErrorCode::NotADatabase) => NO_DATABASE.to_owned(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => NOT_WRITABLE.to_owned(),
        _ => message(fault),
    }
}

/// Why writing fails, for the readiness check: without paths, and without any of the data.
#[must_use]
pub fn failing(fault: &rusqlite::Error) -> &'static str {
    match fault.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "most writes of the last seconds failed: the disk is full",
        Some(ErrorCode::SystemIoFailure) => "most writes of the last seconds failed: the disk fails",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "most writes of the last seconds failed: another process keeps the database locked"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "most writes of the last seconds failed: the database is damaged, restore it from a backup"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "most writes of the last seconds failed: the database cannot be written"
        }
        _ => "most writes of the last seconds failed: the log says why",
    }
}

/// Why the folder of the file cannot be created.
#[must_use]
pub fn of_folder(fault: &Error) -> String {
    match fault.kind() {
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a part of its path is a file and no folder".to_owned(),
        ErrorKind::PermissionDenied => {
            "the user that runs Watchlight may not make or enter its folder: give it the right to".to_owned()
        }
        _ => of_file(fault),
    }
}

/// Why the file cannot be opened or created.
#[must_use]
pub fn of_file(fault: &Error) -> String {
    match fault.kind() {
        ErrorKind::IsADirectory => "a folder is in its place: name a file".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is a file and no folder".to_owned(),
        ErrorKind::PermissionDenied => {
            "the user that runs Watchlight may not read and write it, or make it in its folder: give it the right to"
                .to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => "its file system is mounted read-only".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        _ => fault.to_string(),
    }
}

/// What SQLite says, without the statement.
fn message(fault: &rusqlite::Error) -> String {
    match fault {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn no_fault_repeats_a_statement() {
        let connection = Connection::open_in_memory().unwrap();
        for statement in
            ["SELECT 1 FROM nowhere", "SELECT nothing FROM sqlite_schema", "SELECT 1 FROM sqlite_schema WHERE (1"]
        {
            let fault = connection.prepare(statement).unwrap_err();
            for words in [of_sqlite(&fault), unavailable(&fault).to_string(), failing(&fault).to_owned()] {
                assert!(!words.contains("SELECT"), "{words}");
            }
        }
    }

    #[test]
    fn each_refusal_of_the_system_has_its_own_words() {
        let words = |kind: ErrorKind| of_file(&Error::from(kind));
        assert!(words(ErrorKind::PermissionDenied).contains("may not read and write"));
        assert!(words(ErrorKind::IsADirectory).contains("name a file"));
        assert!(words(ErrorKind::ReadOnlyFilesystem).contains("read-only"));
        assert!(of_folder(&ErrorKind::PermissionDenied.into()).contains("enter its folder"));
        assert!(of_folder(&ErrorKind::StorageFull.into()).contains("full"));
    }
}
