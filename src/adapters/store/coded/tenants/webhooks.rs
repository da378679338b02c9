//! Webhooks and the attempts to post to them.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Entry, WebhookBytes},
        coded::store::Coded,
        name::Name,
        record::{attempt, webhook},
    },
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::{Attempt, Webhook},
    },
    ports::{Unavailable, WebhookStore},
};

#[async_trait]
impl<Backend: WebhookBytes> WebhookStore for Coded<Backend> {
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        self.backend.put_webhook(&webhook.tenant, webhook.id, webhook::encode(&webhook)).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        let stored = self.backend.webhooks(tenant).await?;
        let read =
            |entry: &Entry<Vec<u8>>| self.read(Name::Webhook(tenant, &entry.id), &entry.record, webhook::decode).ok();
        let mut webhooks: Vec<Webhook> = stored.iter().filter_map(read).collect();
        webhooks.sort_unstable_by_key(|it| it.id);
        Ok(webhooks)
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        self.backend.remove_webhook(tenant, id).await
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.backend.put_attempt(webhook, attempt::encode(&attempt)).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        let stored = self.backend.attempts(webhook).await?;
        let read = |record: &Vec<u8>| self.read(Name::Attempt(webhook, record), record, attempt::decode).ok();
        Ok(stored.iter().filter_map(read).collect())
    }
}
