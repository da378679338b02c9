//! How many logins of each quarter hour have which values.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    domain::{
        ids::TenantId,
        search::{
            clear::tally::QuarterTally,
            tallies::{Dimension, Quarter},
        },
    },
    ports::{store::privacy::people::WalkPosition, unavailable::Unavailable},
};

/// What a step of a recount has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recounted {
    /// How many logins it has counted.
    pub logins: u64,
    /// How many of them it had to open, because an earlier version stored them.
    pub opened: u64,
    /// Where the next step begins; `None` at the end.
    pub next: Option<WalkPosition>,
}

/// Counts logins by what stands in the clear of them.
///
/// Contract:
/// - Once [`TallyStore::is_counted`] has said yes, the tallies count each login that was stored before, and none that was
///   deleted before; but for logins whose record cannot be read, and which are not listed either.
/// - A new store is counted from its first login. One of an earlier version is when a recount has walked to its end; logins may
///   come and go meanwhile. A recount that was cut off is begun again, and does no harm.
#[async_trait]
pub trait TallyStore: Send + Sync {
    /// Whether every login is counted, after those that were stored just now were.
    async fn is_counted(&self) -> Result<bool, Unavailable>;

    /// The tallies of these quarter hours of a tenant, of these dimensions, the latest first, at most `limit`. One without
    /// logins has none.
    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        dimensions: &[Dimension],
        limit: usize,
    ) -> Result<Vec<QuarterTally>, Unavailable>;

    /// Counts the next quarter hour of a tenant that has logins anew.
    async fn recount_next(&self, from: Option<&WalkPosition>) -> Result<Recounted, Unavailable>;

    /// Notes that a recount has walked to its end.
    async fn put_counted(&self) -> Result<(), Unavailable>;
}
