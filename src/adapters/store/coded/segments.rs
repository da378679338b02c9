//! Segments, and how they are made.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{LoginBytes, Reply, SegmentBytes, SegmentRow},
        coded::store::Coded,
        name::Name,
        record::{
            bytes::Malformed,
            clear::{facets, segment},
        },
    },
    domain::{
        ids::{LoginId, Partitions, TenantId},
        search::clear::{
            columns::Column,
            facets::Facets,
            segment::{Segment, SegmentNumber},
        },
    },
    ports::{Made, SegmentPage, SegmentPlace, SegmentStore, Unavailable},
};

/// How many logins are read at once to make a segment.
const LOOK: usize = 8_192;
/// Fewer logins than these are looked through as they are: a segment has ten fields to find.
const FEWEST: usize = 64;

#[async_trait]
impl<Backend: SegmentBytes + LoginBytes> SegmentStore for Coded<Backend> {
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        columns: &[Column],
        limit: usize,
    ) -> Result<SegmentPage, Unavailable> {
        let fields = columns.iter().map(|it| segment::field_of(*it));
        let fields: Vec<u8> = std::iter::once(segment::ENDS).chain(fields).collect();
        let rows = self.backend.segments(tenant, numbers, &fields, limit).await?;
        let told_from = rows.last().filter(|_| rows.len() >= limit).map(|it| it.number);
        let read = |row: SegmentRow| self.noted(Name::Segment(tenant, row.number), read(row, columns)).ok();
        Ok(SegmentPage { segments: rows.into_iter().filter_map(read).collect(), told_from })
    }

    async fn make_segment(&self, before: SegmentNumber, passed_over: &[SegmentPlace]) -> Result<Made, Unavailable> {
        let Some(missing) = self.backend.missing_segment(before, passed_over).await? else { return Ok(Made::Nothing) };
        let logins = self.logins_in(&missing.place).await?.filter(|it| it.len() >= FEWEST);
        let fields = logins.map(|it| segment::encode(&Segment::of(missing.place.number, &it))).unwrap_or_default();
        let is_put = self.backend.put_segment(&missing, fields).await?;
        Ok(if is_put { Made::One } else { Made::Overtaken(missing.place) })
    }
}

impl<Backend: SegmentBytes + LoginBytes> Coded<Backend> {
    /// What stands in the clear of the logins of a segment, the earliest first; `None` if that is not known of one: a recount
    /// finds it out.
    async fn logins_in(&self, place: &SegmentPlace) -> Reply<Option<Vec<(LoginId, Facets)>>> {
        let mut ids = place.number.ids();
        let mut logins = Vec::new();
        loop {
            let page = self.backend.clear_logins(&place.tenant, ids.clone(), &Partitions::ALL, LOOK).await?;
            let read = page.iter().map(|(id, bytes)| facets::decode(bytes).ok().map(|it| (id, it)));
            let Some(read) = read.collect::<Option<Vec<_>>>() else { return Ok(None) };
            logins.extend(read);
            let Some(next) = page.next else { break };
            ids.end = next;
        }
        logins.reverse();
        Ok(Some(logins))
    }
}

fn read(row: SegmentRow, columns: &[Column]) -> Result<Segment, Malformed> {
    let mut fields = row.fields.into_iter();
    let ends = fields.next().unwrap_or_default();
    segment::decode(row.number, &ends, columns.iter().copied().zip(fields).collect())
}
