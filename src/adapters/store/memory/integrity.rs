//! Reads through the store in memory.

use std::sync::Arc;

use crate::{
    adapters::store::{
        backend::{Examine, IntegrityBytes, Reply},
        damage::{hex, looked_at},
        memory::store::Memory,
        name::Name,
    },
    ports::{LookedThrough, RecordKind},
};

impl IntegrityBytes for Memory {
    async fn look_through(&self, limit: usize, examine: Arc<dyn Examine>) -> Reply<LookedThrough> {
        let tables = self.tables();
        let mut found = LookedThrough::default();
        for (user, profile) in tables.profiles.iter().take(limit) {
            let read = examine.record(RecordKind::Profile, user, &profile.record);
            looked_at(&mut found, RecordKind::Profile, || hex(user), read);
        }
        for (id, alert) in tables.alerts.iter().rev().take(limit) {
            looked_at(&mut found, RecordKind::Alert, || id.to_string(), examine.alert(*id, alert.row.clone()));
        }
        for ((user, fingerprint), browser) in tables.browsers.iter().take(limit) {
            let read = examine.record(RecordKind::Browser, &[&user[..], fingerprint].concat(), &browser.record);
            looked_at(&mut found, RecordKind::Browser, || format!("{} {}", hex(user), hex(fingerprint)), read);
        }
        let mut look = |name: Name<'_>, bytes: &[u8]| {
            let read = examine.record(name.kind(), name.key(), bytes);
            looked_at(&mut found, name.kind(), || name.id(), read);
        };
        for (id, login) in tables.logins.iter().rev().take(limit) {
            look(Name::Login(*id), &login.record);
        }
        for (id, bytes) in tables.api_keys.iter().take(limit) {
            look(Name::ApiKey(id), bytes);
        }
        for (id, stored) in tables.operators.iter().take(limit) {
            look(Name::Operator(*id), &stored.record);
        }
        for (id, request) in tables.requests.iter().rev().take(limit) {
            look(Name::Request(*id), &request.stored.record);
        }
        for ((id, _), waiting) in tables.waiting.iter().take(limit) {
            look(Name::Event(*id), &waiting.record);
        }
        for ((tenant, id), bytes) in tables.webhooks.webhooks.iter().take(limit) {
            look(Name::Webhook(tenant, &id.0), bytes);
        }
        for (webhook, kept) in &tables.webhooks.attempts {
            for bytes in kept {
                look(Name::Attempt(*webhook, bytes), bytes);
            }
        }
        for (tenant, change) in tables.policies.changes.iter().take(limit) {
            look(Name::Policy(tenant, None), &change.record);
        }
        for ((tenant, version), (bytes, _)) in tables.policies.kept.iter().take(limit) {
            look(Name::Policy(tenant, Some(*version)), bytes);
        }
        for ((_, id), (_, bytes)) in tables.notes.iter().take(limit) {
            look(Name::Note(*id), bytes);
        }
        for ((tenant, email), text) in tables.suppressions.iter().take(limit) {
            look(Name::Suppression(tenant, *email), text.as_bytes());
        }
        for (tenant, audit) in &tables.audits {
            for (number, row) in audit.rows.iter().rev().take(limit) {
                look(Name::Audit(tenant, *number), &row.record);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::store::memory::store::MemoryStore,
        domain::ids::TenantId,
        ports::{ApiKeyStore, Integrity, WebhookStore},
    };

    #[tokio::test]
    async fn what_cannot_be_read_is_passed_over_counted_and_named() {
        let store = MemoryStore::new();
        store.backend.tables().api_keys.insert("broken".to_owned(), vec![9, 9]);
        assert_eq!(store.unreadable(), 0, "nobody has met it");
        assert_eq!(store.api_keys().await.unwrap(), []);
        assert!(store.api_key("broken").await.is_err());
        assert_eq!(store.unreadable(), 1);
        let found = store.look_through(9).await.unwrap();
        let named: Vec<_> = found.unreadable.iter().map(|record| (record.kind, record.id.as_str())).collect();
        assert_eq!((found.records, named), (1, vec![(RecordKind::ApiKey, "broken")]));
        store.backend.tables().api_keys.clear();
        assert_eq!(store.webhooks(&TenantId::parse("acme").unwrap()).await.unwrap(), []);
    }
}
