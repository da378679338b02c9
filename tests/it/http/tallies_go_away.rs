//! The tallies and segments of a store that leaves.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::TenantId,
        search::{
            clear::{columns::Column, segment::SegmentNumber, tally::QuarterTally},
            tallies::{Dimension, Quarter},
        },
    },
    ports::{Made, Recounted, SegmentPage, SegmentPlace, SegmentStore, TallyStore, Unavailable, WalkPosition},
};

use super::store_goes_away::Leaving;

#[async_trait]
impl TallyStore for Leaving {
    async fn is_counted(&self) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.is_counted().await
    }

    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        dimensions: &[Dimension],
        limit: usize,
    ) -> Result<Vec<QuarterTally>, Unavailable> {
        self.answers()?;
        self.inner.tallies(tenant, quarters, dimensions, limit).await
    }

    async fn recount_next(&self, from: Option<&WalkPosition>) -> Result<Recounted, Unavailable> {
        self.answers()?;
        self.inner.recount_next(from).await
    }

    async fn put_counted(&self) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.put_counted().await
    }
}

#[async_trait]
impl SegmentStore for Leaving {
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        columns: &[Column],
        limit: usize,
    ) -> Result<SegmentPage, Unavailable> {
        self.answers()?;
        self.inner.segments(tenant, numbers, columns, limit).await
    }

    async fn make_segment(&self, before: SegmentNumber, passed_over: &[SegmentPlace]) -> Result<Made, Unavailable> {
        self.answers()?;
        self.inner.make_segment(before, passed_over).await
    }
}
