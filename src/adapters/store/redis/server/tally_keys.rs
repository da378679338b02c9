//! What the keys are called by which logins are counted. All tallies lie in one slot, so that one script may change them
//! together with how far the partitions are counted. A stored form: never rename.
//!
//! | key | kind | what |
//! |---|---|---|
//! | `wl:{pNNN}:uncounted` | stream | logins that came (`+TENANT`) and went (`-TENANT`) and are not counted yet: identifier, and what stands in the clear |
//! | `wl:{tallies}:version`, `wl:{tallies}:offsets` | string, hash | how often tallies were changed, and up to which entry of the stream each partition is counted |
//! | `wl:{tallies}:days:TENANT`, `wl:{tallies}:day:NUMBER:TENANT` | sorted set, hash | the days of which a tenant has tallies, and these by quarter hour |
//! | `wl:{tallies}:segments:TENANT`, `wl:{tallies}:segment:NUMBER:TENANT` | sorted set, hash | the segments of a tenant by number, and the fields of each |
//! | `wl:{tallies}:missing`, `wl:{tallies}:marks` | sorted set, hash | segments to be made (`NUMBER:TENANT`) by number, and the version of the tallies when each was last changed |
//! | `wl:{tallies}:counted` | string | that every login is counted |

use crate::{
    adapters::store::redis::server::keys::in_partition,
    domain::{
        ids::{Partition, TenantId},
        search::{clear::segment::SegmentNumber, tallies::Quarter},
    },
};

/// How often tallies were changed.
pub const VERSION: &str = "wl:{tallies}:version";
/// Up to which entry each partition is counted.
pub const OFFSETS: &str = "wl:{tallies}:offsets";
/// That every login is counted.
pub const COUNTED: &str = "wl:{tallies}:counted";
/// Which segments are to be made.
pub const MISSING: &str = "wl:{tallies}:missing";
/// When each of them was changed.
pub const MARKS: &str = "wl:{tallies}:marks";
/// How many quarter hours of one day there are: those of a tenant's day are one hash.
pub const QUARTERS_OF_DAY: i64 = 96;

/// What waits to be counted in a partition.
#[must_use]
pub fn uncounted(partition: Partition) -> String {
    in_partition(partition, "uncounted")
}

/// The tallies of a tenant's day.
#[must_use]
pub fn day(tenant: &TenantId, day: i64) -> String {
    format!("wl:{{tallies}}:day:{day}:{}", tenant.as_str())
}

/// The days of which a tenant has tallies.
#[must_use]
pub fn days(tenant: &TenantId) -> String {
    format!("wl:{{tallies}}:days:{}", tenant.as_str())
}

/// The numbers of a tenant's segments.
#[must_use]
pub fn segments(tenant: &TenantId) -> String {
    format!("wl:{{tallies}}:segments:{}", tenant.as_str())
}

/// A segment.
#[must_use]
pub fn segment(tenant: &TenantId, SegmentNumber(number): SegmentNumber) -> String {
    format!("wl:{{tallies}}:segment:{number}:{}", tenant.as_str())
}

/// What a segment is called among those that are to be made.
#[must_use]
pub fn missing(tenant: &TenantId, SegmentNumber(number): SegmentNumber) -> String {
    format!("{number}:{}", tenant.as_str())
}

/// Reads what [`missing`] writes.
#[must_use]
pub fn read_missing(name: &str) -> Option<(TenantId, SegmentNumber)> {
    let (number, tenant) = name.split_once(':')?;
    Some((TenantId::parse(tenant)?, SegmentNumber(number.parse().ok()?)))
}

/// The day of a quarter hour, by its number, and the quarter hour within it.
#[must_use]
pub const fn place(quarter: Quarter) -> (i64, i64) {
    (quarter.0.div_euclid(QUARTERS_OF_DAY), quarter.0.rem_euclid(QUARTERS_OF_DAY))
}

/// The quarter hour of a day, by its number.
#[must_use]
pub const fn quarter(day: i64, field: i64) -> Quarter {
    Quarter(day * QUARTERS_OF_DAY + field)
}
