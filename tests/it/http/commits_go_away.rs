//! What a store that goes away answers about the order of commits.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{LoginId, TenantId},
        time::Timestamp,
    },
    ports::{CommitPosition, CommitStore, Commits, Unavailable},
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
