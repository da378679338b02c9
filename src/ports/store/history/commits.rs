//! The order in which logins were committed.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{LoginId, TenantId},
        time::{MINUTE_MS, Timestamp},
    },
    ports::unavailable::Unavailable,
};

/// For how long the log reaches back, in milliseconds. What is older may be gone.
pub const COMMITS_KEPT_MS: i64 = 15 * MINUTE_MS;
/// How many logins the log has room for. Of more, the oldest are gone before their time.
pub const MAX_COMMITS: u64 = 4_194_304;

/// A login that was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id. The login may be gone by now.
    pub login: LoginId,
}

/// A place in the log: behind some logins, and before all others. Each backend has a form of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitPosition(pub Vec<u8>);

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commits {
    /// The logins, in the order of their commits as far as there is one.
    pub logins: Vec<Committed>,
    /// The place behind them.
    pub end: CommitPosition,
    /// When this was read, by the log's own clock.
    pub read_at: Timestamp,
    /// Whether there are more already.
    pub more: bool,
}

/// Tells which logins were committed after others. Logins that are sent late or imported happened long before, so no list by
/// their times can tell that.
///
/// Contract:
/// - A login is in the log as soon as its commit is acknowledged, once, and for [`COMMITS_KEPT_MS`] unless there are more than
///   [`MAX_COMMITS`].
/// - Whoever reads on from each place to the next sees every login, whichever process commits it, or is told that the log has
///   forgotten some. Logins of one user come in the order of their commits.
/// - An entry tells tenant and id, and stays when its login is deleted. Those of a tenant go when the tenant is removed.
#[async_trait]
pub trait CommitStore: Send + Sync {
    /// The end of the log: before whatever is committed from now on.
    async fn end_of_commits(&self) -> Result<CommitPosition, Unavailable>;

    /// A place before everything that was committed after this login of the tenant; some that were committed up to a few seconds
    /// before it may be behind that place too. `None` if the log does not reach back to the login, or has none of the tenant's.
    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Result<Option<CommitPosition>, Unavailable>;

    /// A place before everything that was not in the log yet when it was read at this time ([`Commits::read_at`]); some that were
    /// committed up to a few seconds before may be behind that place too. `None` if the log does not reach back so far.
    async fn place_at(&self, read_at: Timestamp) -> Result<Option<CommitPosition>, Unavailable>;

    /// What was committed after a place, about `limit` logins at a time. `None` if the log has forgotten some of it.
    async fn commits(&self, after: &CommitPosition, limit: usize) -> Result<Option<Commits>, Unavailable>;
}
