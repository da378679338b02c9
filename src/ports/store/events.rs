//! What waits to be posted to webhooks.

use async_trait::async_trait;

use crate::domain::ids::WebhookId;
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::turns::Room;
use crate::domain::waiting::Latest;
use crate::ports::unavailable::Unavailable;

/// What waits to be posted: an event that nobody has taken up yet, or a message about it for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEvent {
    /// What has happened.
    pub event: TenantEvent,
    /// For which webhook, and what is posted there: the same bytes at every attempt. None until it is taken up.
    pub message: Option<(WebhookId, Vec<u8>)>,
    /// How many attempts have been counted so far.
    pub attempts: u32,
    /// The fencing token.
    pub fence: u64,
}

/// How the lease of something that waits to be posted ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSettlement {
    /// It is over: posted, given up, or wanted by nobody.
    Over,
    /// Again at this time, with so many attempts counted.
    RetryAt(Timestamp, u32),
    /// The event becomes a message for each of these webhooks, due at once.
    TakenUp(Vec<WebhookId>, Vec<u8>),
}

/// Hands out what waits to be posted to webhooks, one worker at a time, and takes what came of it.
///
/// Contract: as [`Outbox`](crate::ports::Outbox), and
/// - an event that is named again while it waits stays one event,
/// - a message carries the same bytes at every attempt,
/// - no more is leased of a tenant or for a webhook than there is [`Room`] for, so that a slow one holds up nobody.
///
/// A new way to end a lease is a variant of [`EventSettlement`], with a row in `tests/it/store/contract_events.rs`.
#[async_trait]
pub trait EventQueue: Send + Sync {
    /// Leases what waits to be posted, as [`Store::lease`] does alerts, and no more than there is [`Room`] for. An event
    /// that is named again while it waits stays one event.
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable>;

    /// Ends the lease of something that waits to be posted. `false` if a later lease has been given since, or it is over.
    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable>;

    /// When something is next due to be posted; none if nothing waits.
    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// The same for what waits to be posted.
    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable>;
}
