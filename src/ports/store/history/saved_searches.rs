//! Searches that tenants have saved.

use async_trait::async_trait;

use crate::{
    domain::{ids::TenantId, tenant::saved_search::SavedSearch},
    ports::unavailable::Unavailable,
};

/// Keeps each tenant's saved searches, as one list: there are few.
///
/// Contract: of several who replace the same list, one succeeds.
#[async_trait]
pub trait SavedSearchStore: Send + Sync {
    /// How many times the tenant has changed its list, and the list. 0, and an empty list, if it never has.
    async fn saved_searches(&self, tenant: &TenantId) -> Result<(u64, Vec<SavedSearch>), Unavailable>;

    /// Replaces the list that was read at `times`. `false` if it has been replaced since.
    async fn put_saved_searches(
        &self,
        tenant: &TenantId,
        times: u64,
        searches: &[SavedSearch],
    ) -> Result<bool, Unavailable>;
}
