//! The identity of a store.

use async_trait::async_trait;

use crate::{
    domain::store_identity::{Found, StoreId, StoreIdentity, WrappedRoot},
    ports::unavailable::Unavailable,
};

/// Keeps a store's identity in the store itself.
///
/// Contract: of several who replace the same identity, one succeeds. [`Found::Empty`] means that the store holds no
/// record of any kind.
///
/// To add to what a store says about itself, extend [`StoreIdentity`] and its stored form. The contract test is
/// `tests/it/store/contract/identity.rs`.
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// What is there now. Cheap if the store has an identity: this is called every second.
    async fn identity(&self) -> Result<Found, Unavailable>;

    /// Replaces the identity that was read, or writes the first one. `false` if the stored one is not `was`.
    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable>;
}

/// Remembers, beside the master key, which store was used before.
pub trait StoreMemory: Send + Sync {
    /// The store that was used before; `None` if none was.
    ///
    /// # Errors
    /// If the memory cannot be read: a text that names the file.
    fn recall(&self) -> Result<Option<StoreId>, String>;

    /// The root key of that store, as it was wrapped when it was remembered; `None` if it is not known. So a store that was
    /// emptied under a running service can be taken into use again with the keys that the service has.
    fn recall_root(&self) -> Option<WrappedRoot>;

    /// Remembers this store from now on, in place of any other.
    ///
    /// # Errors
    /// If the memory cannot be written: a text that names the file.
    fn remember(&self, identity: &StoreIdentity) -> Result<(), String>;
}
