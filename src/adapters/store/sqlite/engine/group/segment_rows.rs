//! The rows of segments. They go in the transaction that stores or deletes logins, once for all of its group.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::record::clear::segment::{OUTLINE, field_of},
    domain::{
        ids::TenantId,
        search::clear::{columns::Column, segment::SegmentNumber},
    },
};

/// Deletes the segment of logins that come or go, and notes that it is missing. What is missing and not being made is looked up only.
///
/// # Errors
/// Those of SQLite.
pub fn drop_segment(connection: &Connection, tenant: &TenantId, number: SegmentNumber) -> rusqlite::Result<()> {
    const NOTED: &str = "SELECT times FROM segment_missing WHERE number = ? AND tenant = ?";
    const UNMARK: &str = "UPDATE segment_missing SET times = 0 WHERE number = ? AND tenant = ?";
    const DELETE: &str = "DELETE FROM segment WHERE tenant = ? AND field = ? AND number = ?";
    const NOTE: &str = "INSERT INTO segment_missing VALUES (?, ?, 0)";
    let place = params![number.0, tenant.as_str()];
    let mark: Option<i64> = connection.prepare_cached(NOTED)?.query_row(place, |row| row.get(0)).optional()?;
    match mark {
        // Nobody makes it: so are the hours that are not over, into which nearly all logins go.
        Some(0) => Ok(()),
        Some(_) => connection.prepare_cached(UNMARK)?.execute(place).map(drop),
        None => {
            let mut delete = connection.prepare_cached(DELETE)?;
            for field in std::iter::once(OUTLINE).chain(Column::ALL.map(field_of)) {
                delete.execute(params![tenant.as_str(), field, number.0])?;
            }
            connection.prepare_cached(NOTE)?.execute(place).map(drop)
        }
    }
}
