//! Saved searches, sealed with their tenant's key: they may name persons.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::SavedSearchBytes,
        coded::{sealing::layout, store::Coded},
        record::{bytes::Malformed, tenant::saved_search},
    },
    domain::{ids::TenantId, tenant::saved_search::SavedSearch},
    ports::{SavedSearchStore, Unavailable},
};

#[async_trait]
impl<Backend: SavedSearchBytes> SavedSearchStore for Coded<Backend> {
    async fn saved_searches(&self, tenant: &TenantId) -> Result<(u64, Vec<SavedSearch>), Unavailable> {
        let Some(stored) = self.backend.saved_searches(tenant).await? else { return Ok((0, Vec::new())) };
        let key = self.sealer.keys(tenant).tenant_seal();
        let opened = layout::open_part(&key, &place(tenant), &stored.record).map_err(|_| Malformed::Sealed)?;
        Ok((stored.version, saved_search::decode(&opened)?))
    }

    async fn put_saved_searches(
        &self,
        tenant: &TenantId,
        times: u64,
        searches: &[SavedSearch],
    ) -> Result<bool, Unavailable> {
        let key = self.sealer.keys(tenant).tenant_seal();
        let record = layout::seal_part(&key, &place(tenant), &saved_search::encode(searches));
        self.backend.put_saved_searches(tenant, times, record).await
    }
}

/// What the sealed record is bound to.
fn place(tenant: &TenantId) -> Vec<u8> {
    [b"saved searches\0", tenant.as_str().as_bytes()].concat()
}
