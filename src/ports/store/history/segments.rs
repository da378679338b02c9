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

/// A tenant's segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPlace {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub number: SegmentNumber,
}

/// What became of a segment that was to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// There is none to make.
    Nothing,
    /// One was made, or it was found to have too few logins for one.
    One,
    /// Logins came or went meanwhile: this one is made another time.
    Overtaken(SegmentPlace),
}

/// A page of segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentPage {
    /// Those that can be read, the latest first.
    pub segments: Vec<Segment>,
    /// Where the page ends, if there may be more before: everything from this number on is told.
    pub told_from: Option<SegmentNumber>,
}

/// Keeps segments.
///
/// Contract:
/// - A segment that is told has each login of its time that was stored before, and none that was deleted before: whatever
///   stores or deletes a login takes the segment away in which it is, in one step with it, or before the next
///   [`TallyStore::is_counted`](crate::ports::TallyStore::is_counted) has answered.
/// - Any segment may be missing at any time. It is made again from the logins.
/// - One that cannot be read is as good as missing: a page leaves it out, and it is remembered as
///   [`Integrity`](crate::ports::Integrity) says.
#[async_trait]
pub trait SegmentStore: Send + Sync {
    /// Those segments of a tenant that are there, the latest first, with these columns: the page looks at `limit` of them at most.
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        columns: &[Column],
        limit: usize,
    ) -> Result<SegmentPage, Unavailable>;

    /// Makes a segment before this one that is missing, of any tenant: the earliest that is not passed over.
    async fn make_segment(&self, before: SegmentNumber, passed_over: &[SegmentPlace]) -> Result<Made, Unavailable>;
}
