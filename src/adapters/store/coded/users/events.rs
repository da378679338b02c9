//! Events and messages that wait to be posted to webhooks.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{EventBytes, EventLease, EventRow},
        coded::store::Coded,
        name::Name,
        record::event,
    },
    domain::{time::Timestamp, turns::Room, waiting::Latest},
    ports::{EventQueue, EventSettlement, LeasedEvent, Unavailable},
};

#[async_trait]
impl<Backend: EventBytes> EventQueue for Coded<Backend> {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        let leased = self.backend.lease_events(now, lease_until, room).await?;
        // A record that cannot be read must not hold up the others.
        let read = |row: EventRow| {
            let event = self.read(Name::Event(row.lease.id), &row.record, event::decode).ok()?;
            let message = row.lease.webhook.map(|webhook| (webhook, row.body));
            Some(LeasedEvent { event, message, attempts: row.attempts, fence: row.lease.fence })
        };
        Ok(leased.into_iter().filter_map(read).collect())
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        let webhook = leased.message.as_ref().map(|(webhook, _)| *webhook);
        let lease = EventLease { id: leased.event.id, webhook, fence: leased.fence };
        self.backend.settle_event(lease, now, settlement).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.next_event_due().await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.backend.recall_events(now, latest).await
    }
}
