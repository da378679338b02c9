//! Which persons must not be looked at.

use std::collections::HashSet;

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::RestrictionMarks, coded::store::Coded},
    domain::ids::{TenantId, UserKey},
    ports::{RestrictionStore, Unavailable},
};

#[async_trait]
impl<Backend: RestrictionMarks> RestrictionStore for Coded<Backend> {
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Result<(), Unavailable> {
        self.backend.put_restricted(tenant, user, is).await
    }

    async fn restricted(&self, tenant: &TenantId) -> Result<HashSet<[u8; 16]>, Unavailable> {
        Ok(self.backend.restricted(tenant).await?.into_iter().collect())
    }
}
