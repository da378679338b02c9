//! Removing tenants, in memory. Each step is the whole.

use crate::{
    adapters::store::{
        backend::{Entry, FoundBy, Holder, HolderPage, RemovalBytes, RemovalLedgerBytes, Reply},
        memory::store::{Memory, Tables},
    },
    domain::{
        ids::{LoginId, Partition, ReceiptId, TenantId, UserKey, WebhookId},
        privacy::removal::{RemovalBegun, Removed, TenantStock},
    },
};

impl RemovalBytes for Memory {
    async fn tenants(&self) -> Reply<Vec<TenantId>> {
        let tables = self.tables();
        let of_logins = tables.logins.values().map(|it| &it.tenant);
        let of_webhooks = tables.webhooks.webhooks.keys().map(|(tenant, _)| tenant);
        let of_others = tables.week_salts.keys().map(|(tenant, _)| tenant).chain(tables.policies.changes.keys());
        Ok(of_logins.chain(of_webhooks).chain(of_others).cloned().collect())
    }

    async fn stock_of(&self, tenant: &TenantId) -> Reply<TenantStock> {
        let tables = self.tables();
        let logins = tables.logins.values().filter(|it| it.tenant == *tenant).count() as u64;
        Ok(TenantStock { logins, alerts: tables.alerts.values().filter(|it| it.tenant == *tenant).count() as u64 })
    }

    async fn begin_removal(&self, begun: &RemovalBegun) -> Reply<RemovalBegun> {
        let removed = Removed { api_keys: begun.api_keys, webhooks: begun.webhooks, ..Removed::default() };
        let mut tables = self.tables();
        Ok(tables.removing.entry(begun.tenant.clone()).or_insert((begun.clone(), removed)).0.clone())
    }

    async fn removals_begun(&self) -> Reply<Vec<RemovalBegun>> {
        Ok(self.tables().removing.values().map(|(begun, _)| begun.clone()).collect())
    }

    async fn holders(&self, _from: Option<Vec<u8>>, _limit: usize) -> Reply<HolderPage> {
        let tables = self.tables();
        let user = |hash: &[u8; 16]| UserKey { hash: *hash, partition: Partition(0) };
        let profiles = tables.profiles.iter().map(|(hash, profile)| Holder {
            user: user(hash),
            by: FoundBy::Profile,
            record: profile.record.clone(),
        });
        let sessions = tables.sessions.iter().map(|(key, session)| Holder {
            user: user(&session.user),
            by: FoundBy::Session(*key),
            record: session.stored.record.clone(),
        });
        let notes = tables.notes.iter().map(|((hash, id), (_, record))| Holder {
            user: UserKey { hash: *hash, partition: id.partition() },
            by: FoundBy::Note(*id),
            record: record.clone(),
        });
        Ok(HolderPage { rows: profiles.chain(sessions).chain(notes).collect(), next: None })
    }

    async fn remove_rest(&self, tenant: &TenantId) -> Reply<bool> {
        remove_rest(&mut self.tables(), tenant);
        Ok(false)
    }

    async fn removed_by(&self, begun: &RemovalBegun) -> Reply<Removed> {
        let tables = self.tables();
        let under_way = tables.removing.get(&begun.tenant).filter(|(it, _)| it.at == begun.at);
        Ok(under_way.map(|(_, removed)| *removed).unwrap_or_default())
    }

    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId, record: Vec<u8>) -> Reply<bool> {
        let mut tables = self.tables();
        let is_under_way = tables.removing.get(&begun.tenant).is_some_and(|(it, _)| it.at == begun.at);
        if is_under_way {
            tables.removing.remove(&begun.tenant);
            tables.removals.insert(receipt, record);
        }
        Ok(is_under_way)
    }
}

impl RemovalLedgerBytes for Memory {
    async fn removals(&self) -> Reply<Vec<Entry<ReceiptId>>> {
        let tables = self.tables();
        Ok(tables.removals.iter().map(|(id, record)| Entry { id: *id, record: record.clone() }).collect())
    }

    async fn enter_removal(&self, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        self.tables().removals.insert(receipt, record);
        Ok(())
    }
}

fn remove_rest(tables: &mut Tables, tenant: &TenantId) {
    let webhooks = tables.webhooks.webhooks.keys().filter(|(of, _)| of == tenant);
    let webhooks: Vec<WebhookId> = webhooks.map(|(_, id)| *id).collect();
    tables.webhooks.attempts.retain(|id, _| !webhooks.contains(id));
    tables.webhooks.webhooks.retain(|(of, _), _| of != tenant);
    tables.waiting.retain(|_, it| it.tenant != *tenant);
    tables.requests.retain(|_, it| it.name.tenant != *tenant);
    tables.suppressions.retain(|(of, _), _| of != tenant);
    tables.restricted.retain(|(of, _)| of != tenant);
    tables.week_salts.retain(|(of, _), _| of != tenant);
    tables.policies.changes.remove(tenant);
    tables.saved_searches.remove(tenant);
    tables.policies.kept.retain(|(of, _), _| of != tenant);
    tables.alerts.retain(|_, it| it.tenant != *tenant);
    tables.commits.retain(|(_, _, it)| it.tenant != *tenant);
    let logins: Vec<LoginId> = tables.logins.iter().filter(|(_, it)| it.tenant == *tenant).map(|(id, _)| *id).collect();
    for id in logins {
        tables.forget_login(id);
    }
    tables.tallies.retain(|(of, _), _| of != tenant);
}
