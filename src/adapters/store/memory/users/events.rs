//! Events and messages that wait to be posted to webhooks, in memory.

use crate::{
    adapters::store::{
        backend::{EventBytes, EventLease, EventRow, Reply},
        memory::store::{EventName, Memory, Waiting},
    },
    domain::{
        time::Timestamp,
        turns::{Candidate, Room},
        waiting::Latest,
    },
    ports::EventSettlement,
};

impl EventBytes for Memory {
    async fn lease_events(&self, now: Timestamp, lease_until: Timestamp, room: &Room) -> Reply<Vec<EventRow>> {
        let mut tables = self.tables();
        let candidate = |(name, waiting): (&EventName, &Waiting)| {
            let (tenant, due_at) = (waiting.tenant.as_str().to_owned(), waiting.due_at);
            Candidate { tenant, webhook: name.1, due_at, name: *name }
        };
        let due = room.pick(tables.waiting.iter().filter(|(_, it)| it.due_at <= now).map(candidate).collect());
        let lease = |picked: Candidate<EventName>| {
            let waiting = tables.waiting.get_mut(&picked.name)?;
            (waiting.fence, waiting.due_at, waiting.is_leased) = (waiting.fence + 1, lease_until, true);
            let lease = EventLease { id: picked.name.0, webhook: picked.name.1, fence: waiting.fence };
            Some(EventRow {
                lease,
                record: waiting.record.clone(),
                body: waiting.body.clone(),
                attempts: waiting.attempts,
            })
        };
        Ok(due.into_iter().filter_map(lease).collect())
    }

    async fn settle_event(&self, lease: EventLease, now: Timestamp, settlement: EventSettlement) -> Reply<bool> {
        let (mut tables, name) = (self.tables(), (lease.id, lease.webhook));
        let Some(waiting) = tables.waiting.get_mut(&name).filter(|it| it.fence == lease.fence) else {
            return Ok(false);
        };
        match settlement {
            EventSettlement::RetryAt(due_at, attempts) => {
                (waiting.due_at, waiting.attempts, waiting.is_leased) = (due_at, attempts, false);
            }
            EventSettlement::Over => drop(tables.waiting.remove(&name)),
            EventSettlement::TakenUp(webhooks, body) => {
                let message = Waiting { body, attempts: 0, fence: 0, due_at: now, is_leased: false, ..waiting.clone() };
                tables.waiting.remove(&name);
                for webhook in webhooks {
                    tables.waiting.entry((lease.id, Some(webhook))).or_insert(message.clone());
                }
            }
        }
        Ok(true)
    }

    async fn next_event_due(&self) -> Reply<Option<Timestamp>> {
        Ok(self.tables().waiting.values().map(|it| it.due_at).min())
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        let mut tables = self.tables();
        let far = tables
            .waiting
            .values_mut()
            .filter(|waiting| waiting.due_at > latest.of(waiting.is_leased, false, waiting.attempts));
        Ok(far.map(|it| it.due_at = now).count() as u64)
    }
}
