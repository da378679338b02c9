//! What backends keep for tenants: API keys, operators, webhooks, suppressions, policies.

use crate::{
    adapters::store::backend::rows::{Entry, Kept, Reply, Versioned},
    domain::{
        ids::{EmailKey, OperatorId, TenantId, WebhookId},
        operator::session::SessionKey,
        policy::policy::PolicyVersion,
        time::Timestamp,
    },
};

/// Keeps records of API keys.
pub trait ApiKeyBytes: Send + Sync {
    /// Adds or replaces a record.
    fn put_api_key(&self, id: &str, record: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;

    /// A record by the key's public part.
    fn api_key(&self, id: &str) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Every record, in any order.
    fn api_keys(&self) -> impl Future<Output = Reply<Vec<Entry<String>>>> + Send;

    /// Deletes a record.
    fn remove_api_key(&self, id: &str) -> impl Future<Output = Reply<()>> + Send;
}

/// Keeps records of operators.
pub trait OperatorBytes: Send + Sync {
    /// Every record, in any order.
    fn operators(&self) -> impl Future<Output = Reply<Vec<Entry<OperatorId>>>> + Send;

    /// A record, and how many times it was written.
    fn operator(&self, id: OperatorId) -> impl Future<Output = Reply<Option<Versioned>>> + Send;

    /// Replaces the record that was written `times` times; 0 adds it. `false` if it has been replaced since.
    fn put_operator(&self, id: OperatorId, times: u64, record: Vec<u8>) -> impl Future<Output = Reply<bool>> + Send;

    /// Deletes the record that was written `times` times. `false` if it has been replaced since.
    fn remove_operator(&self, id: OperatorId, times: u64) -> impl Future<Output = Reply<bool>> + Send;
}

/// Keeps records of operators' sessions, each until it expires or a little longer.
pub trait OperatorSessionBytes: Send + Sync {
    /// A record.
    fn operator_session(&self, key: SessionKey) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Adds a record.
    fn begin_operator_session(
        &self,
        key: SessionKey,
        record: Vec<u8>,
        kept: Kept,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// Replaces a record. `false`, and nothing is kept, if it is gone.
    fn renew_operator_session(
        &self,
        key: SessionKey,
        record: Vec<u8>,
        kept: Kept,
    ) -> impl Future<Output = Reply<bool>> + Send;

    /// Deletes a record.
    fn end_operator_session(&self, key: SessionKey) -> impl Future<Output = Reply<()>> + Send;
}

/// Keeps records of webhooks, and of the latest attempts to post to them.
pub trait WebhookBytes: Send + Sync {
    /// Adds or replaces a webhook.
    fn put_webhook(&self, tenant: &TenantId, id: WebhookId, record: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;

    /// A tenant's webhooks, in any order. Their ids are as they are stored, even if they are damaged.
    fn webhooks(&self, tenant: &TenantId) -> impl Future<Output = Reply<Vec<Entry<Vec<u8>>>>> + Send;

    /// Deletes a webhook and its attempts. `false` if the tenant has none with this id.
    fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> impl Future<Output = Reply<bool>> + Send;

    /// Keeps an attempt; the latest [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) of each webhook
    /// stay.
    fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;

    /// A webhook's attempts, the latest first.
    fn attempts(&self, webhook: WebhookId) -> impl Future<Output = Reply<Vec<Vec<u8>>>> + Send;
}

/// Keeps suppressions of e-mail addresses, each as the id of its cause, a space, and Unix milliseconds.
pub trait SuppressionBytes: Send + Sync {
    /// Adds a record, unless there is one. Returns whether there was none.
    fn suppress(&self, tenant: &TenantId, email: EmailKey, record: String) -> impl Future<Output = Reply<bool>> + Send;

    /// The records of these addresses, in the order asked.
    fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> impl Future<Output = Reply<Vec<Option<Vec<u8>>>>> + Send;

    /// Deletes a record; `false` if there was none.
    fn lift(&self, tenant: &TenantId, email: EmailKey) -> impl Future<Output = Reply<bool>> + Send;

    /// How many suppressions a tenant has, by the id of their cause.
    fn count_suppressions(&self, tenant: &TenantId) -> impl Future<Output = Reply<Vec<(String, u64)>>> + Send;
}

/// Keeps tenants' saved searches.
pub trait SavedSearchBytes: Send + Sync {
    /// A tenant's list, and how many times it was written.
    fn saved_searches(&self, tenant: &TenantId) -> impl Future<Output = Reply<Option<Versioned>>> + Send;

    /// Replaces the list that was written `times` times; 0 adds it. `false` if it has been replaced since.
    fn put_saved_searches(
        &self,
        tenant: &TenantId,
        times: u64,
        record: Vec<u8>,
    ) -> impl Future<Output = Reply<bool>> + Send;
}

/// Keeps tenants' changes of their policies, and policies that judged logins.
pub trait PolicyBytes: Send + Sync {
    /// A tenant's current change, and how many times it was written.
    fn policy(&self, tenant: &TenantId) -> impl Future<Output = Reply<Option<Versioned>>> + Send;

    /// Replaces the change that was written `times` times; 0 adds it. `false` if it has been replaced since.
    fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> impl Future<Output = Reply<bool>> + Send;

    /// Keeps a whole policy that judges logins at this time, or keeps it longer, as the port says.
    fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: Vec<u8>,
        at: Timestamp,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// A policy that was kept.
    fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Deletes policies that were kept.
    fn remove_policies(&self, tenant: &TenantId, versions: &[PolicyVersion]) -> impl Future<Output = Reply<()>> + Send;
}
