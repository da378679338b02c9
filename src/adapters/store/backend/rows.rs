//! What backends are given and give back.

use std::ops::Range;

use crate::{
    adapters::store::{
        prepared::PreparedEvent,
        record::{bytes::Malformed, delivery::DeliveryRow},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, EventId, LoginId, TenantId, UserKey, WebhookId},
        time::Timestamp,
    },
    ports::Unavailable,
};

/// What a backend replies.
///
/// # Errors
/// The store does not answer.
pub type Reply<T> = Result<T, Unavailable>;

/// A record and its version.
#[derive(Clone, Debug)]
pub struct Versioned {
    /// How often it was written.
    pub version: u64,
    /// The record.
    pub record: Vec<u8>,
}

/// A record of a list, and its id there.
#[derive(Clone, Debug)]
pub struct Entry<Id> {
    /// The id.
    pub id: Id,
    /// The record.
    pub record: Vec<u8>,
}

/// What an index lists: an id, and what is stored under it; nothing if the entry has outlived that.
#[derive(Clone, Debug)]
pub struct Listed<Id, Record> {
    /// The id.
    pub id: Id,
    /// What is stored.
    pub record: Option<Record>,
}

/// What a user's next decision starts from, as it is stored.
#[derive(Debug, Default)]
pub struct LoadedBytes {
    /// The profile; none for an unknown user.
    pub profile: Option<Result<Versioned, Malformed>>,
    /// What is remembered under the idempotency key that was asked about, not expired: the body's hash and the login.
    pub earlier: Option<([u8; 16], LoginId)>,
}

/// Which logins are listed.
#[derive(Clone, Debug)]
pub struct LoginPage<'a> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Under which index.
    pub index: &'a LoginIndex,
    /// Those with `ids.start <= id < ids.end`.
    pub ids: Range<LoginId>,
    /// So many at most, and fewer only if there are no more.
    pub limit: usize,
}

/// A login that is listed.
pub type ListedLogin = Listed<LoginId, Vec<u8>>;

/// An alert as it is stored.
#[derive(Clone, Debug)]
pub struct AlertRow {
    /// What never changes about it.
    pub record: Vec<u8>,
    /// What does.
    pub delivery: DeliveryRow,
}

/// An alert that is listed.
pub type ListedAlert = Listed<AlertId, Result<AlertRow, Malformed>>;

/// Whose alerts are listed.
#[derive(Clone, Copy, Debug)]
pub enum AlertIndex<'a> {
    /// A tenant's.
    Tenant(&'a TenantId),
    /// A user's.
    User(&'a UserKey),
}

/// A change of a delivery.
#[derive(Clone, Debug)]
pub struct DeliveryChange {
    /// The alert.
    pub id: AlertId,
    /// The delivery as it was read: nothing changes if it has another state or number of attempts by now.
    pub seen: DeliveryRow,
    /// The delivery from now on; of it neither the attempts nor the answer are written, which change in other ways.
    pub next: DeliveryRow,
    /// What the tenant is to be told of it.
    pub event: Option<PreparedEvent>,
}

/// A lease of something that waits to be posted.
#[derive(Clone, Copy, Debug)]
pub struct EventLease {
    /// The event.
    pub id: EventId,
    /// The webhook that a message is for; none for an event that nobody has taken up yet.
    pub webhook: Option<WebhookId>,
    /// The fencing token.
    pub fence: u64,
}

/// Something that waits to be posted and was just leased.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// The lease.
    pub lease: EventLease,
    /// The event's record.
    pub record: Vec<u8>,
    /// What is posted; empty for an event that nobody has taken up yet.
    pub body: Vec<u8>,
    /// How many attempts have been counted.
    pub attempts: u32,
}

/// For how long a record is kept at least: by the caller's clock, and as a backend with a clock of its own counts it.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Until then.
    pub until: Timestamp,
    /// For so many milliseconds.
    pub life_ms: i64,
}
