//! The rows of segments. They go in the transaction that stores or deletes logins, once for all of its group.

use rusqlite::{Connection, params};

use crate::{
    adapters::store::record::clear::segment::{ENDS, field_of},
    domain::{
        ids::TenantId,
        search::clear::{columns::Column, segment::SegmentNumber},
    },
};

/// Deletes the segment of logins that come or go, and notes that it is missing.
///
/// # Errors
/// Those of SQLite.
pub fn drop_segment(connection: &Connection, tenant: &TenantId, number: SegmentNumber) -> rusqlite::Result<()> {
    const IS_THERE: &str = "SELECT 1 FROM segment WHERE tenant = ? AND field = 0 AND number = ?";
    const DELETE: &str = "DELETE FROM segment WHERE tenant = ? AND field = ? AND number = ?";
    const NOTE: &str = "INSERT INTO segment_missing VALUES (?, ?, 1)
        ON CONFLICT (number, tenant) DO UPDATE SET times = times + 1";
    if connection.prepare_cached(IS_THERE)?.exists(params![tenant.as_str(), number.0])? {
        let mut delete = connection.prepare_cached(DELETE)?;
        for field in std::iter::once(ENDS).chain(Column::ALL.map(field_of)) {
            delete.execute(params![tenant.as_str(), field, number.0])?;
        }
    }
    connection.prepare_cached(NOTE)?.execute(params![number.0, tenant.as_str()]).map(drop)
}
