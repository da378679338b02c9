//! API keys, in memory.

use crate::{
    adapters::store::{
        backend::{ApiKeyBytes, Entry},
        memory::store::Memory,
    },
    ports::Unavailable,
};

impl ApiKeyBytes for Memory {
    async fn put_api_key(&self, id: &str, record: Vec<u8>) -> Result<(), Unavailable> {
        self.tables().api_keys.insert(id.to_owned(), record);
        Ok(())
    }

    async fn api_key(&self, id: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.tables().api_keys.get(id).cloned())
    }

    async fn api_keys(&self) -> Result<Vec<Entry<String>>, Unavailable> {
        let entry = |(id, record): (&String, &Vec<u8>)| Entry { id: id.clone(), record: record.clone() };
        Ok(self.tables().api_keys.iter().map(entry).collect())
    }
}
