//! Alerts, in memory.

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow, Listed, ListedAlert, Reply},
        memory::store::{Memory, StoredAlert},
        record::bytes::Malformed,
    },
    domain::ids::AlertId,
};

impl AlertBytes for Memory {
    async fn alert(&self, id: AlertId) -> Reply<Option<Result<AlertRow, Malformed>>> {
        Ok(self.tables().alerts.get(&id).map(|it| Ok(it.row.clone())))
    }

    async fn alerts(&self, index: AlertIndex<'_>, before: Option<AlertId>, limit: usize) -> Reply<Vec<ListedAlert>> {
        let asked = |alert: &StoredAlert| match index {
            AlertIndex::Tenant(tenant) => alert.tenant == *tenant,
            AlertIndex::User(user) => alert.user == *user,
        };
        let tables = self.tables();
        let below = tables.alerts.iter().rev().filter(|(id, alert)| before.is_none_or(|it| **id < it) && asked(alert));
        let listed = |(id, alert): (&AlertId, &StoredAlert)| Listed { id: *id, record: Some(Ok(alert.row.clone())) };
        Ok(below.take(limit).map(listed).collect())
    }
}
