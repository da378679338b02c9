//! What stands in the clear of past logins, column by column.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    domain::{
        ids::TenantId,
        search::clear::{
            columns::Column,
            segment::{Segment, SegmentNumber},
        },
    },
    ports::unavailable::Unavailable,
};

/// What became of a segment that was to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// There is none to make.
    Nothing,
    /// One was made, or it was found to have too few logins for one.
    One,
    /// Logins came or went meanwhile: it is made another time.
    Overtaken,
}

/// Keeps segments.
///
/// Contract:
/// - A segment that is told has each login of its time that was stored before, and none that was deleted before: whatever
///   stores or deletes a login takes the segment away in which it is, in one step with it, or before the next
///   [`TallyStore::is_counted`](crate::ports::TallyStore::is_counted) has answered.
/// - Any segment may be missing at any time. It is made again from the logins.
#[async_trait]
pub trait SegmentStore: Send + Sync {
    /// Those segments of a tenant that are there, the latest first, at most `limit`, with these columns.
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        columns: &[Column],
        limit: usize,
    ) -> Result<Vec<Segment>, Unavailable>;

    /// Makes a segment before this one that is missing, of any tenant.
    async fn make_segment(&self, before: SegmentNumber) -> Result<Made, Unavailable>;
}
