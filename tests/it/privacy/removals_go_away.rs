//! Removals of tenants from a store that goes away.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{ReceiptId, TenantId, UserKey},
        privacy::removal::{Removal, RemovalBegun, TenantStock},
    },
    ports::{RemovalLedger, RemovalStore, TenantStep, Unavailable, WalkPosition},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl RemovalStore for Leaving {
    async fn tenants(&self) -> Result<Vec<TenantId>, Unavailable> {
        self.answers()?;
        self.inner.tenants().await
    }

    async fn stock_of(&self, tenant: &TenantId) -> Result<TenantStock, Unavailable> {
        self.answers()?;
        self.inner.stock_of(tenant).await
    }

    async fn begin_removal(&self, begun: &RemovalBegun) -> Result<RemovalBegun, Unavailable> {
        self.answers()?;
        self.inner.begin_removal(begun).await
    }

    async fn removals_begun(&self) -> Result<Vec<RemovalBegun>, Unavailable> {
        self.answers()?;
        self.inner.removals_begun().await
    }

    async fn people_of(
        &self,
        tenant: &TenantId,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<TenantStep, Unavailable> {
        self.answers()?;
        self.inner.people_of(tenant, from, limit).await
    }

    async fn erase_some_with_tenant(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.erase_some_with_tenant(tenant, user).await
    }

    async fn remove_rest(&self, tenant: &TenantId) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_rest(tenant).await
    }

    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId) -> Result<Option<Removal>, Unavailable> {
        self.answers()?;
        self.inner.end_removal(begun, receipt).await
    }
}

#[async_trait]
impl RemovalLedger for Leaving {
    async fn removals(&self) -> Result<Vec<Removal>, Unavailable> {
        self.answers()?;
        self.inner.removals().await
    }

    async fn enter_removal(&self, removal: &Removal) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.enter_removal(removal).await
    }
}
