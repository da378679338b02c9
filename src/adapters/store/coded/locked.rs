//! A store that is open and whose keys are not known yet.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::IdentityBytes,
        coded::{
            identity::{found, put},
            store::Coded,
        },
    },
    domain::{
        history::retention_days::RetentionDays,
        keyring::Keyring,
        store_identity::{Found, StoreIdentity},
    },
    ports::{IdentityStore, Store, Unavailable},
};

/// A store of which only the identity can be read: it says which root key its records are sealed with.
pub trait LockedStore: IdentityStore {
    /// The store, with the keys that are derived from its root key.
    fn unlock(self: Box<Self>, keyring: Keyring) -> Arc<dyn Store>;
}

/// A backend without keys.
#[derive(Debug)]
pub struct Locked<Backend> {
    /// Keeps the bytes.
    pub backend: Backend,
    /// For how long records are kept.
    pub days: RetentionDays,
}

#[async_trait]
impl<Backend: IdentityBytes> IdentityStore for Locked<Backend> {
    async fn identity(&self) -> Result<Found, Unavailable> {
        found(&self.backend).await
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        put(&self.backend, was, is).await
    }
}

impl<Backend> LockedStore for Locked<Backend>
where
    Backend: IdentityBytes,
    Coded<Backend>: Store + 'static,
{
    fn unlock(self: Box<Self>, keyring: Keyring) -> Arc<dyn Store> {
        Arc::new(Coded::over(self.backend, keyring, &self.days))
    }
}
