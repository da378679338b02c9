//! What backends keep about people's rights: salts, requests.

use crate::{
    adapters::store::{
        backend::rows::{Listed, Reply, Versioned},
        prepared::PreparedEvent,
    },
    domain::{
        ids::{RequestId, TenantId, UserKey},
        salt::{Salt, Week},
        time::Timestamp,
    },
    ports::{RequestDue, RequestIndex},
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
