//! Segments, in memory: there are none, for what is in memory is looked through quickly.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::{
        backend::{MissingSegment, Reply, SegmentBytes, SegmentRow},
        memory::store::Memory,
    },
    domain::{ids::TenantId, search::clear::segment::SegmentNumber},
    ports::SegmentPlace,
};

impl SegmentBytes for Memory {
    async fn segments(
        &self,
        _: &TenantId,
        _: RangeInclusive<SegmentNumber>,
        _: &[u8],
        _: usize,
    ) -> Reply<Vec<SegmentRow>> {
        Ok(Vec::new())
    }

    async fn missing_segment(&self, _: SegmentNumber, _: &[SegmentPlace]) -> Reply<Option<MissingSegment>> {
        Ok(None)
    }

    async fn put_segment(&self, _: &MissingSegment, _: Vec<(u8, Vec<u8>)>) -> Reply<bool> {
        Ok(false)
    }
}
