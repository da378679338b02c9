//! Alerts whose mail waits to leave.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Delivery, Suppressed};
use crate::domain::ids::AlertId;
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::waiting::Latest;
use crate::ports::unavailable::Unavailable;

/// An alert under a lease: who holds it may send its mail.
#[derive(Clone, Debug)]
pub struct LeasedAlert {
    /// The alert.
    pub alert: Alert,
    /// The mailbox.
    pub recipient: String,
    /// Why it was not mailed when it was raised: it is told together with what else was held or left out for this reason.
    pub held: Option<Suppressed>,
    /// The number of this attempt among those that count, from 1.
    pub attempt: u32,
    /// Since when it is tried: when it was raised, or last sent again.
    pub since: Timestamp,
    /// The fencing token: it has grown with every lease, and only the latest settles.
    pub fence: u64,
    /// The delivery under this lease: what its end is computed from, and bound to.
    pub delivery: Delivery,
}

/// Hands out the alerts that wait to be mailed, one worker at a time, and replaces their deliveries by what came of it.
///
/// Contract:
/// - Of many workers that ask at once, one gets an alert. Its fencing token is higher than any before it, and only the latest
///   ends the lease.
/// - A lease that is never ended runs out, and the alert is due again: a mail leaves at least once.
/// - What the tenant is to be told of an end is stored with it or, as it, not at all.
///
/// No rule stands here: what becomes of a delivery is computed in `domain/alert/delivery.rs`, with a row in its table for each
/// new way to change, and stores learn nothing new.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Leases up to `limit` alerts that are due at `now` and under no lease, in turn by tenant and of each the longest due
    /// first, until `lease_until`.
    /// Each lease counts as an attempt and raises the fencing token. After it has run out the alert is due again.
    /// If the last of a tenant's is held for a reason, all of theirs that are held until the same millisecond are leased with it, however
    /// many they are: they are told together.
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable>;

    /// Replaces a delivery by the next one, and stores what the tenant is to be told of that with it; or neither, if the
    /// delivery is another by now than `seen`: one with other attempts or in another state. Attempts and answer are not
    /// written, which change in other ways. `false` also where there is no such alert.
    async fn replace(
        &self,
        id: AlertId,
        seen: &Delivery,
        next: &Delivery,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable>;

    /// When the next alert is due, by lease or plan; none if none waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Has alerts due at `now` that are due later than is possible; returns how many. Leases among them go on to count as
    /// the latest until another is given.
    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable>;
}
