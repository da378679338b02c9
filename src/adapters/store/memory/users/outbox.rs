//! Alerts whose mail waits to be sent, in memory.

use crate::{
    adapters::store::{
        backend::{DeliveryChange, Listed, ListedAlert, OutboxBytes, Reply},
        memory::store::{Memory, StoredAlert, Tables},
        record::delivery::DeliveryRow,
    },
    domain::{
        alert::alert::State,
        ids::AlertId,
        time::Timestamp,
        turns::{Candidate, Room, last_of_each},
        waiting::Latest,
    },
};

impl OutboxBytes for Memory {
    async fn lease(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Reply<Vec<ListedAlert>> {
        let mut tables = self.tables();
        let due = due(&tables, now, limit);
        let lease = |id| {
            let row = &mut tables.alerts.get_mut(&id)?.row;
            row.delivery.state = State::Sending.as_str().into();
            row.delivery.attempts += 1;
            row.delivery.due_at = Some(lease_until);
            Some(Listed { id, record: Some(Ok(row.clone())) })
        };
        Ok(due.into_iter().filter_map(lease).collect())
    }

    async fn replace(&self, change: DeliveryChange) -> Reply<bool> {
        let DeliveryChange { id, seen, next, event } = change;
        let mut tables = self.tables();
        let Some(stored) = tables.alerts.get_mut(&id) else { return Ok(false) };
        let is = &mut stored.row.delivery;
        let is_as_seen = is.is_still(&seen);
        if is_as_seen {
            let (answer, beside) = (is.answer.clone(), is.beside.clone());
            *is = DeliveryRow { attempts: is.attempts, answer, beside, ..next };
            if let Some(event) = event {
                tables.insert_event(event);
            }
        }
        Ok(is_as_seen)
    }

    async fn next_due(&self) -> Reply<Option<Timestamp>> {
        Ok(self.tables().alerts.values().filter_map(|it| it.row.delivery.due_at).min())
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        let mut hastened = 0;
        for alert in self.tables().alerts.values_mut() {
            let delivery = &mut alert.row.delivery;
            let latest =
                latest.of(delivery.state == State::Sending.as_str(), delivery.suppressed.is_some(), delivery.attempts);
            if delivery.due_at.is_some_and(|due_at| due_at > latest) {
                delivery.due_at = Some(now);
                hastened += 1;
            }
        }
        Ok(hastened)
    }
}

/// What is due, for the tenants in turn; with the last of a tenant's, if it is held, all that is held until the same
/// time.
fn due(tables: &Tables, now: Timestamp, limit: usize) -> Vec<AlertId> {
    let due_at = |it: &StoredAlert| it.row.delivery.due_at.filter(|&it| it <= now);
    let candidate = |(id, alert): (&AlertId, &StoredAlert)| {
        let tenant = alert.tenant.as_str().to_owned();
        Some(Candidate { tenant, webhook: None, due_at: due_at(alert)?, name: *id })
    };
    let all: Vec<Candidate<AlertId>> = tables.alerts.iter().filter_map(candidate).collect();
    let picked = Room::of(limit).pick(all.clone());
    let held = |id: AlertId| tables.alerts.get(&id).is_some_and(|it| it.row.delivery.suppressed.is_some());
    let mut due: Vec<AlertId> = picked.iter().map(|it| it.name).collect();
    for last in last_of_each(&picked).into_iter().filter(|it| held(it.name)) {
        let with = |candidate: &&Candidate<AlertId>| candidate.tenant == last.tenant && candidate.due_at == last.due_at;
        due.extend(all.iter().filter(with).map(|it| it.name).filter(|id| *id > last.name && held(*id)));
    }
    due
}
