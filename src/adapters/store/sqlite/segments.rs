//! Segments. They go with the logins, in the transaction that stores or deletes these.

use std::{collections::BTreeMap, ops::RangeInclusive};

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{MissingSegment, Reply, SegmentBytes, SegmentRow},
        record::clear::segment::ENDS,
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::Sqlite,
        },
    },
    domain::{ids::TenantId, search::clear::segment::SegmentNumber},
};

impl SegmentBytes for Sqlite {
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        fields: &[u8],
        limit: usize,
    ) -> Reply<Vec<SegmentRow>> {
        let (tenant, (first, last), fields) = (tenant.clone(), numbers.into_inner(), fields.to_vec());
        self.readers
            .read(move |connection| {
                let tenant = tenant.as_str();
                let latest = field(connection, tenant, (first, last), ENDS, limit)?;
                // Of the other fields those of the same segments.
                let Some((&first, _)) = latest.first_key_value() else { return Ok(Vec::new()) };
                let mut columns = Vec::new();
                for it in fields {
                    columns.push(field(connection, tenant, (first, last), it, limit)?);
                }
                let row = |number: &SegmentNumber| SegmentRow {
                    number: *number,
                    fields: columns.iter_mut().map(|it| it.remove(number).unwrap_or_default()).collect(),
                };
                Ok(latest.keys().rev().map(row).collect())
            })
            .await
    }

    async fn missing_segment(&self, before: SegmentNumber) -> Reply<Option<MissingSegment>> {
        const NEXT: &str = "SELECT number, tenant, times FROM segment_missing WHERE number < ? ORDER BY number LIMIT 1";
        self.readers
            .read(move |connection| {
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?));
                let found = connection.prepare_cached(NEXT)?.query_row([before.0], read).optional()?;
                Ok(found.and_then(|(number, tenant, times)| {
                    let tenant = TenantId::parse(&tenant)?;
                    Some(MissingSegment { tenant, number: SegmentNumber(number), mark: times.cast_unsigned() })
                }))
            })
            .await
    }

    async fn put_segment(&self, missing: &MissingSegment, fields: Vec<(u8, Vec<u8>)>) -> Reply<bool> {
        const FOUND: &str = "DELETE FROM segment_missing WHERE number = ? AND tenant = ? AND times = ?";
        const PUT: &str = "INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?)";
        let MissingSegment { tenant, number, mark } = missing.clone();
        self.write(move |connection| {
            let place = params![number.0, tenant.as_str(), mark.cast_signed()];
            if connection.prepare_cached(FOUND)?.execute(place)? == 0 {
                return Ok(false);
            }
            let mut put = connection.prepare_cached(PUT)?;
            for (field, bytes) in &fields {
                put.execute(params![tenant.as_str(), field, number.0, bytes])?;
            }
            Ok(true)
        })
        .await
    }
}

/// A field of the latest segments of these.
fn field(
    connection: &Connection,
    tenant: &str,
    (first, last): (SegmentNumber, SegmentNumber),
    field: u8,
    limit: usize,
) -> rusqlite::Result<BTreeMap<SegmentNumber, Vec<u8>>> {
    const FIELD: &str = "SELECT number, bytes FROM segment
        WHERE tenant = ? AND field = ? AND number BETWEEN ? AND ? ORDER BY number DESC LIMIT ?";
    let mut select = connection.prepare_cached(FIELD)?;
    let values = params![tenant, field, first.0, last.0, limit_of(limit)];
    let rows = select.query_map(values, |row| Ok((SegmentNumber(row.get(0)?), record_of(row, 1)?)))?;
    rows.collect()
}
