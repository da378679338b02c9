//! Alerts whose mail waits to be sent.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Delivery, Suppressed};
use crate::domain::ids::AlertId;
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::waiting::Latest;
use crate::ports::unavailable::Unavailable;

/// An alert under a lease: its holder may send the mail.
#[derive(Clone, Debug)]
pub struct LeasedAlert {
    /// The alert.
    pub alert: Alert,
    /// The e-mail address.
    pub recipient: String,
    /// Why it was not mailed when it was raised. It is told together with others that were held back or left out for
    /// this reason.
    pub held: Option<Suppressed>,
    /// The number of this attempt among those that count, from 1.
    pub attempt: u32,
    /// Since when it is tried: since it was raised, or last sent again.
    pub since: Timestamp,
    /// The fencing token. It grows with every lease, and only the latest one settles.
    pub fence: u64,
    /// The delivery under this lease. The end of the lease is computed from it and bound to it.
    pub delivery: Delivery,
}

/// Leases alerts that wait to be mailed, each to one worker at a time, and replaces their deliveries.
///
/// Contract:
/// - Of several workers that ask at the same time, one gets an alert. Its fencing token is higher than any before, and
///   only the latest one ends the lease.
/// - A lease that is never ended runs out, and the alert is due again: a mail is sent at least once.
/// - The event for the tenant is stored together with the end of a lease, or neither is.
///
/// There is no rule here. A new way in which a delivery changes is computed in `domain/alert/delivery.rs`, with a row
/// in its table; stores learn nothing new.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Leases up to `limit` alerts that are due at `now` and not under a lease, until `lease_until`: for the tenants in
    /// turn, and of each tenant the longest due first. Each lease counts as an attempt and raises the fencing token.
    /// When it has run out, the alert is due again. If the last one of a tenant is held for a reason, all of the
    /// tenant's that are held until the same millisecond are leased with it, however many they are: they are told
    /// together.
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable>;

    /// Replaces a delivery by the next one and stores the event for the tenant with it; or does neither, if the stored
    /// delivery has another state or number of attempts than `seen`. The attempts and the answer are not written: they
    /// change in other ways. Also `false` if there is no such alert.
    async fn replace(
        &self,
        id: AlertId,
        seen: &Delivery,
        next: &Delivery,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable>;

    /// When the next alert is due, by its lease or plan; `None` if none waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Makes due at `now` the alerts that are due later than is possible. Returns how many. Leases among them still
    /// count as the latest until another is given.
    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable>;
}
