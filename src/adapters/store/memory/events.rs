//! What the store in memory keeps of what waits to be posted to webhooks.

use std::collections::BTreeMap;

use crate::{
    adapters::store::{backend::PreparedEvent, damage::Damage, prepared::leased_event},
    domain::{
        ids::{EventId, TenantId, WebhookId},
        time::Timestamp,
        turns::{Candidate, Room},
        waiting::Latest,
    },
    ports::{EventSettlement, LeasedEvent, RecordKind},
};

/// An event, and the webhook if it is a message for one already.
type Name = (EventId, Option<WebhookId>);

/// What waits to be posted.
#[derive(Debug, Default)]
pub struct EventTables {
    waiting: BTreeMap<Name, Waiting>,
}

#[derive(Clone, Debug)]
struct Waiting {
    tenant: TenantId,
    record: Vec<u8>,
    body: Vec<u8>,
    attempts: u32,
    fence: u64,
    due_at: Timestamp,
    is_leased: bool,
}

impl EventTables {
    /// Adds an event, unless it waits already.
    pub fn insert(&mut self, event: PreparedEvent) {
        let PreparedEvent { id, tenant, record, due_at } = event;
        self.wait(
            (id, None),
            Waiting { tenant, record, body: Vec::new(), attempts: 0, fence: 0, due_at, is_leased: false },
        );
    }

    fn wait(&mut self, name: Name, waiting: Waiting) {
        self.waiting.entry(name).or_insert(waiting);
    }

    /// Leases what is due, in turn.
    pub fn lease(&mut self, damage: &Damage, now: Timestamp, lease_until: Timestamp, room: &Room) -> Vec<LeasedEvent> {
        let candidate = |(name, it): (&Name, &Waiting)| {
            let (tenant, due_at) = (it.tenant.as_str().to_owned(), it.due_at);
            Candidate { tenant, webhook: name.1, due_at, name: *name }
        };
        let due = room.pick(self.waiting.iter().filter(|(_, it)| it.due_at <= now).map(candidate).collect());
        let mut lease = |name: Name| {
            let it = self.waiting.get_mut(&name)?;
            (it.fence, it.due_at, it.is_leased) = (it.fence + 1, lease_until, true);
            let message = name.1.map(|webhook| (webhook, it.body.clone()));
            let lease = leased_event(&it.record, message, it.attempts, it.fence);
            damage.note(RecordKind::Event, || name.0.to_string(), lease).ok()
        };
        due.into_iter().filter_map(|it| lease(it.name)).collect()
    }

    /// Ends a lease, if it is the latest.
    pub fn settle(&mut self, leased: &LeasedEvent, now: Timestamp, settlement: EventSettlement) -> bool {
        let name = (leased.event.id, leased.message.as_ref().map(|(webhook, _)| *webhook));
        let Some(waiting) = self.waiting.get_mut(&name).filter(|it| it.fence == leased.fence) else { return false };
        match settlement {
            EventSettlement::RetryAt(due_at, attempts) => {
                (waiting.due_at, waiting.attempts, waiting.is_leased) = (due_at, attempts, false);
            }
            EventSettlement::Over => drop(self.waiting.remove(&name)),
            EventSettlement::TakenUp(webhooks, body) => {
                let message = Waiting { body, attempts: 0, fence: 0, due_at: now, is_leased: false, ..waiting.clone() };
                self.waiting.remove(&name);
                for it in webhooks {
                    self.wait((name.0, Some(it)), message.clone());
                }
            }
        }
        true
    }

    /// Has due now what waits for longer than it can; how many.
    pub fn recall(&mut self, now: Timestamp, latest: &Latest) -> u64 {
        let far = self.waiting.values_mut().filter(|it| it.due_at > latest.of(it.is_leased, false, it.attempts));
        far.map(|it| it.due_at = now).count() as u64
    }

    /// When something is next due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.waiting.values().map(|it| it.due_at).min()
    }

    /// Every record, by the id of its event.
    pub fn records(&self) -> impl Iterator<Item = (EventId, &[u8])> {
        self.waiting.iter().map(|((id, _), it)| (*id, &it.record[..]))
    }
}
