//! The identity of the store in memory.

use crate::adapters::store::{
    backend::{IdentityBytes, Reply},
    memory::store::Memory,
};

impl IdentityBytes for Memory {
    async fn identity(&self) -> Reply<Option<String>> {
        Ok(self.tables().identity.clone())
    }

    async fn has_records(&self) -> Reply<bool> {
        let it = self.tables();
        Ok(!(it.api_keys.is_empty() && it.profiles.is_empty() && it.logins.is_empty() && it.alerts.is_empty()))
    }

    async fn put_identity(&self, was: Option<String>, is: String) -> Reply<bool> {
        let mut tables = self.tables();
        let is_as_read = tables.identity == was;
        if is_as_read {
            tables.identity = Some(is);
        }
        Ok(is_as_read)
    }
}
