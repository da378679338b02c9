//! Finds the root key of a store, from which all keys are derived: it is in the store itself, wrapped with the key of
//! `secrets.key_file`.

use std::sync::Arc;

use crate::{
    adapters::store::coded::{
        locked::LockedStore,
        sealing::root::{unwrap, wrap},
    },
    app::{
        fault::Fault,
        secrets::{self, FileKey, entropy},
    },
    config::settings::Settings,
    domain::{
        keyring::Keyring,
        store_identity::{Found, StoreId, StoreIdentity, WrappedRoot, may_make_key},
        time::Timestamp,
    },
    ports::{StoreMemory, Unavailable},
    service::alarm::custody::Wrap,
};

/// How often a store is looked at again because another process was faster.
const MAX_TRIES: usize = 5;

/// The keys of the files that the settings name.
struct FileKeys {
    /// Of `secrets.key_file`.
    current: Option<FileKey>,
    /// Of `secrets.previous_key_file`.
    previous: Option<FileKey>,
}

impl FileKeys {
    fn read(settings: &Settings) -> Result<Self, Fault> {
        let previous = settings.previous_key_file.as_deref().map(secrets::read_key).transpose()?.flatten();
        Ok(Self { current: secrets::read_key(&settings.key_file)?, previous })
    }

    /// The root key of a store, and the key that wraps it, if one of them does.
    fn unwrap(&self, store: StoreId, wrapped: &WrappedRoot) -> Option<([u8; 32], &FileKey)> {
        let mut keys = [&self.current, &self.previous].into_iter().flatten();
        keys.find_map(|key| Some((unwrap(&key.0, store, wrapped)?, key)))
    }
}

/// What a process knows of the root key that it uses.
#[derive(Clone)]
pub struct RootKey {
    /// The keys that are derived from it.
    pub keyring: Keyring,
    /// Wraps it for a store.
    pub wrap: Wrap,
    /// Whether this process has given it to the store, in which nothing was stored before.
    pub is_new: bool,
}

impl RootKey {
    fn new(root: [u8; 32], key: &FileKey) -> Self {
        let key = key.clone();
        Self { keyring: Keyring::new(root), wrap: Arc::new(move |store| wrap(&key.0, store, &root)), is_new: false }
    }
}

/// The root key of a store. A new one is given its id and a root key, and the file its key. A store from before there were
/// root keys has the key of its file for one, and is given it wrapped.
///
/// If no key fits, the root key is that of the file: whoever takes the store into use finds that it does not fit. If the
/// store has lost what it held, it is the one that was used before.
///
/// # Errors
/// A file cannot be read, or the key is missing although something was stored under it.
pub async fn root_key(
    settings: &Settings,
    store: &dyn LockedStore,
    memory: Option<&dyn StoreMemory>,
    now: Timestamp,
) -> Result<RootKey, Fault> {
    for _ in 0..MAX_TRIES {
        let keys = FileKeys::read(settings)?;
        let found = store.identity().await?;
        // A store that says which it is need not be remembered: so a memory that cannot be read is mended by adopting it.
        let remembered = match (&found, memory) {
            (Found::Empty | Found::Unnamed, Some(memory)) => memory.recall().map_err(Fault::StoreMemory)?,
            _ => None,
        };
        let wrapped = match &found {
            Found::Named(identity) => identity.root.clone().map(|root| (identity.id, root)),
            Found::Empty | Found::Unnamed => remembered.zip(memory.and_then(StoreMemory::recall_root)),
        };
        if let Some((root, key)) = wrapped.and_then(|(store, root)| keys.unwrap(store, &root)) {
            return Ok(RootKey::new(root, key));
        }
        let key = match (keys.current, keys.previous) {
            (Some(key), _) | (None, Some(key)) => key,
            (None, None) if may_make_key(&found, remembered) => secrets::make_key(&settings.key_file)?,
            // Another process may begin at the same moment: it writes the key, and only then names the store.
            (None, None) if secrets::read_key(&settings.key_file)?.is_some() => continue,
            (None, None) => return Err(lost(settings, &found)),
        };
        match &found {
            Found::Empty if remembered.is_none() => {
                let (id, root) = (StoreId(entropy()?), entropy()?);
                let identity = StoreIdentity::new(id, now, &Keyring::new(root)).with_root(wrap(&key.0, id, &root));
                if store.put_identity(None, &identity).await? {
                    return Ok(RootKey { is_new: true, ..RootKey::new(root, &key) });
                }
            }
            Found::Named(identity) if identity.root.is_none() && identity.fits(&Keyring::new(key.0)) => {
                let wrapped = identity.clone().with_root(wrap(&key.0, identity.id, &key.0));
                store.put_identity(Some(identity), &wrapped).await?;
            }
            Found::Empty | Found::Unnamed | Found::Named(_) => return Ok(RootKey::new(key.0, &key)),
        }
    }
    Err(Unavailable("its identity changes all the time".to_owned()).into())
}

