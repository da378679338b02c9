//! What backends keep of segments.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::backend::rows::Reply,
    domain::{ids::TenantId, search::clear::segment::SegmentNumber},
    ports::SegmentPlace,
};

/// A segment, as it is stored.
#[derive(Clone, Debug)]
pub struct SegmentRow {
    /// Which.
    pub number: SegmentNumber,
    /// The bytes of the fields that were asked for, in their order; empty where there are none.
    pub fields: Vec<Vec<u8>>,
}

/// A segment that is to be made, because logins came or went.
#[derive(Clone, Debug)]
pub struct MissingSegment {
    /// Which.
    pub place: SegmentPlace,
    /// Is another once a login of its time has come or gone.
    pub mark: u64,
}

/// Keeps segments, as the port says: a commit deletes those of its logins and notes that they are missing, and whatever deletes
/// logins does, too.
pub trait SegmentBytes: Send + Sync {
    /// Some fields of those segments of a tenant that are there, the latest first, at most `limit`.
    fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        fields: &[u8],
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<SegmentRow>>> + Send;

    /// The earliest that is missing and not passed over, before this one.
    fn missing_segment(
        &self,
        before: SegmentNumber,
        passed_over: &[SegmentPlace],
    ) -> impl Future<Output = Reply<Option<MissingSegment>>> + Send;

    /// Puts a segment that was missing, none if it has no fields; `false`, and nothing is put, if its mark is another by now.
    fn put_segment(
        &self,
        missing: &MissingSegment,
        fields: Vec<(u8, Vec<u8>)>,
    ) -> impl Future<Output = Reply<bool>> + Send;
}
