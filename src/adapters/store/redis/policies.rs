//! Policies.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        record::policy,
        redis::{keys, server::link::QUICK, store::RedisStore, versioned},
    },
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::Timestamp,
    },
    ports::{KEPT_LONGER_MS, PolicyStore, RecordKind, Unavailable},
};

#[async_trait]
impl PolicyStore for RedisStore {
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable> {
        match versioned::find(&self.link, &keys::policy(tenant)).await? {
            Some((times, record)) => Ok((
                times,
                self.link.damage.note(RecordKind::Policy, || tenant.as_str().to_owned(), policy::decode(&record))?,
            )),
            None => Ok((0, PolicyChange::default())),
        }
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable> {
        versioned::put(&self.link, &keys::policy(tenant), times, (&policy::encode(change), 0)).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        _now: Timestamp,
    ) -> Result<(), Unavailable> {
        let mut write = redis::pipe();
        let (record, life_ms) = (policy::encode(whole), self.retention_ms + KEPT_LONGER_MS);
        write.cmd("SET").arg(keys::kept_policy(tenant, version)).arg(record).arg("PX").arg(life_ms).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> Result<Option<PolicyChange>, Unavailable> {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(keys::kept_policy(tenant, version));
        let (record,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        let id = format!("{} {version}", tenant.as_str());
        Ok(record.map(|it| self.link.damage.note(RecordKind::Policy, || id, policy::decode(&it))).transpose()?)
    }
}
