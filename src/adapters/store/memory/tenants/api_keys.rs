//! API keys, in memory.

use crate::adapters::store::{
    backend::{ApiKeyBytes, Entry, Reply},
    memory::store::Memory,
};

impl ApiKeyBytes for Memory {
    async fn put_api_key(&self, id: &str, record: Vec<u8>) -> Reply<()> {
        self.tables().api_keys.insert(id.to_owned(), record);
        Ok(())
    }

    async fn api_key(&self, id: &str) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().api_keys.get(id).cloned())
    }

    async fn api_keys(&self) -> Reply<Vec<Entry<String>>> {
        let entry = |(id, record): (&String, &Vec<u8>)| Entry { id: id.clone(), record: record.clone() };
        Ok(self.tables().api_keys.iter().map(entry).collect())
    }

    async fn remove_api_key(&self, id: &str) -> Reply<()> {
        self.tables().api_keys.remove(id);
        Ok(())
    }
}
