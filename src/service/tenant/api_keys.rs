//! API keys: creating, checking, listing and revoking them.

use std::{sync::Arc, time::Instant};

use crate::{
    domain::{
        ids::TenantId,
        keyring::Keyring,
        tenant::api_key::{ApiKey, ApiKeyRecord, Scope},
    },
    ports::{ApiKeyStore, Clock, Unavailable},
    service::{queue::user_queues::UserQueues, tenant::known_keys::KnownKeys},
};

/// The API keys of all tenants. Clones share what they know: what one of them revokes grants no access by any of them from then
/// on; what another process revokes, after a second at the latest.
#[derive(Clone)]
pub struct ApiKeys {
    store: Arc<dyn ApiKeyStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    known: Arc<KnownKeys>,
    /// Requests that present a key at the same time share one read of its record. The read starts after they came, so
    /// none of them gets an answer that was true only before.
    looks: Arc<UserQueues<(), Result<Option<ApiKeyRecord>, Unavailable>>>,
}

impl ApiKeys {
    /// Uses these ports.
    #[must_use]
    pub fn new(store: Arc<dyn ApiKeyStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring, known: Arc::default(), looks: Arc::default() }
    }

    /// Creates a key for a tenant from 30 random bytes, and stores its record. The key itself is in the answer only:
    /// show it once.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn create(
        &self,
        tenant: TenantId,
        scopes: Vec<Scope>,
        entropy: &[u8; 30],
    ) -> Result<ApiKey, Unavailable> {
        let key = ApiKey::from_entropy(entropy);
        self.put(key.record(&self.keyring, self.clock.now(), tenant, scopes)).await?;
        Ok(key)
    }

    /// The record of the key that was presented, at most a second old. `None`, without a reason, if it grants no access.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let Some(key) = ApiKey::parse(presented) else { return Ok(None) };
        let record = self.record(key.id()).await?;
        Ok(record.filter(|it| it.accepts(&self.keyring, &key)))
    }

    /// Whether a key still granted access a second ago, for requests that go on for long.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn is_live(&self, id: &str) -> Result<bool, Unavailable> {
        Ok(self.record(id).await?.is_some_and(|it| it.revoked_at.is_none()))
    }

    /// A key's record, as this process knows it or else as the store has it.
    async fn record(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        match self.known.get(id, Instant::now()) {
            Some(known) => Ok(Some(known)),
            None => self.look(id).await,
        }
    }

    /// A key's record, by one call of the store for all requests that wait for it.
    async fn look(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let [name @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *blake3::hash(id.as_bytes()).as_bytes();
        let (store, known, id) = (self.store.clone(), self.known.clone(), id.to_owned());
        let work = move |asked: Vec<()>| {
            let (store, known, id) = (store.clone(), known.clone(), id.clone());
            async move {
                let began_at = Instant::now();
                let found = store.api_key(&id).await;
                if let Ok(record) = &found {
                    known.learn(&id, record.clone(), began_at);
                }
                vec![found; asked.len()]
            }
        };
        let found = self.looks.together(name, (), work).await;
        found.unwrap_or_else(|_| Err(Unavailable("waited too long for the record of a key".to_owned())))
    }

    /// All keys, without their secrets, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        self.store.api_keys().await
    }

    /// Revokes a key for good. `None` if there is none with this public part. Revoking it twice changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn revoke(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let Some(mut record) = self.store.api_key(id).await? else { return Ok(None) };
        if record.revoked_at.is_none() {
            record.revoked_at = Some(self.clock.now());
            self.put(record.clone()).await?;
        }
        Ok(Some(record))
    }

    /// Stores a record, which this process uses from now on.
    async fn put(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        self.store.put_api_key(record.clone()).await?;
        self.known.learn(&record.id.clone(), Some(record), Instant::now());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;
    use crate::domain::time::Timestamp;

    /// A store with one key at most, which counts how often it was read.
    #[derive(Default)]
    struct OneKey {
        record: std::sync::Mutex<Option<ApiKeyRecord>>,
        reads: AtomicUsize,
    }

    #[async_trait]
    impl ApiKeyStore for OneKey {
        async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
            *self.record.lock().unwrap() = Some(record);
            Ok(())
        }

        async fn api_key(&self, _: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            Ok(self.record.lock().unwrap().clone())
        }

        async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
            Ok(self.record.lock().unwrap().iter().cloned().collect())
        }

        async fn remove_api_key(&self, _: &str) -> Result<(), Unavailable> {
            *self.record.lock().unwrap() = None;
            Ok(())
        }
    }

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(0)
        }
    }

    #[tokio::test]
    async fn the_store_is_asked_about_a_key_twice_a_second_however_many_requests_there_are() {
        let store = Arc::new(OneKey::default());
        let keys = ApiKeys::new(store.clone(), Arc::new(Stopped), Keyring::new([7; 32]));
        let key = ApiKey::from_entropy(&[3; 30]);
        assert_eq!(keys.authenticate(key.reveal()).await.unwrap(), None);
        let (begun_at, before) = (Instant::now(), store.reads.load(Ordering::Relaxed));
        keys.create(TenantId::parse("acme").unwrap(), Vec::new(), &[3; 30]).await.unwrap();
        for _ in 0..1_000 {
            assert!(keys.authenticate(key.reveal()).await.unwrap().is_some());
            assert!(keys.is_live(key.id()).await.unwrap());
        }
        let (reads, halves) = (store.reads.load(Ordering::Relaxed) - before, begun_at.elapsed().as_millis() / 500);
        assert!(reads as u128 <= halves + 1, "{reads} in {halves} half seconds");
        let clone = keys.clone();
        keys.revoke(key.id()).await.unwrap().unwrap();
        assert!(!clone.is_live(key.id()).await.unwrap(), "at once in this process");
    }
}
