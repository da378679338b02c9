//! API keys, in memory.

use async_trait::async_trait;

use crate::{
    adapters::store::{memory::store::MemoryStore, record},
    domain::tenant::api_key::ApiKeyRecord,
    ports::{ApiKeyStore, RecordKind, Unavailable},
};

#[async_trait]
impl ApiKeyStore for MemoryStore {
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        let bytes = record::api_key::encode(&record);
        self.tables().api_keys.insert(record.id, bytes);
        Ok(())
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let read = |it: &Vec<u8>| self.damage.note(RecordKind::ApiKey, || id.to_owned(), record::api_key::decode(it));
        Ok(self.tables().api_keys.get(id).map(read).transpose()?)
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        let tables = self.tables();
        let read = |(id, it): (&String, &Vec<u8>)| {
            self.damage.note(RecordKind::ApiKey, || id.clone(), record::api_key::decode(it)).ok()
        };
        let mut keys: Vec<ApiKeyRecord> = tables.api_keys.iter().filter_map(read).collect();
        keys.sort_unstable_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(keys)
    }
}
