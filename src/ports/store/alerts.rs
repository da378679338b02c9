//! Alerts, and the delivery of their mails.

use std::{collections::HashMap, ops::Range};

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Delivery};
use crate::domain::alert::selection::AlertSelection;
use crate::domain::ids::{AlertId, TenantId, UserKey};
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// Finds alerts and their deliveries. [`ProfileStore`](crate::ports::ProfileStore) writes them and
/// [`Outbox`](crate::ports::Outbox) changes them.
///
/// Contract:
/// - A delivery under a lease that has run out by `now` is shown as queued.
/// - A list leaves out what cannot be read. If it is asked for by its id, the answer is [`Unavailable`].
/// - An alert is found by its id, whichever tenant it belongs to. The caller compares the tenant, since a link in a
///   mail does not name one.
///
/// A new method must return an order that every backend has an index for: no backend may scan all alerts.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// An alert by id, of any tenant: the caller compares it.
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable>;

    /// A tenant's alerts, newest first, with ids below `before`, at most `limit`.
    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable>;

    /// A user's alerts, newest first, with ids below `before`, at most `limit`.
    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable>;

    /// A tenant's alerts that are selected, with `ids.start <= id < ids.end`, newest first; `None` if there are more than
    /// `most`. Those that are not selected cost little: a backend passes them over by an index, or without sending them.
    async fn selected_alerts(
        &self,
        tenant: &TenantId,
        selection: &AlertSelection,
        ids: Range<AlertId>,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<Vec<(Alert, Delivery)>>, Unavailable>;

    /// The deliveries of these alerts, without those that are gone or cannot be read. The caller knows that the alerts are of
    /// its tenant.
    async fn deliveries(&self, ids: &[AlertId], now: Timestamp) -> Result<HashMap<AlertId, Delivery>, Unavailable>;
}
