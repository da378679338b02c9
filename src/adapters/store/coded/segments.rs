//! Segments, and how they are made.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{LoginBytes, MissingSegment, Reply, SegmentBytes, SegmentRow},
        coded::store::Coded,
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
    ports::{Made, SegmentStore, Unavailable},
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
    ) -> Result<Vec<Segment>, Unavailable> {
        let fields = columns.iter().map(|it| segment::field_of(*it));
        let fields: Vec<u8> = std::iter::once(segment::ENDS).chain(fields).collect();
        let rows = self.backend.segments(tenant, numbers, &fields, limit).await?;
        // One that cannot be read is as good as missing: its logins are looked through.
        Ok(rows.into_iter().filter_map(|it| read(it, columns).ok()).collect())
    }

    async fn make_segment(&self, before: SegmentNumber) -> Result<Made, Unavailable> {
        let Some(missing) = self.backend.missing_segment(before).await? else { return Ok(Made::Nothing) };
        let logins = self.logins_in(&missing).await?.filter(|it| it.len() >= FEWEST);
        let fields = logins.map(|it| segment::encode(&Segment::of(missing.number, &it))).unwrap_or_default();
        let is_put = self.backend.put_segment(&missing, fields).await?;
        Ok(if is_put { Made::One } else { Made::Overtaken })
    }
}

impl<Backend: SegmentBytes + LoginBytes> Coded<Backend> {
    /// What stands in the clear of the logins of a segment, the earliest first; `None` if that is not known of one: a recount
    /// finds it out.
    async fn logins_in(&self, missing: &MissingSegment) -> Reply<Option<Vec<(LoginId, Facets)>>> {
        let mut ids = missing.number.ids();
        let mut logins = Vec::new();
        loop {
            let page = self.backend.clear_logins(&missing.tenant, ids.clone(), &Partitions::ALL, LOOK).await?;
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
