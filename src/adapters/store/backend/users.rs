//! What backends keep for users: profiles, logins and their browsers, alerts and the work that they cause, sessions.

use std::ops::Range;

use crate::{
    adapters::store::{
        backend::rows::{
            AlertIndex, AlertRow, AlertsIn, ClearRows, DeliveryChange, EventLease, EventRow, Kept, ListedAlert,
            ListedLogin, LoadedBytes, LoginEntry, LoginPage, Reply, Versioned,
        },
        prepared::PreparedCommit,
        record::bytes::Malformed,
    },
    domain::{
        history::{clue::Stretch, kept_browser::BrowserKey},
        ids::{AlertId, ClueKey, LoginId, Partitions, PrefixKey, TenantId, UserKey},
        time::Timestamp,
        turns::Room,
        waiting::Latest,
    },
    ports::{CommitError, CommitPosition, Commits, EventSettlement, Idempotency},
};

/// Keeps profiles, and stores what one decision changes.
pub trait ProfileBytes: Send + Sync {
    /// A user's profile, what is remembered under an idempotency key, unless its login is gone, and, if that is asked for,
    /// the user's salt, all in one round trip.
    fn load(
        &self,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
        with_salt: bool,
    ) -> impl Future<Output = Reply<LoadedBytes>> + Send;

    /// The same for this login, which is to be committed under this key: the backend may claim it.
    fn load_to_commit(
        &self,
        user: &UserKey,
        _login: LoginId,
        named: &Idempotency,
        now: Timestamp,
        with_salt: bool,
    ) -> impl Future<Output = Reply<LoadedBytes>> + Send {
        self.load(user, Some(named.key), now, with_salt)
    }

    /// Stores everything or nothing, as the port says; and nothing, as stale, if the user's salt is another than the
    /// commit was sealed with. An idempotency key whose login is gone is free. Of a user's browsers
    /// that are too many those go first that nobody got in with, then the longest unseen. An alert or event that is stored already stays as it is.
    fn commit(&self, commit: PreparedCommit) -> impl Future<Output = Result<(), CommitError>> + Send;

    /// How many commits it takes best at the same time.
    fn commits_at_once(&self) -> usize;

    /// Says that very many commits come, as the port says.
    fn expect_many(&self) {}
}

/// Finds records of logins.
pub trait LoginBytes: Send + Sync {
    /// A record by its id. A backend that knows the login's tenant need not return another tenant's.
    fn login(&self, tenant: &TenantId, id: LoginId) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Records by their ids, in the order asked.
    fn logins_named(&self, ids: &[LoginId]) -> impl Future<Output = Reply<Vec<Option<Vec<u8>>>>> + Send;

    /// What an index lists, newest first.
    fn logins(&self, page: LoginPage<'_>) -> impl Future<Output = Reply<Vec<ListedLogin>>> + Send;

    /// The entries of one network with ids in this range, newest first, at most `limit` and fewer only if there are no more, without
    /// reading what they lead to.
    fn entries(
        &self,
        tenant: &TenantId,
        network: PrefixKey,
        ids: Range<LoginId>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<LoginEntry>>> + Send;

    /// What stands in the clear of a tenant's logins with ids in this range, newest first: about `limit`, and at least one if
    /// there is one. Those of other partitions than these may be left out.
    fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        partitions: &Partitions,
        limit: usize,
    ) -> impl Future<Output = Reply<ClearRows>> + Send;
}

/// Which clues are asked for.
#[derive(Clone, Copy, Debug)]
pub struct CluesAsked<'a> {
    /// By what they are known.
    pub keys: &'a [ClueKey],
    /// Those that lead to `from <= lead < below`, by bytes.
    pub from: &'a [u8],
    /// See above.
    pub below: &'a [u8],
    /// The highest of each key, at least so many if there are; of stretches and partitions each so many at most.
    pub limit: usize,
    /// The time now, which tells for which stretches there may be clues.
    pub now: Timestamp,
}

/// A clue to be deleted.
#[derive(Clone, Debug)]
pub struct ClueTrace {
    /// Of this stretch; `None` for every one.
    pub stretch: Option<Stretch>,
    /// By what it is known; `None` if nobody knows any more. Then all are looked through.
    pub key: Option<ClueKey>,
    /// Where it leads.
    pub lead: Vec<u8>,
}

