//! API keys: creating, checking, listing and revoking them.

use std::sync::Arc;

use crate::{
    domain::{
        ids::TenantId,
        keyring::Keyring,
        tenant::api_key::{ApiKey, ApiKeyRecord, Scope},
    },
    ports::{ApiKeyStore, Clock, Unavailable},
    service::queue::user_queues::UserQueues,
};

/// The API keys of all tenants.
#[derive(Clone)]
pub struct ApiKeys {
    store: Arc<dyn ApiKeyStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    /// Requests that present a key at the same time share one read of its record. The read starts after they came, so
    /// none of them gets an answer that was true only before.
    looks: Arc<UserQueues<(), Result<Option<ApiKeyRecord>, Unavailable>>>,
}

impl ApiKeys {
    /// Uses these ports.
    #[must_use]
    pub fn new(store: Arc<dyn ApiKeyStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring, looks: Arc::default() }
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
        self.store.put_api_key(key.record(&self.keyring, self.clock.now(), tenant, scopes)).await?;
        Ok(key)
    }

    /// The record of the key that was presented. `None`, without a reason, if it grants no access.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let Some(key) = ApiKey::parse(presented) else { return Ok(None) };
        let record = self.look(key.id()).await?;
        Ok(record.filter(|it| it.accepts(&self.keyring, &key)))
    }

    /// Whether a key still grants access, for requests that go on for long.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn is_live(&self, id: &str) -> Result<bool, Unavailable> {
        Ok(self.look(id).await?.is_some_and(|it| it.revoked_at.is_none()))
    }

    /// A key's record, by one call of the store for all requests that wait for it.
    async fn look(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let [name @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *blake3::hash(id.as_bytes()).as_bytes();
        let (store, id) = (self.store.clone(), id.to_owned());
        let work = move |asked: Vec<()>| {
            let (store, id) = (store.clone(), id.clone());
            async move { vec![store.api_key(&id).await; asked.len()] }
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
            self.store.put_api_key(record.clone()).await?;
        }
        Ok(Some(record))
    }
}
