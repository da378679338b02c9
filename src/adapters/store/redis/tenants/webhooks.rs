//! Webhooks and the attempts to post to them.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{Entry, Reply, WebhookBytes},
        redis::{
            server::{
                link::{Batch, QUICK},
                tenant_keys,
            },
            store::Redis,
        },
    },
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::MAX_ATTEMPTS,
    },
};

impl WebhookBytes for Redis {
    async fn put_webhook(&self, tenant: &TenantId, id: WebhookId, record: Vec<u8>) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("HSET").arg(tenant_keys::webhooks(tenant)).arg(&id.0[..]).arg(record).ignore();
        self.link.ask(QUICK, &ask).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Reply<Vec<Entry<Vec<u8>>>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(tenant_keys::webhooks(tenant));
        let (records,): (HashMap<Vec<u8>, Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        Ok(records.into_iter().map(|(id, record)| Entry { id, record }).collect())
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Reply<bool> {
        let mut ask = Batch::new();
        ask.cmd("HDEL").arg(tenant_keys::webhooks(tenant)).arg(&id.0[..]);
        let (removed,): (bool,) = self.link.ask(QUICK, &ask).await?;
        if removed {
            let mut forget = Batch::new();
            forget.cmd("DEL").arg(tenant_keys::attempts(id)).ignore();
            self.link.ask::<()>(QUICK, &forget).await?;
        }
        Ok(removed)
    }

    async fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> Reply<()> {
        let key = tenant_keys::attempts(webhook);
        let mut ask = Batch::new();
        ask.cmd("LPUSH").arg(&key).arg(record).ignore();
        ask.cmd("LTRIM").arg(&key).arg(0).arg(MAX_ATTEMPTS - 1).ignore();
        self.link.ask(QUICK, &ask).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Reply<Vec<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("LRANGE").arg(tenant_keys::attempts(webhook)).arg(0).arg(-1);
        let (records,) = self.link.ask(QUICK, &ask).await?;
        Ok(records)
    }
}
