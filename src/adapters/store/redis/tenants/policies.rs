//! Policies.

use crate::{
    adapters::store::{
        backend::{PolicyBytes, Reply, Versioned},
        redis::{
            server::{
                link::{Batch, QUICK, WIDE},
                tenant_keys, versioned,
            },
            store::Redis,
        },
    },
    domain::{ids::TenantId, policy::policy::PolicyVersion, time::Timestamp},
    ports::KEPT_LONGER_MS,
};

impl PolicyBytes for Redis {
    async fn policy(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        versioned::find(&self.link, &tenant_keys::policy(tenant)).await
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        versioned::put(&self.link, &tenant_keys::policy(tenant), Versioned { version: times, record }, None).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: Vec<u8>,
        _at: Timestamp,
    ) -> Reply<()> {
        let mut write = Batch::new();
        // Noted before it is kept, so that it is found when the tenant is removed.
        write.cmd("SADD").arg(tenant_keys::kept_policies(tenant)).arg(&version.0[..]).ignore();
        let life_ms = self.retention_ms + KEPT_LONGER_MS;
        write.cmd("SET").arg(tenant_keys::kept_policy(tenant, version)).arg(whole).arg("PX").arg(life_ms).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(tenant_keys::kept_policy(tenant, version));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn remove_policies(&self, tenant: &TenantId, versions: &[PolicyVersion]) -> Reply<()> {
        let mut write = Batch::new();
        for version in versions {
            write.cmd("UNLINK").arg(tenant_keys::kept_policy(tenant, *version)).ignore();
            write.cmd("SREM").arg(tenant_keys::kept_policies(tenant)).arg(&version.0[..]).ignore();
        }
        self.link.ask(WIDE, &write).await
    }
}
