//! The changes of the tables, in the order in which they were made: one numbered file each in `sqlite/migrations/`.
//!
//! The number of the latest change that a database has is its version, in `PRAGMA user_version`. When a database is opened, the
//! changes that it lacks are made, each in a transaction of its own, so that a start that is cut off goes on where it ended.
//! Records have forms of their own (`store/record/`): a change of what stands in them is no change of a table.
//!
//! To add a change: write the next file, add it to [`MIGRATIONS`], and never edit a file that was released, for it has run. A test
//! below pins them.

use rusqlite::{Connection, TransactionBehavior};

/// A change of the tables.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The statements.
    pub statements: &'static str,
    /// The column by which a database of version 1 shows that it has this change already. Without one, the statements
    /// change nothing that is there.
    column: Option<Column>,
}

/// A column and its table.
#[derive(Clone, Copy, Debug)]
struct Column {
    table: &'static str,
    name: &'static str,
}

/// Every change; the first is number 1.
pub const MIGRATIONS: [Migration; 28] = [
    tables(include_str!("../migrations/0001_logins.sql")),
    tables(include_str!("../migrations/0002_webhooks.sql")),
    tables(include_str!("../migrations/0003_suppressions.sql")),
    column(include_str!("../migrations/0004_alert_uncounted.sql"), "alert", "uncounted"),
    column(include_str!("../migrations/0005_alert_resent_at.sql"), "alert", "resent_at"),
    tables(include_str!("../migrations/0006_sessions.sql")),
    tables(include_str!("../migrations/0007_policies.sql")),
    tables(include_str!("../migrations/0008_upkeep.sql")),
    column(include_str!("../migrations/0009_event_leased.sql"), "event", "leased"),
    column(include_str!("../migrations/0010_event_tenant.sql"), "event", "tenant"),
    tables(include_str!("../migrations/0011_turns.sql")),
    tables(include_str!("../migrations/0012_requests.sql")),
    column(include_str!("../migrations/0013_erasures.sql"), "session", "user"),
    tables(include_str!("../migrations/0014_persons.sql")),
    tables(include_str!("../migrations/0015_audit.sql")),
    column(include_str!("../migrations/0016_removals.sql"), "erasing", "with_tenant"),
    tables(include_str!("../migrations/0017_few.sql")),
    tables(include_str!("../migrations/0018_commits.sql")),
    tables(include_str!("../migrations/0019_browsers.sql")),
    tables(include_str!("../migrations/0020_tallies.sql")),
    tables(include_str!("../migrations/0021_clues.sql")),
    tables(include_str!("../migrations/0022_saved_searches.sql")),
    tables(include_str!("../migrations/0023_days.sql")),
    tables(include_str!("../migrations/0024_segments.sql")),
    tables(include_str!("../migrations/0025_operators.sql")),
    column(include_str!("../migrations/0026_hidden_bytes.sql"), "login_of", "hidden_byte"),
    column(include_str!("../migrations/0027_answered_by.sql"), "alert", "answered_by"),
    column(include_str!("../migrations/0028_two_answers.sql"), "alert", "beside"),
];

/// The version of a database that has every change.
pub const LATEST: i64 = MIGRATIONS.len().cast_signed() as i64;

const fn tables(statements: &'static str) -> Migration {
    Migration { statements, column: None }
}

/// Changes up to number 11 were once made without a number: a database of version 1 has any of them.
const fn column(statements: &'static str, table: &'static str, name: &'static str) -> Migration {
    Migration { statements, column: Some(Column { table, name }) }
}

/// The version of a database; 0 if it is empty.
///
/// # Errors
/// Those of SQLite.
pub fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Makes the changes that a database lacks. Other processes may do so at the same time.
///
/// # Errors
/// Those of SQLite. What was changed before stays changed.
pub fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    for (number, migration) in (1..).zip(MIGRATIONS) {
        if version(connection)? < number {
            make(connection, number, migration)?;
        }
    }
    Ok(())
}

fn make(connection: &mut Connection, number: i64, migration: Migration) -> rusqlite::Result<()> {
    // Immediate: of two processes that open a database at once, the second waits and finds the change made.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? < number {
        let is_made = match migration.column {
            Some(Column { table, name }) => {
                transaction.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?")?.exists([table, name])?
            }
            None => false,
        };
        if !is_made {
            if number > 1 {
                tracing::info!(
                    version = number,
                    "the tables are being changed; with millions of logins this takes minutes"
                );
            }
            transaction.execute_batch(migration.statements)?;
        }
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_in_the_list_under_its_number() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/adapters/store/sqlite/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        assert_eq!(files.len(), MIGRATIONS.len());
        for (number, (path, migration)) in (1..).zip(files.iter().zip(MIGRATIONS)) {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with(&format!("{number:04}_")), "{name} is number {number} of the list");
            assert_eq!(std::fs::read_to_string(path).unwrap(), migration.statements, "{name}");
        }
    }

    #[test]
    fn what_was_released_is_never_edited() {
        let released: String = MIGRATIONS.iter().take(11).map(|it| it.statements).collect();
        let hash = blake3::hash(released.as_bytes()).to_hex();
        assert_eq!(&hash[..16], "63750a18d37f2150");
    }
}
