//! API keys.

use async_trait::async_trait;

use crate::domain::tenant::api_key::ApiKeyRecord;
use crate::ports::unavailable::Unavailable;

/// Keeps the records of API keys: a hash of each secret, never the secret.
///
/// Contract: a key is found as soon as `put_api_key` has returned. Keys are deleted only with their tenant, so that it stays
/// known who could read what.
///
/// To add a property of keys, extend [`ApiKeyRecord`] and its stored form; the port does not change.
#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// Adds or replaces an API key's record.
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable>;

    /// An API key's record by its public part.
    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable>;

    /// Every API key's record, the oldest first.
    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable>;

    /// Deletes an API key's record, when its tenant is removed.
    async fn remove_api_key(&self, id: &str) -> Result<(), Unavailable>;
}
