//! Webhooks and the attempts to post to them.

use async_trait::async_trait;

use crate::domain::ids::{TenantId, WebhookId};
use crate::domain::tenant::webhook::{Attempt, Webhook};
use crate::ports::unavailable::Unavailable;

/// Keeps each tenant's webhooks and the latest attempts to post to them.
///
/// Contract: a webhook is found as soon as `put_webhook` has returned; with it go its attempts.
///
/// A new field of a webhook goes into its stored form (`adapters/store/record/webhook.rs`), where what was stored without it
/// stays readable; the port does not change.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Adds or replaces a webhook.
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable>;

    /// A tenant's webhooks, the oldest first.
    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable>;

    /// Forgets a webhook and its attempts; `false` if the tenant has none of this name.
    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable>;

    /// Keeps what came of an attempt; of each webhook the latest
    /// [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) are kept.
    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable>;

    /// What came of the attempts of a webhook, the latest first.
    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable>;
}
