//! Alerts and what became of their mails.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Delivery};
use crate::domain::ids::{AlertId, TenantId, UserKey};
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// Finds alerts and what became of their mails. They are written by [`ProfileStore`](crate::ports::ProfileStore) and
/// changed by [`Outbox`](crate::ports::Outbox).
///
/// Contract:
/// - A delivery under a lease that has run out by `now` is shown as queued.
/// - A list leaves out what cannot be read; asked for by its id, it is [`Unavailable`].
///
/// - An alert is found by its id whoever's it is: the caller compares the tenant, because a link in a mail names none.
///
/// A new method needs an order that each backend keeps an index for: no backend may look through all alerts.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// An alert by name, whoever's it is: the caller compares the tenant.
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable>;

    /// A tenant's alerts, newest first: those below `before`, at most `limit`.
    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable>;

    /// A user's alerts, newest first: those below `before`, at most `limit`.
    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable>;
}
