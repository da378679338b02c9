//! Saved searches.

use crate::{
    adapters::store::{
        backend::{Reply, SavedSearchBytes, Versioned},
        redis::{
            server::{tenant_keys, versioned},
            store::Redis,
        },
    },
    domain::ids::TenantId,
};

impl SavedSearchBytes for Redis {
    async fn saved_searches(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        versioned::find(&self.link, &tenant_keys::saved_searches(tenant)).await
    }

    async fn put_saved_searches(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        let key = tenant_keys::saved_searches(tenant);
        versioned::put(&self.link, &key, Versioned { version: times, record }, None).await
    }
}
