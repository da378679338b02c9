//! Saved searches, in memory.

use crate::{
    adapters::store::{
        backend::{Reply, SavedSearchBytes, Versioned},
        memory::store::Memory,
    },
    domain::ids::TenantId,
};

impl SavedSearchBytes for Memory {
    async fn saved_searches(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        Ok(self.tables().saved_searches.get(tenant).cloned())
    }

    async fn put_saved_searches(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        let searches = &mut self.tables().saved_searches;
        let is_latest = searches.get(tenant).map_or(0, |it| it.version) == times;
        if is_latest {
            searches.insert(tenant.clone(), Versioned { version: times + 1, record });
        }
        Ok(is_latest)
    }
}
