//! Stores that are open.

use std::{path::Path, sync::Arc};

use watchlight::{
    adapters::store::{
        coded::{locked::LockedStore, sealing::root::unwrap},
        open,
    },
    app::secrets::read_key,
    domain::{history::retention_days::RetentionDays, keyring::Keyring, store_identity::Found},
    ports::Store,
};

/// The key from which the keys of these stores are derived.
pub fn root() -> Keyring {
    Keyring::new([11; 32])
}

/// The store at `url`, sealed with keys that are derived from [`root`].
pub async fn open_at(url: &str) -> Arc<dyn Store> {
    open::open(url, &RetentionDays::default()).await.unwrap().unlock(root())
}

/// The store at `url` as a service uses it, and its keys: its root key is wrapped with the key in this file.
pub async fn open_with(url: &str, key_file: &Path) -> (Arc<dyn Store>, Keyring) {
    let store = open::open(url, &RetentionDays::default()).await.unwrap();
    let keyring = keyring_of(&*store, key_file).await;
    (store.unlock(keyring.clone()), keyring)
}

/// The keys of a store whose root key is wrapped with the key in this file.
pub async fn keyring_of(store: &dyn LockedStore, key_file: &Path) -> Keyring {
    let Found::Named(identity) = store.identity().await.unwrap() else { panic!("the store has no identity") };
    let key = read_key(key_file).unwrap().unwrap();
    Keyring::new(unwrap(&key.0, identity.id, &identity.root.unwrap()).unwrap())
}
