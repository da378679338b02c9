//! The arguments and results of backends.

use std::ops::Range;

use crate::{
    adapters::store::{
        prepared::PreparedEvent,
        record::{bytes::Malformed, delivery::DeliveryRow},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, EventId, LoginId, TenantId, UserKey, WebhookId},
        salt::Salt,
        time::Timestamp,
    },
    ports::Unavailable,
};

/// The result of a backend.
///
/// # Errors
/// The store does not answer.
pub type Reply<T> = Result<T, Unavailable>;

/// A record and its version.
#[derive(Clone, Debug)]
pub struct Versioned {
    /// How many times it has been written.
    pub version: u64,
    /// The record.
    pub record: Vec<u8>,
}

/// A record in a list, with its id.
#[derive(Clone, Debug)]
pub struct Entry<Id> {
    /// The id.
    pub id: Id,
    /// The record.
    pub record: Vec<u8>,
}

/// An entry of an index: an id and what is stored under it; `None` if the entry has outlived that.
#[derive(Clone, Debug)]
pub struct Listed<Id, Record> {
    /// The id.
    pub id: Id,
    /// What is stored.
    pub record: Option<Record>,
}

/// What the next decision about a user starts from, as it is stored.
#[derive(Debug, Default)]
pub struct LoadedBytes {
    /// The profile; `None` for an unknown user.
    pub profile: Option<Result<Versioned, Malformed>>,
    /// What is remembered under the idempotency key that was asked for: the hash of the body, and the login. `None` if
    /// nothing is, or it has expired.
    pub earlier: Option<([u8; 16], LoginId)>,
    /// The user's salt.
    pub salt: Option<Salt>,
    /// Whether the key is claimed for the login that is to be committed.
    pub claimed: bool,
}

/// A page of logins to be listed.
#[derive(Clone, Debug)]
pub struct LoginPage<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// The index.
    pub index: &'a LoginIndex,
    /// Those with `ids.start <= id < ids.end`.
    pub ids: Range<LoginId>,
    /// At most this many, and fewer only if there are no more.
    pub limit: usize,
}

/// A login that is listed.
pub type ListedLogin = Listed<LoginId, Vec<u8>>;

/// An entry of the index of logins by network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginEntry {
    /// The login.
    pub id: LoginId,
    /// The lowest byte of its address, hidden as the address is; `None` where nobody has written it.
    pub hidden_byte: Option<u8>,
}

/// What stands in the clear of some of a tenant's logins, newest first. The bytes of all lie behind one another: a search may
/// look at hundreds of thousands.
#[derive(Clone, Debug, Default)]
pub struct ClearRows {
    bytes: Vec<u8>,
    /// Each login, and where its bytes end.
    rows: Vec<(LoginId, usize)>,
    /// The next page has the logins below this id; `None` if this is the last page.
    pub next: Option<LoginId>,
}

impl ClearRows {
    /// Adds a login that is older than those before it, with the stored form of its facets; empty if nobody has written any.
    pub fn push(&mut self, id: LoginId, facets: &[u8]) {
        self.bytes.extend_from_slice(facets);
        self.rows.push((id, self.bytes.len()));
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Each login with the stored form of its facets.
    pub fn iter(&self) -> impl Iterator<Item = (LoginId, &[u8])> {
        let begins = std::iter::once(0).chain(self.rows.iter().map(|(_, end)| *end));
        self.rows.iter().zip(begins).map(|((id, end), begin)| (*id, self.bytes.get(begin..*end).unwrap_or_default()))
    }
}

/// An alert as it is stored.
#[derive(Clone, Debug)]
pub struct AlertRow {
    /// The part that never changes.
    pub record: Vec<u8>,
    /// The part that changes.
    pub delivery: DeliveryRow,
}

/// An alert that is listed.
pub type ListedAlert = Listed<AlertId, Result<AlertRow, Malformed>>;

/// An index of alerts.
#[derive(Clone, Copy, Debug)]
pub enum AlertIndex<'a> {
    /// A tenant's.
    Tenant(&'a TenantId),
    /// A user's.
    User(&'a UserKey),
}

/// Which of a tenant's alerts are asked for.
#[derive(Clone, Debug)]
pub struct AlertsIn<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// The states, by their ids.
    pub states: Vec<&'static str>,
    /// The answers, by their ids.
    pub answers: Vec<&'static str>,
    /// Those with `ids.start <= id < ids.end`.
    pub ids: Range<AlertId>,
}

/// A change of a delivery.
#[derive(Clone, Debug)]
pub struct DeliveryChange {
    /// The alert.
    pub id: AlertId,
    /// The delivery as it was read. Nothing changes if the stored one has another state or number of attempts.
    pub seen: DeliveryRow,
    /// The new delivery. Its attempts and answer are not written: they change in other ways.
    pub next: DeliveryRow,
    /// The event for the tenant, if any.
    pub event: Option<PreparedEvent>,
}

/// A lease of an event or a message.
#[derive(Clone, Copy, Debug)]
pub struct EventLease {
    /// The event.
    pub id: EventId,
    /// The webhook of a message; `None` for an event that nobody has taken up yet.
    pub webhook: Option<WebhookId>,
    /// The fencing token.
    pub fence: u64,
}

/// An event or message that was just leased.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// The lease.
    pub lease: EventLease,
    /// The event's record.
    pub record: Vec<u8>,
    /// The body of the message; empty for an event that nobody has taken up yet.
    pub body: Vec<u8>,
    /// How many attempts have counted.
    pub attempts: u32,
}

/// How long a record is kept at least: by the caller's clock, and as a backend with a clock of its own counts it.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Until this time.
    pub until: Timestamp,
    /// For this many milliseconds.
    pub life_ms: i64,
}
