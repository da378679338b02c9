//! Which store this is.

use async_trait::async_trait;

use crate::{
    domain::store_identity::{Found, StoreId, StoreIdentity},
    ports::unavailable::Unavailable,
};

/// Keeps what a store says of itself.
///
/// Contract: of many who replace one identity, one succeeds; whoever has read `Empty` has seen no record of any kind.
///
/// A new thing that a store says of itself goes into [`StoreIdentity`] and its stored form. The contract test is
/// `tests/it/store/contract_identity.rs`.
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// What is there now. Cheap where there is a name: it is asked every second.
    async fn identity(&self) -> Result<Found, Unavailable>;

    /// Replaces the identity that was read, or gives one where there was none; `false` if it is another by now.
    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable>;
}

/// Remembers, beside the master key, which store was used.
pub trait StoreMemory: Send + Sync {
    /// The store that was used before; none if none was.
    ///
    /// # Errors
    /// What stands there cannot be read: in words that name the file.
    fn recall(&self) -> Result<Option<StoreId>, String>;

    /// Remembers this one from now on, whatever was remembered before.
    ///
    /// # Errors
    /// It cannot be written: in words that name the file.
    fn remember(&self, identity: &StoreIdentity) -> Result<(), String>;
}