fn lost(settings: &Settings, found: &Found) -> Fault {
    let found = match found {
        Found::Empty => "beside it is written that a store was used with it",
        Found::Unnamed | Found::Named(_) => "the store is not empty",
    };
    Fault::KeyLost { path: settings.key_file.clone(), found }
}

/// Wraps the root key with the key of `secrets.key_file`, which is made if there is none. Returns whether it was wrapped
/// with another before.
///
/// # Errors
/// Neither the file nor `secrets.previous_key_file` has the key that it is wrapped with, or the store does not answer.
pub async fn rotate(settings: &Settings, store: &dyn LockedStore) -> Result<bool, Fault> {
    for _ in 0..MAX_TRIES {
        let Found::Named(identity) = store.identity().await? else {
            return Err(Fault::Partly("the store has no root key yet: start the service once".to_owned()));
        };
        let keys = FileKeys::read(settings)?;
        let unwrapped = identity.root.as_ref().and_then(|root| keys.unwrap(identity.id, root));
        let Some((root, _)) = unwrapped else { return Err(Fault::WrongKey(settings.key_file.clone())) };
        let key = match keys.current {
            Some(key) => key,
            None => secrets::make_key(&settings.key_file)?,
        };
        let wrapped = wrap(&key.0, identity.id, &root);
        if identity.root.as_ref() == Some(&wrapped) {
            return Ok(false);
        }
        if store.put_identity(Some(&identity), &identity.clone().with_root(wrapped)).await? {
            return Ok(true);
        }
    }
    Err(Unavailable("its identity changes all the time".to_owned()).into())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use async_trait::async_trait;

    use super::*;
    use crate::{
        config::raw::{RawSecrets, RawSettings},
        ports::{IdentityStore, Store},
    };

    /// A store that another process begins to use between the look for the key and the look at the store.
    struct Overtaken(PathBuf);

    #[async_trait]
    impl IdentityStore for Overtaken {
        async fn identity(&self) -> Result<Found, Unavailable> {
            let key = secrets::make_key(&self.0).unwrap();
            let id = StoreId([1; 16]);
            let identity = StoreIdentity::new(id, Timestamp::from_unix_ms(0), &Keyring::new([5; 32]));
            Ok(Found::Named(identity.with_root(wrap(&key.0, id, &[5; 32]))))
        }

        async fn put_identity(&self, _: Option<&StoreIdentity>, _: &StoreIdentity) -> Result<bool, Unavailable> {
            Ok(false)
        }
    }

    impl LockedStore for Overtaken {
        fn unlock(self: Box<Self>, _: Keyring) -> Arc<dyn Store> {
            unreachable!("the test only looks for the key")
        }
    }

    #[tokio::test]
    async fn a_process_that_is_overtaken_at_its_first_start_takes_the_key_of_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("secret.key").display().to_string();
        let raw = RawSettings {
            secrets: RawSecrets { key_file: Some(key_file), ..RawSecrets::default() },
            ..RawSettings::default()
        };
        let settings = Settings::resolve(raw).unwrap();
        let store = Overtaken(settings.key_file.clone());
        let keyring = root_key(&settings, &store, None, Timestamp::from_unix_ms(0)).await.unwrap().keyring;
        assert_eq!(keyring.api_key_hash("wl_1"), Keyring::new([5; 32]).api_key_hash("wl_1"));
    }
}
