//! What backends keep about people's rights: salts, erasures, requests, the audit; and how everybody is found.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::{
        backend::{
            rows::{Entry, Listed, Reply, Versioned},
            users::ClueTrace,
        },
        prepared::PreparedEvent,
    },
    domain::{
        ids::{AlertId, LoginId, ReceiptId, RequestId, TenantId, UserKey},
        privacy::{
            chain::{AuditHead, ChainHash},
            erasure::ErasureBegun,
        },
        salt::{Salt, Week},
        time::Timestamp,
    },
    ports::{Appended, AuditPage, RequestDue, RequestIndex},
};

/// Keeps salts, apart from everything that is sealed with them.
///
/// A salt that was added is on the disk before anything that is sealed with it: whoever adds one waits for that.
pub trait SaltBytes: Send + Sync {
    /// The salts of these users, in the order asked.
    fn salts(&self, users: &[UserKey]) -> impl Future<Output = Reply<Vec<Option<Salt>>>> + Send;

    /// Adds a user's salt, unless there is one. Returns the one that is kept.
    fn put_salt(&self, user: &UserKey, salt: Salt) -> impl Future<Output = Reply<Salt>> + Send;

    /// The salt of a tenant's week.
    fn week_salt(&self, tenant: &TenantId, week: Week) -> impl Future<Output = Reply<Option<Salt>>> + Send;

    /// Adds the salt of a tenant's week, unless there is one. Returns the one that is kept.
    fn put_week_salt(&self, tenant: &TenantId, week: Week, salt: Salt) -> impl Future<Output = Reply<Salt>> + Send;

    /// Deletes the salts of all tenants' weeks up to this one, so that no copy is left.
    fn drop_weeks(&self, last: Week) -> impl Future<Output = Reply<()>> + Send;
}

/// A login to be deleted, and the entries of indexes that are its.
#[derive(Clone, Debug)]
pub struct LoginTraces {
    /// Its id.
    pub id: LoginId,
    /// Index entries: the network and the first half of the fingerprint; `None` if its record cannot be read any more, or
    /// its address is shortened. Then the entry ends with the index.
    pub entries: Option<([u8; 16], [u8; 16])>,
    /// Its clues.
    pub clues: Vec<ClueTrace>,
}

/// Forgets users, and keeps the ledger of those who were.
pub trait ErasureBytes: Send + Sync {
    /// Notes that an erasure was begun, unless one of this user was. Returns the one that is noted.
    fn begin_erasure(&self, begun: &ErasureBegun) -> impl Future<Output = Reply<ErasureBegun>> + Send;

    /// All that are noted.
    fn erasures_begun(&self) -> impl Future<Output = Reply<Vec<ErasureBegun>>> + Send;

