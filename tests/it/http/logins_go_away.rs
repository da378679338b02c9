//! The parts about logins and alerts of a store that leaves.

use std::{collections::HashMap, ops::Range, sync::atomic::Ordering};

use async_trait::async_trait;
use watchlight::{
    domain::{
        alert::{
            alert::{Alert, Delivery},
            selection::AlertSelection,
        },
        history::{
            kept_browser::{BrowserKey, KeptBrowser},
            login_record::{LoginIndex, LoginRecord},
        },
        ids::{AlertId, ClueKey, LoginId, Partitions, TenantId, UserKey},
        time::Timestamp,
    },
    ports::{AlertStore, BrowserStore, ClearPage, ClueStore, LoginStore, Unavailable},
};

use super::store_goes_away::Leaving;

#[async_trait]
impl LoginStore for Leaving {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        self.answers()?;
        self.inner.login(tenant, id).await
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        self.answers()?;
        let found = self.inner.logins(tenant, index, ids, limit).await?;
        self.opened.fetch_add(found.len(), Ordering::SeqCst);
        // As from a store that is elsewhere: whatever is asked beside it goes on until the answer is there.
        tokio::task::yield_now().await;
        Ok(found)
    }

    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        partitions: &Partitions,
        limit: usize,
    ) -> Result<ClearPage, Unavailable> {
        self.answers()?;
        self.inner.clear_logins(tenant, ids, partitions, limit).await
    }

    async fn logins_named(&self, tenant: &TenantId, ids: &[LoginId]) -> Result<Vec<LoginRecord>, Unavailable> {
        self.answers()?;
        self.inner.logins_named(tenant, ids).await
    }
}

#[async_trait]
impl BrowserStore for Leaving {
    async fn browsers(&self, tenant: &TenantId, asked: &[BrowserKey]) -> Result<Vec<Option<KeptBrowser>>, Unavailable> {
        self.answers()?;
        self.inner.browsers(tenant, asked).await
    }
}

#[async_trait]
impl ClueStore for Leaving {
    async fn clues_to_logins(
        &self,
        clues: &[ClueKey],
        ids: Range<LoginId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<LoginId>, Unavailable> {
        self.answers()?;
        self.inner.clues_to_logins(clues, ids, limit, now).await
    }

    async fn clues_to_users(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<UserKey>, Unavailable> {
        self.answers()?;
        self.inner.clues_to_users(clues, limit, now).await
    }

    async fn clues_to_browsers(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Vec<BrowserKey>>, Unavailable> {
        self.answers()?;
        self.inner.clues_to_browsers(clues, limit, now).await
    }
}

#[async_trait]
impl AlertStore for Leaving {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alert(id, now).await
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alerts(tenant, before, limit, now).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alerts_of(user, before, limit, now).await
    }

    async fn selected_alerts(
        &self,
        tenant: &TenantId,
        selection: &AlertSelection,
        ids: Range<AlertId>,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<Vec<(Alert, Delivery)>>, Unavailable> {
        self.answers()?;
        self.inner.selected_alerts(tenant, selection, ids, most, now).await
    }

    async fn deliveries(&self, ids: &[AlertId], now: Timestamp) -> Result<HashMap<AlertId, Delivery>, Unavailable> {
        self.answers()?;
        self.inner.deliveries(ids, now).await
    }
}
