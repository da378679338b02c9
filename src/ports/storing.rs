//! What is kept.

use std::ops::Range;

use async_trait::async_trait;

use crate::domain::{
    alert::{
        alert::{Alert, Answer, Delivery, Suppressed},
        suppression::{Cause, Suppression},
    },
    history::{
        login_record::{LoginIndex, LoginRecord},
        session::Session,
    },
    ids::{AlertId, EmailKey, LoginId, PrefixKey, TenantId, UserKey, WebhookId},
    tenant::{
        api_key::ApiKeyRecord,
        webhook::{Attempt, TenantEvent, Webhook},
    },
    time::Timestamp,
    turns::Room,
    user::profile::Profile,
};
use crate::ports::{
    identity::IdentityStore,
    integrity::Integrity,
    policies::PolicyStore,
    unavailable::{Unavailable, Unfit},
    upkeep::Upkeep,
};

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

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What: a keyed hash.
    pub key: [u8; 16],
    /// How many more; 0 only asks.
    pub add: u64,
    /// When the counter starts from nought again, if it starts with this.
    pub expires_at: Timestamp,
}

/// What waits to be posted: an event that nobody has taken up yet, or a message about it for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedEvent {
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

/// Keeps profiles, logins, alerts, API keys, webhooks, dead addresses and counters; as [`PolicyStore`] policies, and as
/// [`IdentityStore`] its own name; forgets as [`Upkeep`]. It knows no rule: it compares no devices and reads no threshold.
///
/// - A user's data lives in the partition of their [`UserKey`]; one commit touches one partition and is atomic in it.
/// - What an `Ok` has acknowledged survives a crash, as far as the store's settings promise it.
/// - Every call ends within a bounded time, with [`Unavailable`] if need be.
/// - One contract test (`tests/it/store`) runs over every implementation.
#[async_trait]
pub trait Store: IdentityStore + PolicyStore + Upkeep + Integrity {
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

    /// Puts a tenant's mailbox on the list of those that get no more mail, unless it is there already; whether it was not.
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable>;

    /// Which of these mailboxes are on the list, in the order asked.
    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable>;

    /// Takes a mailbox off the list; `false` if it was not there.
    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable>;

    /// How many mailboxes of a tenant are on the list, by cause; a cause without any may be missing.
    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable>;

    /// Adds to counters and returns what they then stand at, in the order given. A counter starts at nought, with the
    /// first that is added to it, and again once it has expired.
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable>;

    /// What is known of a user's session, and its version.
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable>;

    /// Replaces a session of this version, or adds it with version 0; `false` if it is of another version by now. It is
    /// kept for at least so many milliseconds from `now`.
    async fn put_session(
        &self,
        user: &UserKey,
        key: [u8; 16],
        version: u64,
        session: &Session,
        (now, life_ms): (Timestamp, i64),
    ) -> Result<bool, Unavailable>;

    /// When the next alert is due, by lease or plan; none if none waits.
    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// Leases what waits to be posted, as [`Store::lease`] does alerts, and no more than there is [`Room`] for. An event
    /// that is named again while it waits stays one event.
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable>;

    /// Ends the lease of something that waits to be posted. `false` if a later lease has been given since, or it is over.
    async fn settle_event(
        &self,
        leased: &LeasedEvent,
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
    /// [`MAX_ATTEMPTS`](crate::domain::tenant::webhook::MAX_ATTEMPTS) are kept.
    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable>;

    /// What came of the attempts of a webhook, the latest first.
    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable>;

    /// Adds or replaces an API key's record.
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable>;

    /// An API key's record by its public part.
    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable>;

    /// Every API key's record, the oldest first.
    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable>;

    /// Whether reading and writing would work now, and whether what was acknowledged is where the next start looks for it.
    async fn probe(&self) -> Result<(), Unfit>;
}
