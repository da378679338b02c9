//! A look through the store in memory.

use std::time::Instant;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        damage::{hex, looked_at, try_read},
        memory::store::MemoryStore,
        name::Name,
    },
    ports::{Integrity, LookedThrough, RecordKind, Unavailable},
};

#[async_trait]
impl Integrity for MemoryStore {
    fn unreadable(&self) -> usize {
        self.damage.count(Instant::now())
    }

    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable> {
        let tables = self.tables();
        let mut found = LookedThrough::default();
        let mut look = |kind, id: String, bytes: &[u8]| looked_at(&mut found, kind, || id, try_read(kind, bytes));
        for (user, (_, bytes)) in tables.profiles.iter().take(limit) {
            look(RecordKind::Profile, hex(user), bytes);
        }
        for (id, it) in tables.logins.iter().rev().take(limit) {
            look(RecordKind::Login, id.to_string(), &it.record);
        }
        for (id, it) in tables.alerts.iter().rev().take(limit) {
            look(RecordKind::Alert, id.to_string(), &it.row.record);
        }
        for (id, bytes) in tables.api_keys.iter().take(limit) {
            look(RecordKind::ApiKey, id.clone(), bytes);
        }
        for (id, bytes) in tables.events.records() {
            look(RecordKind::Event, id.to_string(), bytes);
        }
        let mut look = |name: Name<'_>, bytes: &[u8]| look(name.kind(), name.id(), bytes);
        for ((tenant, id), bytes) in &tables.webhooks.webhooks {
            look(Name::Webhook(tenant, &id.0), bytes);
        }
        for (webhook, kept) in &tables.webhooks.attempts {
            for bytes in kept {
                look(Name::Attempt(*webhook, bytes), bytes);
            }
        }
        for (tenant, it) in &tables.policies.changes {
            look(Name::Policy(tenant, None), &it.record);
        }
        for ((tenant, version), (bytes, _)) in &tables.policies.kept {
            look(Name::Policy(tenant, Some(*version)), bytes);
        }
        for ((tenant, email), text) in &tables.suppressions {
            look(Name::Suppression(tenant, *email), text.as_bytes());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::TenantId,
        ports::{ApiKeyStore, WebhookStore},
    };

    #[tokio::test]
    async fn what_cannot_be_read_is_passed_over_counted_and_named() {
        let store = MemoryStore::new();
        store.tables().api_keys.insert("broken".to_owned(), vec![9, 9]);
        assert_eq!(store.unreadable(), 0, "nobody has met it");
        assert_eq!(store.api_keys().await.unwrap(), []);
        assert!(store.api_key("broken").await.is_err());
        assert_eq!(store.unreadable(), 1);
        let found = store.look_through(9).await.unwrap();
        let named: Vec<_> = found.unreadable.iter().map(|it| (it.kind, it.id.as_str())).collect();
        assert_eq!((found.records, named), (1, vec![(RecordKind::ApiKey, "broken")]));
        store.tables().api_keys.clear();
        assert_eq!(store.webhooks(&TenantId::parse("acme").unwrap()).await.unwrap(), []);
    }
}
