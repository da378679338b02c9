//! Which store this is, in memory.

use crate::{
    adapters::store::{backend::IdentityBytes, memory::store::Memory},
    ports::Unavailable,
};

impl IdentityBytes for Memory {
    async fn identity(&self) -> Result<Option<String>, Unavailable> {
        Ok(self.tables().identity.clone())
    }

    async fn has_records(&self) -> Result<bool, Unavailable> {
        let it = self.tables();
        Ok(!(it.api_keys.is_empty() && it.profiles.is_empty() && it.logins.is_empty() && it.alerts.is_empty()))
    }

    async fn put_identity(&self, was: Option<String>, is: String) -> Result<bool, Unavailable> {
        let mut tables = self.tables();
        let is_as_read = tables.identity == was;
        if is_as_read {
            tables.identity = Some(is);
        }
        Ok(is_as_read)
    }
}
