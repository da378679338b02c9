//! The identity of the store.

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::IdentityBytes, coded::store::Coded, record::identity},
    domain::store_identity::{Found, StoreIdentity},
    ports::{IdentityStore, Unavailable},
};

#[async_trait]
impl<Backend: IdentityBytes> IdentityStore for Coded<Backend> {
    async fn identity(&self) -> Result<Found, Unavailable> {
        found(&self.backend).await
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        put(&self.backend, was, is).await
    }
}

/// What a backend says of itself.
///
/// # Errors
/// It does not answer.
pub async fn found<Backend: IdentityBytes>(backend: &Backend) -> Result<Found, Unavailable> {
    if let Some(line) = backend.identity().await? {
        return Ok(Found::Named(identity::decode(&line)?));
    }
    Ok(if backend.has_records().await? { Found::Unnamed } else { Found::Empty })
}

/// Replaces a backend's identity; `false` if it is not `was`.
///
/// # Errors
/// It does not answer.
pub async fn put<Backend: IdentityBytes>(
    backend: &Backend,
    was: Option<&StoreIdentity>,
    is: &StoreIdentity,
) -> Result<bool, Unavailable> {
    backend.put_identity(was.map(identity::encode), identity::encode(is)).await
}
