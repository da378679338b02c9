//! API keys: made, checked, listed, revoked.

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

/// The keys that open this service.
#[derive(Clone)]
pub struct ApiKeys {
    store: Arc<dyn ApiKeyStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    /// All who present a key at the same time wait for one look at its record, which begins after they came: so none is
    /// told what was true before.
    looks: Arc<UserQueues<(), Result<Option<ApiKeyRecord>, Unavailable>>>,
}

impl ApiKeys {
    /// Over these ports.
    #[must_use]
    pub fn new(store: Arc<dyn ApiKeyStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring, looks: Arc::default() }
    }

    /// Makes a key for a tenant out of 30 unguessable bytes and stores what is to be known of it. The key itself is in
    /// the answer only: show it once.
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

    /// Whom a presented key speaks for; `None`, without telling why, if it opens nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let Some(key) = ApiKey::parse(presented) else { return Ok(None) };
        let record = self.look(key.id()).await?;
        Ok(record.filter(|it| it.accepts(&self.keyring, &key)))
    }

    /// A key's record, by one call of the store for many who ask at once.
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

    /// Closes a key for good; `None` if there is none with this public part. Closing it twice changes nothing.
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
