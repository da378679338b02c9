//! What a backend keeps: bytes under keys, and beside them what it has to look at itself, such as when something is due.
//!
//! A backend knows no stored form: [`Coded`](crate::adapters::store::coded::store::Coded) turns values into bytes before it asks
//! a backend and reads them afterwards, for every backend alike, and so implements the ports. Here is one trait a subject, as
//! in `ports/store/`; what the ports promise of order, of versions and of what is stored together, a backend keeps.
//!
//! Every method is [`Unavailable`] where the store does not answer.

use std::ops::Range;

use crate::{
    adapters::store::record::{bytes::Malformed, delivery::DeliveryRow},
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, EmailKey, EventId, LoginId, TenantId, UserKey, WebhookId},
        policy::policy::PolicyVersion,
        time::Timestamp,
        waiting::Latest,
    },
    ports::{Count, Unavailable},
};

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

/// Keeps the line that tells which store this is.
pub trait IdentityBytes: Send + Sync {
    /// The line; none if there is none.
    fn identity(&self) -> impl Future<Output = Result<Option<String>, Unavailable>> + Send;

    /// Whether anything was stored: by an API key, or by an import without one.
    fn has_records(&self) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Replaces the line that was read, or adds it where there was none; `false` if it is another by now.
    fn put_identity(&self, was: Option<String>, is: String) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// What an index lists: an id, and what is stored under it; nothing if the entry has outlived that.
#[derive(Clone, Debug)]
pub struct Listed<Id, Record> {
    /// The id.
    pub id: Id,
    /// What is stored.
    pub record: Option<Record>,
}

/// Finds records of logins.
pub trait LoginBytes: Send + Sync {
    /// A record by its id. A backend that knows whose it is may keep back another tenant's.
    fn login(
        &self,
        tenant: &TenantId,
        id: LoginId,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;

    /// What an index lists, newest first: those with `ids.start <= id < ids.end`, at most `limit`, and fewer only if there are
    /// no more.
    fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Listed<LoginId, Vec<u8>>>, Unavailable>> + Send;
}

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

/// Finds alerts. Where a part of one has no form that a backend can read, it is [`Malformed`].
pub trait AlertBytes: Send + Sync {
    /// An alert by its id.
    fn alert(
        &self,
        id: AlertId,
    ) -> impl Future<Output = Result<Option<Result<AlertRow, Malformed>>, Unavailable>> + Send;

    /// Alerts below `before`, newest first, at most `limit`, and fewer only if there are no more.
    fn alerts(
        &self,
        index: AlertIndex<'_>,
        before: Option<AlertId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ListedAlert>, Unavailable>> + Send;
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

/// Keeps which alerts wait to be mailed.
pub trait OutboxBytes: Send + Sync {
    /// Leases what is due, in turn by tenant as the port says: a leased delivery is `sending`, has an attempt more, and is due
    /// when the lease ends. Returns them as they then are; those of which nothing is stored may be left out.
    fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ListedAlert>, Unavailable>> + Send;

    /// Replaces a delivery that is still as it was read, and adds the event, or does neither; whether it did.
    fn replace(&self, change: DeliveryChange) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// When the next is due.
    fn next_due(&self) -> impl Future<Output = Result<Option<Timestamp>, Unavailable>> + Send;

    /// Has due at `now` what is due later than is possible; how many.
    fn recall(&self, now: Timestamp, latest: &Latest) -> impl Future<Output = Result<u64, Unavailable>> + Send;
}

/// An event, encoded.
#[derive(Clone, Debug)]
pub struct PreparedEvent {
    /// The id.
    pub id: EventId,
    /// Who is told.
    pub tenant: TenantId,
    /// The record.
    pub record: Vec<u8>,
    /// When it is due to be taken up.
    pub due_at: Timestamp,
}

/// For how long a record is kept at least: by the caller's clock, and as a backend with a clock of its own counts it.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Until then.
    pub until: Timestamp,
    /// For so many milliseconds.
    pub life_ms: i64,
}

/// Keeps records of sessions.
pub trait SessionBytes: Send + Sync {
    /// A session's record.
    fn session(
        &self,
        user: &UserKey,
        key: [u8; 16],
    ) -> impl Future<Output = Result<Option<Versioned>, Unavailable>> + Send;

    /// Replaces the record of the version that `next` names, or adds it where that is 0; `false` if it is of another version by
    /// now.
    fn put_session(
        &self,
        user: &UserKey,
        key: [u8; 16],
        next: Versioned,
        kept: Kept,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Keeps records of API keys.
pub trait ApiKeyBytes: Send + Sync {
    /// Adds or replaces a record.
    fn put_api_key(&self, id: &str, record: Vec<u8>) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A record by the key's public part.
    fn api_key(&self, id: &str) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;

    /// Every record, in any order.
    fn api_keys(&self) -> impl Future<Output = Result<Vec<Entry<String>>, Unavailable>> + Send;
}

/// Keeps records of webhooks, and of the latest attempts to post to them.
pub trait WebhookBytes: Send + Sync {
    /// Adds or replaces a webhook.
    fn put_webhook(
        &self,
        tenant: &TenantId,
        id: WebhookId,
        record: Vec<u8>,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A tenant's webhooks, in any order. Ids are as they are stored, whatever stands in their place.
    fn webhooks(&self, tenant: &TenantId) -> impl Future<Output = Result<Vec<Entry<Vec<u8>>>, Unavailable>> + Send;

    /// Deletes a webhook and its attempts; `false` if the tenant has none of this id.
    fn remove_webhook(
        &self,
        tenant: &TenantId,
        id: WebhookId,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Keeps an attempt, and of each webhook the latest
    /// [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) of them.
    fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A webhook's attempts, the latest first.
    fn attempts(&self, webhook: WebhookId) -> impl Future<Output = Result<Vec<Vec<u8>>, Unavailable>> + Send;
}

/// Keeps why and since when addresses get no more mail: a cause's name, a space, and Unix milliseconds.
pub trait SuppressionBytes: Send + Sync {
    /// Adds a record unless there is one; whether there was none.
    fn suppress(
        &self,
        tenant: &TenantId,
        email: EmailKey,
        record: String,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Those of these that there are, in the order asked.
    fn suppressions(
        &self,
        asked: &[(TenantId, EmailKey)],
    ) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, Unavailable>> + Send;

    /// Deletes a record; `false` if there was none.
    fn lift(&self, tenant: &TenantId, email: EmailKey) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// How many a tenant has, by the name of their cause.
    fn count_suppressions(
        &self,
        tenant: &TenantId,
    ) -> impl Future<Output = Result<Vec<(String, u64)>, Unavailable>> + Send;
}

/// Counts. What is counted is no record.
pub trait CounterNumbers: Send + Sync {
    /// Adds to counters, as the port says.
    fn count(&self, counts: &[Count], now: Timestamp) -> impl Future<Output = Result<Vec<u64>, Unavailable>> + Send;
}

/// Keeps what tenants want to be different about their policies, and policies that judged logins.
pub trait PolicyBytes: Send + Sync {
    /// What a tenant wants, and how often that was written.
    fn policy(&self, tenant: &TenantId) -> impl Future<Output = Result<Option<Versioned>, Unavailable>> + Send;

    /// Replaces what was written so many times, or adds it where that is 0; `false` if it was written again by now.
    fn put_policy(
        &self,
        tenant: &TenantId,
        times: u64,
        record: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// Keeps a whole policy, or keeps it longer, as the port says.
    fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        record: Vec<u8>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// A policy that was kept.
    fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;
}
