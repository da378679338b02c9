//! Reads the columns of a row.

use rusqlite::Row;

use crate::adapters::store::backend::Versioned;

/// The bytes of a record; empty if there is something else in its place.
///
/// # Errors
/// There is no such column.
pub fn record_in<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_bytes().unwrap_or_default())
}

/// The same, owned.
///
/// # Errors
/// There is no such column.
pub fn record_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(record_in(row, column)?.to_vec())
}

/// SQLite counts in `i64`.
#[must_use]
pub fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A version and the record behind it.
///
/// # Errors
/// There are no such columns, or the first is no number.
pub fn versioned(row: &Row<'_>) -> rusqlite::Result<Versioned> {
    Ok(Versioned { version: row.get::<_, i64>(0)?.cast_unsigned(), record: record_of(row, 1)? })
}
