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
        if let Some(line) = self.backend.identity().await? {
            return Ok(Found::Named(identity::decode(&line)?));
        }
        Ok(if self.backend.has_records().await? { Found::Unnamed } else { Found::Empty })
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        self.backend.put_identity(was.map(identity::encode), identity::encode(is)).await
    }
}
