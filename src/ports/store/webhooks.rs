//! Webhooks and the attempts to post to them.

use async_trait::async_trait;

use crate::domain::ids::{TenantId, WebhookId};
use crate::domain::tenant::webhook::{Attempt, Webhook};
use crate::ports::unavailable::Unavailable;

/// Keeps each tenant's webhooks, and the latest attempts to post to them.
///
/// Contract: a webhook is found as soon as `put_webhook` has returned. Deleting it deletes its attempts.
///
/// To add a field to webhooks, extend the stored form (`adapters/store/record/webhook.rs`) such that records without it
/// can still be read; the port does not change.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Adds or replaces a webhook.
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable>;

    /// A tenant's webhooks, the oldest first.
    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable>;

    /// Deletes a webhook and its attempts. `false` if the tenant has none with this id.
    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable>;

    /// Stores the result of an attempt. The latest [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) of
    /// each webhook are kept.
    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable>;

    /// The results of the attempts to post to a webhook, the latest first.
    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable>;
}
