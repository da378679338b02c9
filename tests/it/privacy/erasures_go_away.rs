//! Erasures of a store that goes away.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{ReceiptId, TenantId, UserKey},
        privacy::erasure::{Erasure, ErasureBegun},
    },
    ports::{ErasureLedger, ErasureStore, Unavailable},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl ErasureStore for Leaving {
    async fn is_known(&self, user: &UserKey) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.is_known(user).await
    }

    async fn begin_erasure(&self, begun: &ErasureBegun) -> Result<ErasureBegun, Unavailable> {
        self.answers()?;
        self.inner.begin_erasure(begun).await
    }

    async fn erasures_begun(&self) -> Result<Vec<ErasureBegun>, Unavailable> {
        self.answers()?;
        self.inner.erasures_begun().await
    }

    async fn erase_some(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.erase_some(tenant, user).await
    }

    async fn end_erasure(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        receipt: ReceiptId,
    ) -> Result<Option<Erasure>, Unavailable> {
        self.answers()?;
        self.inner.end_erasure(tenant, user, receipt).await
    }

    async fn erasure_of(&self, user: &UserKey) -> Result<Option<Erasure>, Unavailable> {
        self.answers()?;
        self.inner.erasure_of(user).await
    }

    async fn erasure(&self, receipt: ReceiptId) -> Result<Option<Erasure>, Unavailable> {
        self.answers()?;
        self.inner.erasure(receipt).await
    }
}

#[async_trait]
impl ErasureLedger for Leaving {
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Result<Vec<Erasure>, Unavailable> {
        self.answers()?;
        self.inner.erasures(after, limit).await
    }

    async fn enter_erasure(&self, erasure: &Erasure) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.enter_erasure(erasure).await
    }
}
