//! Segments. They go with the logins, in the transaction that stores or deletes these.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{MissingSegment, Reply, SegmentBytes, SegmentRow},
        record::clear::segment::OUTLINE,
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::Sqlite,
        },
    },
    domain::{ids::TenantId, search::clear::segment::SegmentNumber},
    ports::SegmentPlace,
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
                let latest = field(connection, tenant, (first, last), OUTLINE, limit)?;
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

    async fn missing_segment(
        &self,
        before: SegmentNumber,
        passed_over: &[SegmentPlace],
    ) -> Reply<Option<MissingSegment>> {
        let passed_over: Arc<[SegmentPlace]> = passed_over.into();
        loop {
            let passed_over = passed_over.clone();
            let Some(place) = self.readers.read(move |it| Ok(earliest_missing(it, before, &passed_over)?)).await?
            else {
                return Ok(None);
            };
            // Whoever stores or deletes a login takes the mark away.
            let mark = move |connection: &Connection| {
                let mark = mark_missing(connection, &place)?;
                Ok(mark.map(|mark| MissingSegment { place, mark }))
            };
            let missing = self.write(mark).await?;
            if missing.is_some() {
                return Ok(missing);
            }
        }
    }

    async fn put_segment(&self, missing: &MissingSegment, fields: Vec<(u8, Vec<u8>)>) -> Reply<bool> {
        const FOUND: &str = "DELETE FROM segment_missing WHERE number = ? AND tenant = ? AND times = ?";
        const PUT: &str = "INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?)";
        let MissingSegment { place: SegmentPlace { tenant, number }, mark } = missing.clone();
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

fn earliest_missing(
    connection: &Connection,
    before: SegmentNumber,
    passed_over: &[SegmentPlace],
) -> rusqlite::Result<Option<SegmentPlace>> {
    const NEXT: &str = "SELECT number, tenant FROM segment_missing WHERE number < ? ORDER BY number, tenant";
    let mut select = connection.prepare_cached(NEXT)?;
    let mut rows = select.query([before.0])?;
    while let Some(row) = rows.next()? {
        let Some(tenant) = TenantId::parse(&row.get::<_, String>(1)?) else { continue };
        let place = SegmentPlace { tenant, number: SegmentNumber(row.get(0)?) };
        if !passed_over.contains(&place) {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Marks a segment that is missing as one that is being made; `None` if somebody has made it meanwhile. No mark is used twice, and
/// so that of a maker which was overtaken by logins and by another maker is not taken for that of the other. The mark
/// stands in `times`.
fn mark_missing(connection: &Connection, place: &SegmentPlace) -> rusqlite::Result<Option<u64>> {
    const MARK: &str =
        "UPDATE segment_missing SET times = random() | 1 WHERE number = ? AND tenant = ? RETURNING times";
    let mut update = connection.prepare_cached(MARK)?;
    let mark =
        update.query_row(params![place.number.0, place.tenant.as_str()], |row| row.get::<_, i64>(0)).optional()?;
    Ok(mark.map(i64::cast_unsigned))
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
