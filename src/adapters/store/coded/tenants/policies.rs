//! Policies.

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::PolicyBytes, coded::store::Coded, name::Name, record::policy},
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::Timestamp,
    },
    ports::{PolicyStore, Unavailable},
};

#[async_trait]
impl<Backend: PolicyBytes> PolicyStore for Coded<Backend> {
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable> {
        match self.backend.policy(tenant).await? {
            Some(stored) => {
                Ok((stored.version, self.read(Name::Policy(tenant, None), &stored.record, policy::decode)?))
            }
            None => Ok((0, PolicyChange::default())),
        }
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable> {
        self.backend.put_policy(tenant, times, policy::encode(change)).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.backend.keep_policy(tenant, version, policy::encode(whole), now).await
    }

    async fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> Result<Option<PolicyChange>, Unavailable> {
        let record = self.backend.kept_policy(tenant, version).await?;
        let read = |it: Vec<u8>| self.read(Name::Policy(tenant, Some(version)), &it, policy::decode);
        Ok(record.map(read).transpose()?)
    }
}
