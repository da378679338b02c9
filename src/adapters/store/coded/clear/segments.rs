//! Segments, and how they are made.

use std::{collections::BTreeMap, ops::RangeInclusive};

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
        let outlines = self.backend.segments(tenant, numbers, &[segment::OUTLINE], limit).await?;
        let told_from = outlines.last().filter(|_| outlines.len() >= limit).map(|it| it.number);
        let mut found: BTreeMap<SegmentNumber, Option<Segment>> =
            outlines.into_iter().map(|row| (row.number, self.kept(&row, columns))).collect();
        self.read_missing(tenant, &mut found, columns).await?;
        Ok(SegmentPage { segments: found.into_values().rev().flatten().collect(), told_from })
    }

    async fn make_segment(&self, before: SegmentNumber, passed_over: &[SegmentPlace]) -> Result<Made, Unavailable> {
        let Some(missing) = self.backend.missing_segment(before, passed_over).await? else { return Ok(Made::Nothing) };
        let logins = self.logins_in(&missing.place).await?.filter(|it| it.len() >= FEWEST);
        let fields = logins.map(|it| segment::encode(&Segment::of(missing.place.number, &it))).unwrap_or_default();
        let is_put = self.backend.put_segment(&missing, fields).await?;
        Ok(if is_put { Made::One } else { Made::Overtaken(missing.place) })
    }
}

impl<Backend: SegmentBytes> Coded<Backend> {
    /// The segment with this outline, if what is asked of it was read lately.
    fn kept(&self, row: &SegmentRow, columns: &[Column]) -> Option<Segment> {
        let outline = segment::outline(row.fields.first()?).ok()?;
        self.kept_columns.segment(row.number, &outline, columns)
    }

    /// Reads those that are missing, from the first to the last. One may be another than it was a moment ago, and then it is
    /// that other.
    async fn read_missing(
        &self,
        tenant: &TenantId,
        found: &mut BTreeMap<SegmentNumber, Option<Segment>>,
        columns: &[Column],
    ) -> Reply<()> {
        let mut missing = found.iter().filter(|(_, it)| it.is_none()).map(|(number, _)| *number);
        let Some(first) = missing.next() else { return Ok(()) };
        let last = missing.next_back().unwrap_or(first);
        let fields = columns.iter().map(|it| segment::field_of(*it));
        let fields: Vec<u8> = std::iter::once(segment::OUTLINE).chain(fields).collect();
        for row in self.backend.segments(tenant, first..=last, &fields, found.len()).await? {
            let has_gone = row.fields.iter().all(Vec::is_empty);
            if let Some(it @ None) = found.get_mut(&row.number).filter(|_| !has_gone) {
                *it = self.noted(Name::Segment(tenant, row.number), self.read_segment(row, columns)).ok();
            }
        }
        Ok(())
    }

    fn read_segment(&self, row: SegmentRow, columns: &[Column]) -> Result<Segment, Malformed> {
        let mut fields = row.fields.into_iter();
        let outline = segment::outline(&fields.next().unwrap_or_default())?;
        let segment = segment::decode(row.number, &outline, columns.iter().copied().zip(fields).collect())?;
        self.kept_columns.keep(&outline, &segment);
        Ok(segment)
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
