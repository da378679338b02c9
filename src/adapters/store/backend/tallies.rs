//! What backends keep so that logins need not be counted one by one.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::backend::rows::Reply,
    domain::{
        ids::{LoginId, TenantId},
        search::tallies::Quarter,
    },
};

/// Keeps tallies, as the port says. A commit counts its logins, and whatever deletes logins takes them away again, in one
/// step with it, or so that the next look is at tallies that have caught up.
pub trait TallyBytes: Send + Sync {
    /// Whether every login is counted, after what waits to be counted was.
    fn is_counted(&self) -> impl Future<Output = Reply<bool>> + Send;

    /// Notes that every login is counted.
    fn put_counted(&self) -> impl Future<Output = Reply<()>> + Send;

    /// The tallies of a tenant's quarter hours, the latest first, at most `limit`. One without logins has none.
    fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<(Quarter, Vec<u8>)>>> + Send;

    /// The next quarter hour with logins, of this tenant from this one on, or of a later tenant; `None` is before all tenants.
    fn next_quarter(
        &self,
        tenant: Option<&TenantId>,
        from: Quarter,
    ) -> impl Future<Output = Reply<Option<(TenantId, Quarter)>>> + Send;

    /// Puts what stands in the clear of logins beside those that are there and have nothing.
    fn put_facets(&self, tenant: &TenantId, facets: Vec<(LoginId, Vec<u8>)>) -> impl Future<Output = Reply<()>> + Send;

    /// Counts these quarter hours anew by what stands in the clear. Returns how many logins there are.
    fn recount(&self, tenant: &TenantId, quarters: RangeInclusive<Quarter>) -> impl Future<Output = Reply<u64>> + Send;
}