    /// Deletes logins and their index entries, and counts with the erasure those that were there still, in one step: another
    /// process may be at the same ones.
    fn erase_logins(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        logins: Vec<LoginTraces>,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// The same for alerts.
    fn erase_alerts(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        alerts: Vec<AlertId>,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// If the user has neither logins nor alerts: deletes the profile, which has so many devices, the sessions, the browsers and the salt,
    /// in one step and so that no copy is left, and returns the erasure, which stays noted. `None` if there are some. Of an
    /// erasure with its tenant a copy may be left until the removal ends.
    fn erase_person(&self, user: &UserKey, devices: u64) -> impl Future<Output = Reply<Option<ErasureBegun>>> + Send;

    /// Adds an entry to the ledger, and the erasure is noted no longer.
    fn put_erasure(
        &self,
        user: &UserKey,
        receipt: ReceiptId,
        record: Vec<u8>,
    ) -> impl Future<Output = Reply<()>> + Send;

    /// Adds what an erasure has deleted to the removal of its tenant, of which it is part, and the erasure is noted no longer.
    /// A person counts of whom there was a profile or a salt.
    fn count_with_tenant(&self, begun: &ErasureBegun) -> impl Future<Output = Reply<()>> + Send;

    /// The entry of a receipt, or the latest of a user.
    fn erasure(&self, which: WhichErasure<'_>) -> impl Future<Output = Reply<Option<Entry<ReceiptId>>>> + Send;
}

/// Keeps the ledger of erasures as a whole.
pub trait LedgerBytes: Send + Sync {
    /// The entries behind this one, the oldest first, at most `limit`.
    fn erasures(
        &self,
        after: Option<ReceiptId>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<Entry<ReceiptId>>>> + Send;

    /// Adds an entry, or replaces that of the receipt. What is noted of erasures that were begun does not change.
    fn enter_erasure(
        &self,
        user: &UserKey,
        receipt: ReceiptId,
        record: Vec<u8>,
    ) -> impl Future<Output = Reply<()>> + Send;
}

/// Which entry of the ledger is asked for.
#[derive(Clone, Copy, Debug)]
pub enum WhichErasure<'a> {
    /// That of a receipt.
    Receipt(ReceiptId),
    /// The latest of a user.
    Latest(&'a UserKey),
}

/// What a request is found by.
#[derive(Clone, Debug)]
pub struct RequestName {
    /// The id.
    pub id: RequestId,
    /// Whose list it is in.
    pub tenant: TenantId,
    /// Whose it is.
    pub user: UserKey,
    /// The id of its kind.
    pub kind: &'static str,
}

/// A change of a request.
#[derive(Clone, Debug)]
pub struct RequestChange {
    /// Which.
    pub name: RequestName,
    /// The version that was read, with the next record; 0 adds it.
    pub next: Versioned,
    /// Whether it is open from now on.
    pub is_open: bool,
    /// When its next step is due.
    pub step_at: Timestamp,
    /// When its answer is due, if one is owed.
    pub answer_by: Option<Timestamp>,
    /// The event for the tenant, if any.
    pub event: Option<PreparedEvent>,
}

/// A request that is listed.
pub type ListedRequest = Listed<RequestId, Versioned>;

/// Keeps records of requests.
pub trait RequestBytes: Send + Sync {
    /// A request by its id.
    fn request(&self, id: RequestId) -> impl Future<Output = Reply<Option<Versioned>>> + Send;

    /// Replaces a request and adds the event, or does neither, as the port says. Returns whether it did.
    fn put_request(&self, change: RequestChange) -> impl Future<Output = Reply<bool>> + Send;

    /// What an index lists below `before`, newest first, at most `limit`, and fewer only if there are no more.
    fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<ListedRequest>>> + Send;

    /// Those of which this is due at `by`, the longest due first.
    fn requests_due(
        &self,
        due: RequestDue,
        by: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<ListedRequest>>> + Send;

    /// Deletes a request of this version; `false` if it is of another.
    fn remove_request(&self, version: u64, name: RequestName) -> impl Future<Output = Reply<bool>> + Send;
}

/// Some of those of whom a profile is kept.
#[derive(Debug)]
pub struct PeoplePage {
    /// Users and their profiles, as far as a backend can read them.
    pub rows: Vec<(UserKey, Versioned)>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
}

/// Lists everybody of whom a profile is kept, as the port says.
pub trait PeopleBytes: Send + Sync {
    /// The next users of these groups, about `limit`.
    fn walk(
        &self,
        groups: RangeInclusive<u8>,
        from: Option<Vec<u8>>,
        limit: usize,
    ) -> impl Future<Output = Reply<PeoplePage>> + Send;

    /// Removes a user's profile, browsers and salt, unless the profile is of another version.
    fn remove_user(&self, user: &UserKey, version: u64) -> impl Future<Output = Reply<bool>> + Send;
}

/// An entry of the audit to be stored.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Its number.
    pub number: u64,
    /// The hash of the user that it is about.
    pub user: Option<[u8; 16]>,
    /// Its hash, by which the next one is appended.
    pub hash: ChainHash,
    /// The record.
    pub record: Vec<u8>,
}

impl AuditRow {
    /// The end of a chain that ends with this row.
    #[must_use]
    pub const fn head(&self) -> AuditHead {
        AuditHead { number: self.number, hash: self.hash }
    }
}

/// Where a chain begins and ends.
#[derive(Clone, Debug, Default)]
pub struct AuditEndsRow {
    /// The newest entry.
    pub head: AuditHead,
    /// The record of where the chain begins; `None` if nothing was ever deleted.
    pub base: Option<Vec<u8>>,
}

/// Keeps the audit, as the port says.
pub trait AuditBytes: Send + Sync {
    /// Appends rows if `head` is still the newest entry.
    fn append_audit(
        &self,
        tenant: &TenantId,
        head: AuditHead,
        rows: Vec<AuditRow>,
    ) -> impl Future<Output = Reply<Appended>> + Send;

    /// A page, the newest first.
    fn audit_page(&self, page: AuditPage<'_>) -> impl Future<Output = Reply<Vec<Entry<u64>>>> + Send;

    /// What follows an entry, the oldest first.
    fn audit_after(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<Entry<u64>>>> + Send;

    /// Where a chain begins and ends.
    fn audit_ends(&self, tenant: &TenantId) -> impl Future<Output = Reply<AuditEndsRow>> + Send;

    /// The tenants that have a chain, in any order.
    fn audited_tenants(&self) -> impl Future<Output = Reply<Vec<TenantId>>> + Send;

    /// Deletes the entries up to `number` and keeps the record of it, unless the chain begins there or later.
    fn forget_audit(&self, tenant: &TenantId, number: u64, base: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;
}
