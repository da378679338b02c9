//! Events and messages that wait to be posted to webhooks.

use async_trait::async_trait;

use crate::domain::ids::{UserKey, WebhookId};
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::turns::Room;
use crate::domain::waiting::Latest;
use crate::ports::unavailable::Unavailable;

/// A piece of work under a lease: an event that nobody has taken up yet, or the message about it to one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEvent {
    /// The event.
    pub event: TenantEvent,
    /// The user whom it is about; `None` for one that is about nobody, or that an earlier version stored.
    pub user: Option<UserKey>,
    /// The webhook and the body of the message, which is the same at every attempt. `None` until the event is taken up.
    pub message: Option<(WebhookId, Vec<u8>)>,
    /// How many attempts have counted so far.
    pub attempts: u32,
    /// The fencing token. It grows with every lease, and only the latest one settles.
    pub fence: u64,
}

/// How a lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSettlement {
    /// It is done: posted, given up, or wanted by no webhook.
    Over,
    /// It is due again at this time, with this many attempts counted.
    RetryAt(Timestamp, u32),
    /// The event becomes a message to each of these webhooks, with this body, due at once.
    TakenUp(Vec<WebhookId>, Vec<u8>),
}

/// Leases events and messages, each to one worker at a time, and stores what became of them.
///
/// Contract: that of [`Outbox`](crate::ports::Outbox), and
/// - an event that is queued again while it waits stays a single event,
/// - a message about a user who was forgotten is never leased, and is gone,
/// - a message has the same body at every attempt,
/// - no more is leased for a tenant or a webhook than there is [`Room`] for, so that a slow one does not hold up the
///   others.
///
/// To add a way in which a lease ends, add a variant to [`EventSettlement`] and a row to
/// `tests/it/store/contract/events.rs`.
#[async_trait]
pub trait EventQueue: Send + Sync {
    /// Leases what is due, in the order of [`Outbox::lease`](crate::ports::Outbox::lease), and no more than there is
    /// [`Room`] for.
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable>;

    /// Ends a lease. `false`, and nothing changes, if there has been a later lease or the work is done.
    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable>;

    /// When work is next due; `None` if none waits.
    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// As [`Outbox::recall`](crate::ports::Outbox::recall), for events and messages.
    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable>;
}
