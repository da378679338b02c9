//! The rows of tallies. They change in the transaction that stores or deletes the logins, once for all of its group.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        record::clear::tally::changed,
        sqlite::engine::{group::segment_rows::drop_segment, rows::record_of},
        tallying::{TallyChange, TallyChanges},
    },
    domain::search::clear::segment::SegmentNumber,
};

/// Changes tallies, and drops the segments of what has changed. One that cannot be read begins anew, and nothing is said to be counted until somebody has recounted.
///
/// # Errors
/// Those of SQLite.
pub fn count(connection: &Connection, changes: TallyChanges) -> rusqlite::Result<()> {
    const PUT: &str = "INSERT INTO tally VALUES (?1, ?2, ?3) ON CONFLICT (tenant, quarter) DO UPDATE SET counts = ?3";
    let places = changes.places().map(|(tenant, quarter)| (tenant.clone(), SegmentNumber::of(*quarter)));
    for (tenant, number) in places.collect::<BTreeSet<_>>() {
        drop_segment(connection, &tenant, number)?;
    }
    for ((tenant, quarter), TallyChange { begins_anew, delta }) in changes {
        if delta.is_empty() && !begins_anew {
            continue;
        }
        let place = params![tenant.as_str(), quarter.0];
        let mut select = connection.prepare_cached("SELECT counts FROM tally WHERE tenant = ? AND quarter = ?")?;
        let stored = if begins_anew { None } else { select.query_row(place, |row| record_of(row, 0)).optional()? };
        let next = match changed(&stored.unwrap_or_default(), &delta) {
            Ok(next) => next,
            Err(fault) => {
                tracing::error!(%fault, "a tally cannot be read: run `watchlight store recount`");
                connection.execute("DELETE FROM upkeep WHERE name = 'counted'", [])?;
                None
            }
        };
        match next {
            Some(bytes) => connection.prepare_cached(PUT)?.execute(params![tenant.as_str(), quarter.0, bytes])?,
            None => connection.prepare_cached("DELETE FROM tally WHERE tenant = ? AND quarter = ?")?.execute(place)?,
        };
    }
    Ok(())
}
