//! What the services need of the world: six traits. Their contracts are prose here and tests in `tests/it`.

use std::{net::IpAddr, ops::Range};

use async_trait::async_trait;

use crate::domain::{
    agent::Agent,
    alert::{Alert, Answer, Delivery},
    api_key::ApiKeyRecord,
    history::{LoginIndex, LoginRecord},
    ids::{AlertId, LoginId, PrefixKey, TenantId, UserKey, WebhookId},
    notice::Notice,
    place::Whereabouts,
    profile::Profile,
    time::Timestamp,
    webhook::{Attempt, TenantEvent, Webhook},
};

/// Tells the time. The one door to the wall clock.
pub trait Clock: Send + Sync {
    /// The time now. May go back when the machine's clock is set.
    fn now(&self) -> Timestamp;
}

/// Reads user agents.
pub trait Agents: Send + Sync {
    /// What a user agent says of browser and system. Total: of a text that says nothing, nothing is known.
    fn parse(&self, user_agent: &str) -> Agent;
}

/// Knows where addresses are.
pub trait Geo: Send + Sync {
    /// Place and network of an address. Addresses that are not on the public Internet have neither. Never fails: a
    /// database that cannot be read knows nothing, and says so in [`Geo::databases`].
    fn locate(&self, address: IpAddr) -> Whereabouts;

    /// The databases in use and those that were refused, for `/readyz` and `watchlight geoip status`.
    fn databases(&self) -> Vec<DatabaseStatus>;

    /// Whom the licences of the databases in use ask to be named wherever a place is shown, by host name; `None` if they
    /// ask for nothing.
    fn credit(&self) -> Option<&'static str> {
        None
    }
}

/// A database of places: what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// The file's name, without its folder.
    pub file: String,
    /// What its metadata call it: `GeoLite2-City`.
    pub database_type: String,
    /// When it was built.
    pub built_at: Timestamp,
    /// Why it is not in use; none if it is.
    pub refused: Option<String>,
}

/// The store cannot answer now: the reason, for our log and never for a caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is unavailable: {0}")]
pub struct Unavailable(pub String);

/// Why a commit did not happen. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// The profile has changed since it was loaded: load it and decide again.
    #[error("the profile has changed since it was loaded")]
    Stale,
    /// A login of this idempotency key is stored already: load it and answer with it.
    #[error("a login with this idempotency key is stored already")]
    Duplicate,
    /// The store cannot answer. Whether the commit happened is not known; committing the same again is safe, because
    /// identifiers and idempotency keys are derived: it happens once or is a [`CommitError::Duplicate`].
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is remembered of a request under an idempotency key, for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Keyed hash of tenant and idempotency key.
    pub key: [u8; 16],
    /// Keyed hash of the request's body.
    pub body: [u8; 16],
    /// From when on it is forgotten.
    pub expires_at: Timestamp,
}

/// What a user's next decision starts from.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The profile's version, to be given back with the commit; 0 if there is no profile.
    pub version: u64,
    /// The profile; empty for an unknown user.
    pub profile: Profile,
    /// What is remembered under the idempotency key that was asked about, not expired: the body's hash and the login.
    pub earlier: Option<([u8; 16], LoginId)>,
}

/// One login to be stored.
#[derive(Clone, Debug)]
pub struct LoginWrite {
    /// The login.
    pub record: LoginRecord,
    /// What makes a retry recognizable.
    pub idempotency: Option<Idempotency>,
    /// The alert that it raises, and how it starts.
    pub alert: Option<(Alert, Delivery)>,
    /// Index entry: the network.
    pub prefix: PrefixKey,
}

/// Everything that one decision changes: it is stored whole or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Whose profile.
    pub tenant: TenantId,
    /// The user, and with it the partition.
    pub user: UserKey,
    /// The version that was loaded.
    pub version: u64,
    /// The profile from now on; `None` to leave it, and its version, as they are.
    pub profile: Option<Profile>,
    /// Logins, in the order in which they were decided; mostly one.
    pub logins: Vec<LoginWrite>,
    /// What the user has said about alerts.
    pub answers: Vec<(AlertId, Answer)>,
    /// What the tenant is to be told of; of this user's alerts only.
    pub events: Vec<TenantEvent>,
    /// The time now, from which expiry counts.
    pub now: Timestamp,
}

/// An alert under a lease: who holds it may send its mail.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The alert.
    pub alert: Alert,
    /// The mailbox.
    pub recipient: String,
    /// The number of this attempt, from 1.
    pub attempt: u32,
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
    /// Never again, because of this.
    Dead(String),
}

/// What waits to be posted: an event that nobody has taken up yet, or a message about it for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedEvent {
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

