//! The order of commits, which needs no coding.

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::CommitBytes, coded::store::Coded},
    domain::{
        ids::{LoginId, TenantId},
        time::Timestamp,
    },
    ports::{CommitPosition, CommitStore, Commits, Unavailable},
};

#[async_trait]
impl<Backend: CommitBytes> CommitStore for Coded<Backend> {
    async fn end_of_commits(&self) -> Result<CommitPosition, Unavailable> {
        self.backend.end_of_commits().await
    }

    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Result<Option<CommitPosition>, Unavailable> {
        self.backend.place_behind(tenant, login).await
    }

    async fn place_at(&self, read_at: Timestamp) -> Result<Option<CommitPosition>, Unavailable> {
        self.backend.place_at(read_at).await
    }

    async fn commits(&self, after: &CommitPosition, limit: usize) -> Result<Option<Commits>, Unavailable> {
        self.backend.commits(after, limit).await
    }
}
