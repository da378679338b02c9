//! Policies.

use crate::{
    adapters::store::{
        backend::{PolicyBytes, Versioned},
        redis::{
            server::{keys, link::QUICK, versioned},
            store::Redis,
        },
    },
    domain::{ids::TenantId, policy::policy::PolicyVersion, time::Timestamp},
    ports::{KEPT_LONGER_MS, Unavailable},
};

impl PolicyBytes for Redis {
    async fn policy(&self, tenant: &TenantId) -> Result<Option<Versioned>, Unavailable> {
        versioned::find(&self.link, &keys::policy(tenant)).await
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Result<bool, Unavailable> {
        versioned::put(&self.link, &keys::policy(tenant), Versioned { version: times, record }, None).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        record: Vec<u8>,
        _now: Timestamp,
    ) -> Result<(), Unavailable> {
        let mut write = redis::pipe();
        let life_ms = self.retention_ms + KEPT_LONGER_MS;
        write.cmd("SET").arg(keys::kept_policy(tenant, version)).arg(record).arg("PX").arg(life_ms).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion) -> Result<Option<Vec<u8>>, Unavailable> {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(keys::kept_policy(tenant, version));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }
}
