//! What backends keep of tenants: API keys, webhooks, suppressions, policies.

use crate::{
    adapters::store::backend::rows::{Entry, Versioned},
    domain::{
        ids::{EmailKey, TenantId, WebhookId},
        policy::policy::PolicyVersion,
        time::Timestamp,
    },
    ports::Unavailable,
};

/// Keeps records of API keys.
pub trait ApiKeyBytes: Send + Sync {
    /// Adds or replaces a record.
    fn put_api_key(&self, id: &str, record: Vec<u8>) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A record by the key's public part.
    fn api_key(&self, id: &str) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;

    /// Every record, in any order.
    fn api_keys(&self) -> impl Future<Output = Result<Vec<Entry<String>>, Unavailable>> + Send;
}

/// Keeps records of webhooks, and of the latest attempts to post to them.
pub trait WebhookBytes: Send + Sync {
    /// Adds or replaces a webhook.
    fn put_webhook(
        &self,
        tenant: &TenantId,
        id: WebhookId,
        record: Vec<u8>,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A tenant's webhooks, in any order. Ids are as they are stored, whatever stands in their place.
    fn webhooks(&self, tenant: &TenantId) -> impl Future<Output = Result<Vec<Entry<Vec<u8>>>, Unavailable>> + Send;

    /// Deletes a webhook and its attempts; `false` if the tenant has none of this id.
    fn remove_webhook(
        &self,
        tenant: &TenantId,
        id: WebhookId,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Keeps an attempt, and of each webhook the latest
    /// [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) of them.
    fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A webhook's attempts, the latest first.
    fn attempts(&self, webhook: WebhookId) -> impl Future<Output = Result<Vec<Vec<u8>>, Unavailable>> + Send;
}

/// Keeps why and since when addresses get no more mail: a cause's name, a space, and Unix milliseconds.
pub trait SuppressionBytes: Send + Sync {
    /// Adds a record unless there is one; whether there was none.
    fn suppress(
        &self,
        tenant: &TenantId,
        email: EmailKey,
        record: String,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Those of these that there are, in the order asked.
    fn suppressions(
        &self,
        asked: &[(TenantId, EmailKey)],
    ) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, Unavailable>> + Send;

    /// Deletes a record; `false` if there was none.
    fn lift(&self, tenant: &TenantId, email: EmailKey) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// How many a tenant has, by the name of their cause.
    fn count_suppressions(
        &self,
        tenant: &TenantId,
    ) -> impl Future<Output = Result<Vec<(String, u64)>, Unavailable>> + Send;
}

/// Keeps what tenants want to be different about their policies, and policies that judged logins.
pub trait PolicyBytes: Send + Sync {
    /// What a tenant wants, and how often that was written.
    fn policy(&self, tenant: &TenantId) -> impl Future<Output = Result<Option<Versioned>, Unavailable>> + Send;

    /// Replaces what was written so many times, or adds it where that is 0; `false` if it was written again by now.
    fn put_policy(
        &self,
        tenant: &TenantId,
        times: u64,
        record: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Keeps a whole policy, or keeps it longer, as the port says.
    fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        record: Vec<u8>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A policy that was kept.
    fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;
}
