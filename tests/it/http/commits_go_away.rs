//! What a store that goes away answers about the order of commits and about saved searches.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{LoginId, TenantId},
        tenant::saved_search::SavedSearch,
        time::Timestamp,
    },
    ports::{CommitPosition, CommitStore, Commits, SavedSearchStore, Unavailable},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl CommitStore for Leaving {
    async fn end_of_commits(&self) -> Result<CommitPosition, Unavailable> {
        self.answers()?;
        self.inner.end_of_commits().await
    }

    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Result<Option<CommitPosition>, Unavailable> {
        self.answers()?;
        self.inner.place_behind(tenant, login).await
    }

    async fn place_at(&self, read_at: Timestamp) -> Result<Option<CommitPosition>, Unavailable> {
        self.answers()?;
        self.inner.place_at(read_at).await
    }

    async fn commits(&self, after: &CommitPosition, limit: usize) -> Result<Option<Commits>, Unavailable> {
        self.answers()?;
        self.inner.commits(after, limit).await
    }
}

#[async_trait]
impl SavedSearchStore for Leaving {
    async fn saved_searches(&self, tenant: &TenantId) -> Result<(u64, Vec<SavedSearch>), Unavailable> {
        self.answers()?;
        self.inner.saved_searches(tenant).await
    }

    async fn put_saved_searches(
        &self,
        tenant: &TenantId,
        times: u64,
        searches: &[SavedSearch],
    ) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_saved_searches(tenant, times, searches).await
    }
}
