//! API keys.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{ApiKeyBytes, Entry},
        coded::store::Coded,
        name::Name,
        record::api_key,
    },
    domain::tenant::api_key::ApiKeyRecord,
    ports::{ApiKeyStore, Unavailable},
};

#[async_trait]
impl<Backend: ApiKeyBytes> ApiKeyStore for Coded<Backend> {
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        self.backend.put_api_key(&record.id, api_key::encode(&record)).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let record = self.backend.api_key(id).await?;
        let read = |it: Vec<u8>| self.read(Name::ApiKey(id), &it, api_key::decode);
        Ok(record.map(read).transpose()?)
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        let stored = self.backend.api_keys().await?;
        let read = |entry: &Entry<String>| self.read(Name::ApiKey(&entry.id), &entry.record, api_key::decode).ok();
        let mut keys: Vec<ApiKeyRecord> = stored.iter().filter_map(read).collect();
        keys.sort_unstable_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(keys)
    }

    async fn remove_api_key(&self, id: &str) -> Result<(), Unavailable> {
        self.backend.remove_api_key(id).await
    }
}
