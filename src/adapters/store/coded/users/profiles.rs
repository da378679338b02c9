//! Profiles, and the one commit of a decision.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{ProfileBytes, Versioned},
        coded::store::Coded,
        name::Name,
        prepared::PreparedCommit,
        record::user::profile,
    },
    domain::{ids::UserKey, time::Timestamp},
    ports::{Commit, CommitError, Loaded, ProfileStore, Unavailable},
};

#[async_trait]
impl<Backend: ProfileBytes> ProfileStore for Coded<Backend> {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        let stored = self.backend.load(user, idempotency, now).await?;
        let Some(row) = stored.profile else { return Ok(Loaded { earlier: stored.earlier, ..Loaded::default() }) };
        let read = |stored: Versioned| Ok((stored.version, profile::decode(&stored.record)?));
        let (version, profile) = self.noted(Name::Profile(user), row.and_then(read))?;
        Ok(Loaded { version, profile, earlier: stored.earlier })
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.backend.commit(PreparedCommit::new(commit)?).await
    }
}
