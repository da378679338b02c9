//! Events and messages that wait to be posted to webhooks.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{EventBytes, EventLease, EventRow, SaltBytes},
        coded::{
            sealing::layout::{self, is_sealed},
            store::Coded,
        },
        name::Name,
        record::{bytes::Malformed, event},
    },
    domain::{ids::EventId, time::Timestamp, turns::Room, waiting::Latest},
    ports::{EventQueue, EventSettlement, LeasedEvent, Unavailable},
};

#[async_trait]
impl<Backend: EventBytes + SaltBytes> EventQueue for Coded<Backend> {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        let mut leased = Vec::new();
        for row in self.backend.lease_events(now, lease_until, room).await? {
            let lease = row.lease;
            match self.read_event(row).await? {
                Ok(Some(event)) => leased.push(event),
                // Its user was forgotten.
                Ok(None) => drop(self.backend.settle_event(lease, now, EventSettlement::Over).await?),
                // A record that cannot be read must not hold up the others.
                Err(_) => {}
            }
        }
        Ok(leased)
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        let webhook = leased.message.as_ref().map(|(webhook, _)| *webhook);
        let lease = EventLease { id: leased.event.id, webhook, fence: leased.fence };
        let settlement = match (settlement, &leased.user) {
            (EventSettlement::TakenUp(webhooks, body), Some(user)) => {
                match self.known_key_of(&leased.event.tenant, user).await? {
                    Some(key) => {
                        EventSettlement::TakenUp(webhooks, layout::seal_part(&key, &place_of_body(lease.id), &body))
                    }
                    // Forgotten meanwhile: nobody is told.
                    None => EventSettlement::Over,
                }
            }
            (settlement, _) => settlement,
        };
        self.backend.settle_event(lease, now, settlement).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.next_event_due().await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.backend.recall_events(now, latest).await
    }
}

/// The place of the body of messages about an event, which all have the same.
#[must_use]
pub fn place_of_body(id: EventId) -> Vec<u8> {
    [&Name::Event(id).place()[..], b" body"].concat()
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// Reads what was leased; `None` if it is a message about a user who was forgotten.
    async fn read_event(&self, row: EventRow) -> Result<Result<Option<LeasedEvent>, Malformed>, Unavailable> {
        let EventRow { lease, record, body, attempts } = row;
        let (event, user) = match self.read(Name::Event(lease.id), &record, event::decode) {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        let body = match &user {
            Some(user) if is_sealed(&body) => match self.known_key_of(&event.tenant, user).await? {
                Some(key) => layout::open_part(&key, &place_of_body(lease.id), &body).map_err(|_| Malformed::Sealed),
                None => return Ok(Ok(None)),
            },
            _ => Ok(body),
        };
        let body = match self.noted(Name::Event(lease.id), body) {
            Ok(body) => body,
            Err(fault) => return Ok(Err(fault)),
        };
        let message = lease.webhook.map(|webhook| (webhook, body));
        Ok(Ok(Some(LeasedEvent { event, user, message, attempts, fence: lease.fence })))
    }
}