/// Keeps profiles, logins, alerts, API keys and webhooks. It knows no rule: it compares no devices and reads no threshold.
///
/// - A user's data lives in the partition of their [`UserKey`]; one commit touches one partition and is atomic in it.
/// - What an `Ok` has acknowledged survives a crash, as far as the store's settings promise it.
/// - Every call ends within a bounded time, with [`Unavailable`] if need be.
/// - One contract test (`tests/it/store`) runs over every implementation.
#[async_trait]
pub trait Store: Send + Sync {
    /// A user's profile, and what is remembered under an idempotency key of this tenant: also if another user's login
    /// used it (`now` tells what has expired).
    async fn load(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
    ) -> Result<Loaded, Unavailable>;

    /// Stores everything or nothing. `Stale` if the version is not the loaded one, also where `profile` is `None` and
    /// where there was no profile; `Duplicate` if an idempotency key is taken, which is looked at first. A login whose
    /// identifier is stored already is a `Duplicate` too.
    async fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// A login by name; another tenant's is not found.
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable>;

    /// Logins under an index, newest first: those with `ids.start <= id < ids.end`, at most `limit`.
    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable>;

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

    /// Leases up to `limit` alerts that are due at `now` and under no lease, the longest due first, until `lease_until`.
    /// Each lease counts as an attempt and raises the fencing token. After it has run out the alert is due again.
    async fn claim(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Result<Vec<Claimed>, Unavailable>;

    /// Ends a lease. `false` if a later lease has been given since: then nothing changes. After `Sent` and `Dead` the
    /// recipient is forgotten. What the tenant is to be told of this end is stored with it or, as it, not at all.
    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable>;

    /// When the next alert is due, by lease or plan; none if none waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Leases what waits to be posted, as [`Store::claim`] does alerts. An event that is named again while it waits
    /// stays one event.
    async fn claim_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ClaimedEvent>, Unavailable>;

    /// Ends the lease of something that waits to be posted. `false` if a later lease has been given since, or it is over.
    async fn settle_event(
        &self,
        claimed: &ClaimedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable>;

    /// When something is next due to be posted; none if nothing waits.
    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Adds or replaces a webhook.
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable>;

    /// A tenant's webhooks, the oldest first.
    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable>;

    /// Forgets a webhook and its attempts; `false` if the tenant has none of this name.
    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable>;

    /// Keeps what came of an attempt; of each webhook the latest
    /// [`MAX_ATTEMPTS`](crate::domain::webhook::MAX_ATTEMPTS) are kept.
    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable>;

    /// What came of the attempts of a webhook, the latest first.
    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable>;

    /// Adds or replaces an API key's record.
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable>;

    /// An API key's record by its public part.
    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable>;

    /// Every API key's record, the oldest first.
    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable>;

    /// Forgets logins and settled alerts before `cutoff` and idempotency records expired at `now`; returns how many
    /// logins went. May take several calls: 0 means that nothing is left to do.
    async fn trim(&self, now: Timestamp, cutoff: Timestamp) -> Result<u64, Unavailable>;

    /// Whether reading and writing would work now.
    async fn probe(&self) -> Result<(), Unavailable>;
}

/// Why a mail did not leave.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailFault {
    /// The mail system refuses this mail for good.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// It may work later. Includes the case that it is not known whether the mail was taken.
    #[error("not now: {0}")]
    Transient(String),
    /// The mail system refuses *us* (credentials, policy, no TLS): nobody's mail would leave.
    #[error("the mail system refuses us: {0}")]
    Transport(String),
}

/// Writes and sends mails. The same notice always makes the same mail, with the same Message-ID, but for the time of
/// sending. A user's text never becomes a header, a link or markup.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends the mail.
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault>;

    /// Whether the mail system answers.
    async fn probe(&self) -> Result<(), MailFault>;
}

/// Mails that were written to a folder, for looking at them while developing.
pub trait Mailbox: Send + Sync {
    /// The mails, newest first, at most `limit`. A file that cannot be read is passed over.
    fn list(&self, limit: usize) -> Vec<MailboxEntry>;

    /// One mail by the name that `list` gave; `None` for any other name.
    fn read(&self, name: &str) -> Option<MailboxMail>;
}

/// A mail in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxEntry {
    /// What names it: letters, digits, `_`, `-`.
    pub name: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The `Date` header as written.
    pub date: String,
}

/// A mail to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxMail {
    /// Its headers, in order, decoded.
    pub headers: Vec<(String, String)>,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Posts messages to tenants' webhooks: to the public Internet only, unless the operator allows more, whatever the
/// address resolves to; without following redirects; and within 15 seconds.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Whether messages may be posted to `url`, as far as it tells by itself.
    ///
    /// # Errors
    /// What is wrong, in words that go on after the field's name.
    fn check(&self, url: &str) -> Result<(), &'static str>;

    /// Posts `body`, which is JSON, with these headers; the status of the answer.
    ///
    /// # Errors
    /// Why there is no answer, in words of ours: nothing of what was sent or answered, and no address.
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &[u8]) -> Result<u16, String>;
}
