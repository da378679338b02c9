//! Alerts whose mail waits to leave.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Suppressed};
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
}

/// How an attempt to send ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Settlement {
    /// The mail system has taken the mail.
    Sent,
    /// Again at this time, because of this.
    RetryAt(Timestamp, String),
    /// The same, and the attempt does not count: it failed of us.
    Postponed(Timestamp, String),
    /// It is held until this time, for this reason: nothing was tried, and nothing counts.
    Held(Timestamp, Suppressed),
    /// Never again, because of this: the mail was refused.
    Dead(String),
    /// No more by itself, because of this: it was tried for long enough, and may be sent again.
    GivenUp(String),
    /// Not at all, or not alone but in another one's mail, for this reason.
    Suppressed(Suppressed),
}

/// What became of the wish to send an alert again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeued {
    /// It is due now.
    Queued,
    /// Its recipient is forgotten, and none was given.
    NoRecipient,
    /// It was sent, or waits to be.
    NotOver,
    /// There is none of this name.
    Unknown,
}

/// Hands out the alerts that wait to be mailed, one worker at a time, and takes what came of it.
///
/// Contract:
/// - Of many workers that ask at once, one gets an alert. Its fencing token is higher than any before it, and only the latest
///   ends the lease.
/// - A lease that is never ended runs out, and the alert is due again: a mail leaves at least once.
/// - What the tenant is to be told of an end is stored with it or, as it, not at all.
///
/// A new way for a delivery to change is a variant of [`Settlement`] with a row in the contract test
/// (`tests/it/store/contract_lists.rs`), so that every backend learns it at once.
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

    /// Ends a lease. `false` if a later lease has been given since: then nothing changes. After `Sent`, `Dead` and
    /// `Suppressed` the recipient is forgotten. What the tenant is to be told of this end is stored with it or, as it, not
    /// at all.
    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable>;

    /// Has an alert that was given up or suppressed sent again, from `now` on and as a single mail, to `recipient` or else
    /// to the one that is remembered.
    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable>;

    /// Has an alert that was sent counted as failed, because of this. `false` if it is not one that was sent: then nothing
    /// changes, and the tenant is told nothing.
    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable>;

    /// When the next alert is due, by lease or plan; none if none waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Has alerts due at `now` that are due later than is possible; returns how many. Leases among them go on to count as
    /// the latest until another is given.
    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable>;
}
