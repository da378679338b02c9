//! One piece of the work of a group: in a savepoint of its own, or without one.

use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use crate::{
    adapters::store::sqlite::engine::{faults::Refused, group::deferred::Deferred},
    ports::Unavailable,
};

/// Writes the rows that the pieces before left to the end, because the next one may read or change them. If that fails, the whole
/// transaction is taken back: those pieces would be stored without them.
///
/// # Errors
/// No transaction is open, or those of SQLite.
pub fn catch_up(connection: &Connection, deferred: &mut Deferred) -> Result<(), Refused> {
    check_is_open(connection)?;
    deferred.write_rows(connection).inspect_err(|_| take_back(connection)).map_err(Refused::from)
}

/// Takes the whole transaction back, unless SQLite has done so.
pub fn take_back(connection: &Connection) {
    if let Err(second) = connection.execute_batch("ROLLBACK") {
        tracing::debug!(%second, "the transaction was gone already");
    }
}

/// Does work that has no savepoint. If it fails after it has changed something, it takes the whole transaction back, and `is_guarded`
/// says from then on that each piece is to have one.
///
/// # Errors
/// No transaction is open, or that of `work`.
pub fn unguarded<T>(
    connection: &Connection,
    is_guarded: &AtomicBool,
    work: impl FnOnce(&Connection) -> Result<T, Refused>,
) -> Result<T, Refused> {
    check_is_open(connection)?;
    let before = connection.total_changes();
    let outcome = work(connection);
    if outcome.is_err() && connection.total_changes() > before {
        is_guarded.store(true, Ordering::Relaxed);
        take_back(connection);
    }
    outcome
}

fn check_is_open(connection: &Connection) -> Result<(), Unavailable> {
    if connection.is_autocommit() { Err(Unavailable("no transaction is open".to_owned())) } else { Ok(()) }
}

/// Does work that leaves nothing behind if it fails.
///
/// # Errors
/// No transaction is open, that of `work`, or those of SQLite.
pub fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Refused>,
) -> Result<T, Refused> {
    check_is_open(connection)?;
    let statement = |text| connection.prepare_cached(text)?.execute([]);
    statement("SAVEPOINT piece")?;
    let outcome = work(connection);
    let undone = if outcome.is_err() && !connection.is_autocommit() { statement("ROLLBACK TO piece") } else { Ok(0) };
    let ended = undone.and_then(|_| if connection.is_autocommit() { Ok(0) } else { statement("RELEASE piece") });
    let value = outcome?;
    ended?;
    Ok(value)
}
