//! Alerts, in memory.

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow, AlertsIn, Listed, ListedAlert, Reply},
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

    async fn alerts_named(&self, ids: &[AlertId]) -> Reply<Vec<ListedAlert>> {
        let alerts = &self.tables().alerts;
        Ok(ids.iter().map(|id| Listed { id: *id, record: alerts.get(id).map(|it| Ok(it.row.clone())) }).collect())
    }

    async fn alerts_in(&self, asked: AlertsIn<'_>, limit: usize) -> Reply<Vec<AlertId>> {
        let is_asked = |alert: &StoredAlert| {
            let delivery = &alert.row.delivery;
            alert.tenant == *asked.tenant
                && asked.states.contains(&&*delivery.state)
                && asked.answers.contains(&&*delivery.answer.answer)
        };
        let tables = self.tables();
        let found = tables.alerts.range(asked.ids.clone()).filter(|(_, alert)| is_asked(alert));
        Ok(found.map(|(id, _)| *id).take(limit).collect())
    }
}