/// Keeps clues: keys, and where they lead.
pub trait ClueBytes: Send + Sync {
    /// Where these clues lead, each with its key, in any order.
    fn clues(&self, asked: CluesAsked<'_>) -> impl Future<Output = Reply<Vec<(ClueKey, Vec<u8>)>>> + Send;

    /// Deletes clues that come from this user's logins.
    fn forget_clues(
        &self,
        user: &UserKey,
        now: Timestamp,
        traces: Vec<ClueTrace>,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// Deletes all clues that lead to this user or one of the user's browsers. That looks through all of the partition.
    fn forget_clues_to(&self, user: &UserKey, now: Timestamp) -> impl Future<Output = Reply<()>> + Send;
}

/// Finds records of browsers that logins came from.
pub trait BrowserBytes: Send + Sync {
    /// These browsers' records, in the order asked.
    fn browsers(&self, asked: &[BrowserKey]) -> impl Future<Output = Reply<Vec<Option<Vec<u8>>>>> + Send;

    /// All of a user: the first half of each one's fingerprint, and its record.
    fn browsers_of(&self, user: &UserKey) -> impl Future<Output = Reply<Vec<([u8; 8], Vec<u8>)>>> + Send;
}

/// Keeps the order of commits. Whatever [`ProfileBytes::commit`] stores is in the log, and the methods are those of the port.
pub trait CommitBytes: Send + Sync {
    /// The end of the log.
    fn end_of_commits(&self) -> impl Future<Output = Reply<CommitPosition>> + Send;

    /// A place behind a login.
    fn place_behind(
        &self,
        tenant: &TenantId,
        login: LoginId,
    ) -> impl Future<Output = Reply<Option<CommitPosition>>> + Send;

    /// A place that was the end of the log at this time, or is before that.
    fn place_at(&self, read_at: Timestamp) -> impl Future<Output = Reply<Option<CommitPosition>>> + Send;

    /// What was committed after a place.
    fn commits(&self, after: &CommitPosition, limit: usize) -> impl Future<Output = Reply<Option<Commits>>> + Send;
}

/// Finds alerts. If a part of one has no form that a backend can read, it is [`Malformed`].
pub trait AlertBytes: Send + Sync {
    /// An alert by its id.
    fn alert(&self, id: AlertId) -> impl Future<Output = Reply<Option<Result<AlertRow, Malformed>>>> + Send;

    /// Alerts with ids below `before`, newest first, at most `limit`, and fewer only if there are no more.
    fn alerts(
        &self,
        index: AlertIndex<'_>,
        before: Option<AlertId>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<ListedAlert>>> + Send;

    /// Alerts by their ids, in the order asked.
    fn alerts_named(&self, ids: &[AlertId]) -> impl Future<Output = Reply<Vec<ListedAlert>>> + Send;

    /// The ids of a tenant's alerts that are stored in one of these states and with one of these answers, in no particular
    /// order, at most `limit`, and fewer only if there are no more.
    fn alerts_in(&self, asked: AlertsIn<'_>, limit: usize) -> impl Future<Output = Reply<Vec<AlertId>>> + Send;
}

/// Keeps which alerts wait to be mailed.
pub trait OutboxBytes: Send + Sync {
    /// Leases what is due, for the tenants in turn, as the port says. A leased delivery is `sending`, has one more
    /// attempt, and is due when the lease ends. Returns the deliveries as they then are; those without a record may be
    /// left out.
    fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<ListedAlert>>> + Send;

    /// Replaces a delivery if it is still as it was read, and adds the event; or does neither. Returns whether it did.
    fn replace(&self, change: DeliveryChange) -> impl Future<Output = Reply<bool>> + Send;

    /// When the next is due.
    fn next_due(&self) -> impl Future<Output = Reply<Option<Timestamp>>> + Send;

    /// Makes due at `now` what is due later than is possible. Returns how many.
    fn recall(&self, now: Timestamp, latest: &Latest) -> impl Future<Output = Reply<u64>> + Send;
}

/// Keeps events and messages that wait to be posted.
pub trait EventBytes: Send + Sync {
    /// Leases what is due, for the tenants in turn and as far as there is room, as the port says.
    fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> impl Future<Output = Reply<Vec<EventRow>>> + Send;

    /// Ends a lease. `false` if it is not the latest one, or the work is done.
    fn settle_event(
        &self,
        lease: EventLease,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> impl Future<Output = Reply<bool>> + Send;

    /// When work is next due.
    fn next_event_due(&self) -> impl Future<Output = Reply<Option<Timestamp>>> + Send;

    /// Makes due at `now` what is due later than is possible. Returns how many.
    fn recall_events(&self, now: Timestamp, latest: &Latest) -> impl Future<Output = Reply<u64>> + Send;
}

/// Keeps records of sessions.
pub trait SessionBytes: Send + Sync {
    /// A session's record.
    fn session(&self, user: &UserKey, key: [u8; 16]) -> impl Future<Output = Reply<Option<Versioned>>> + Send;

    /// Replaces the record of the version that `next` names; version 0 adds it. `false` if the stored version is
    /// another.
    fn put_session(
        &self,
        user: &UserKey,
        key: [u8; 16],
        next: Versioned,
        kept: Kept,
    ) -> impl Future<Output = Reply<bool>> + Send;

    /// The keys of a user's sessions, in any order. There may be no session any more under some.
    fn session_keys(&self, user: &UserKey) -> impl Future<Output = Reply<Vec<[u8; 16]>>> + Send;

    /// The records of a user's sessions, in the order asked.
    fn sessions(&self, user: &UserKey, keys: &[[u8; 16]]) -> impl Future<Output = Reply<Vec<Option<Vec<u8>>>>> + Send;
}
