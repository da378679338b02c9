//! What is kept for people's rights, in a store that goes away.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::TenantId,
        keyring::TenantKeys,
        privacy::{
            audit::AuditEvent,
            chain::{AuditBase, AuditHead},
        },
    },
    ports::{Appended, AuditEnds, AuditFound, AuditPage, AuditStore, Unavailable},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl AuditStore for Leaving {
    async fn append_audit(
        &self,
        keys: &TenantKeys,
        head: AuditHead,
        events: &[AuditEvent],
    ) -> Result<Appended, Unavailable> {
        self.answers()?;
        self.inner.append_audit(keys, head, events).await
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Result<Vec<AuditFound>, Unavailable> {
        self.answers()?;
        self.inner.audit_page(page).await
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<AuditFound>, Unavailable> {
        self.answers()?;
        self.inner.audit_after(tenant, after, limit).await
    }

    async fn audit_ends(&self, tenant: &TenantId) -> Result<AuditEnds, Unavailable> {
        self.answers()?;
        self.inner.audit_ends(tenant).await
    }

    async fn audited_tenants(&self) -> Result<Vec<TenantId>, Unavailable> {
        self.answers()?;
        self.inner.audited_tenants().await
    }

    async fn forget_audit(&self, tenant: &TenantId, base: &AuditBase) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.forget_audit(tenant, base).await
    }
}
