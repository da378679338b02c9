//! Which store this is, in memory.

use async_trait::async_trait;

use crate::{
    adapters::store::{memory::store::MemoryStore, record},
    domain::store_identity::{Found, StoreIdentity},
    ports::{IdentityStore, Unavailable},
};

#[async_trait]
impl IdentityStore for MemoryStore {
    async fn identity(&self) -> Result<Found, Unavailable> {
        let tables = self.tables();
        match &tables.identity {
            Some(line) => Ok(Found::Named(record::identity::decode(line)?)),
            None if tables.has_records() => Ok(Found::Unnamed),
            None => Ok(Found::Empty),
        }
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        let mut tables = self.tables();
        let is_as_read = tables.identity == was.map(record::identity::encode);
        if is_as_read {
            tables.identity = Some(record::identity::encode(is));
        }
        Ok(is_as_read)
    }
}
