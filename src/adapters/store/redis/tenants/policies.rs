//! Policies.

use crate::{
    adapters::store::{
        backend::{PolicyBytes, Reply, Versioned},
        redis::{
            server::{keys, link::QUICK, versioned},
            store::Redis,
        },
    },
    domain::{ids::TenantId, policy::policy::PolicyVersion, time::Timestamp},
    ports::KEPT_LONGER_MS,
};

impl PolicyBytes for Redis {
    async fn policy(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        versioned::find(&self.link, &keys::policy(tenant)).await
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        versioned::put(&self.link, &keys::policy(tenant), Versioned { version: times, record }, None).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: Vec<u8>,
        _at: Timestamp,
    ) -> Reply<()> {
        let mut write = redis::pipe();
        let life_ms = self.retention_ms + KEPT_LONGER_MS;
        write.cmd("SET").arg(keys::kept_policy(tenant, version)).arg(whole).arg("PX").arg(life_ms).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion) -> Reply<Option<Vec<u8>>> {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(keys::kept_policy(tenant, version));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }
}
