//! Policies, in memory.

use crate::{
    adapters::store::{
        backend::{PolicyBytes, Reply, Versioned},
        memory::store::Memory,
    },
    domain::{ids::TenantId, policy::policy::PolicyVersion, time::Timestamp},
};

impl PolicyBytes for Memory {
    async fn policy(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        Ok(self.tables().policies.changes.get(tenant).cloned())
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        let changes = &mut self.tables().policies.changes;
        let is_latest = changes.get(tenant).map_or(0, |it| it.version) == times;
        if is_latest {
            changes.insert(tenant.clone(), Versioned { version: times + 1, record });
        }
        Ok(is_latest)
    }

    async fn keep_policy(&self, tenant: &TenantId, version: PolicyVersion, whole: Vec<u8>, at: Timestamp) -> Reply<()> {
        let mut tables = self.tables();
        let kept = tables.policies.kept.entry((tenant.clone(), version)).or_insert((whole, at));
        kept.1 = kept.1.max(at);
        Ok(())
    }

    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().policies.kept.get(&(tenant.clone(), version)).map(|(record, _)| record.clone()))
    }

    async fn remove_policies(&self, tenant: &TenantId, versions: &[PolicyVersion]) -> Reply<()> {
        self.tables().policies.kept.retain(|(of, version), _| of != tenant || !versions.contains(version));
        Ok(())
    }
}
