//! Webhooks and the attempts to post to them, in memory.

use crate::{
    adapters::store::{
        backend::{Entry, Reply, WebhookBytes},
        memory::store::Memory,
    },
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::MAX_ATTEMPTS,
    },
};

impl WebhookBytes for Memory {
    async fn put_webhook(&self, tenant: &TenantId, id: WebhookId, record: Vec<u8>) -> Reply<()> {
        self.tables().webhooks.webhooks.insert((tenant.clone(), id), record);
        Ok(())
    }

    async fn webhooks(&self, tenant: &TenantId) -> Reply<Vec<Entry<Vec<u8>>>> {
        let tables = self.tables();
        let theirs = tables.webhooks.webhooks.iter().filter(|((owner, _), _)| owner == tenant);
        Ok(theirs.map(|((_, id), record)| Entry { id: id.0.to_vec(), record: record.clone() }).collect())
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Reply<bool> {
        let mut tables = self.tables();
        let removed = tables.webhooks.webhooks.remove(&(tenant.clone(), id)).is_some();
        if removed {
            tables.webhooks.attempts.remove(&id);
        }
        Ok(removed)
    }

    async fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> Reply<()> {
        let mut tables = self.tables();
        let kept = tables.webhooks.attempts.entry(webhook).or_default();
        kept.push_front(record);
        kept.truncate(MAX_ATTEMPTS);
        Ok(())
    }

    async fn attempts(&self, webhook: WebhookId) -> Reply<Vec<Vec<u8>>> {
        Ok(self.tables().webhooks.attempts.get(&webhook).into_iter().flatten().cloned().collect())
    }
}
