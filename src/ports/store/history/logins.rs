//! Recorded logins.

use std::ops::Range;

use async_trait::async_trait;

use crate::domain::history::login_record::{LoginIndex, LoginRecord};
use crate::domain::ids::{LoginId, Partitions, TenantId};
use crate::domain::search::clear::facets::ClearLogin;
use crate::ports::unavailable::Unavailable;

/// Some of a tenant's logins, as far as they stand in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClearPage {
    /// The logins, newest first.
    pub logins: Vec<ClearLogin>,
    /// The next page has the logins below this id; `None` if this is the last page.
    pub next: Option<LoginId>,
}

/// Finds recorded logins.
///
/// Contract:
/// - A login is found by its id and under every index of [`LoginIndex`] as soon as its commit is acknowledged, until it is
///   trimmed.
/// - A list leaves out what cannot be read, and [`Integrity`](crate::ports::Integrity) remembers it. If it is asked for
///   by its id, the answer is [`Unavailable`].
///
/// To ask the history something new, add a variant to [`LoginIndex`] and an index entry to each backend's commit,
/// rather than a method: then its pages have the same order, bounds and cursor as all others.
#[async_trait]
pub trait LoginStore: Send + Sync {
    /// A login by id. Another tenant's is not found.
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable>;

    /// Logins under an index, newest first: those with `ids.start <= id < ids.end`, at most `limit`.
    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable>;

    /// The tenant's logins of these ids, in their order, without those that are gone or cannot be read.
    async fn logins_named(&self, tenant: &TenantId, ids: &[LoginId]) -> Result<Vec<LoginRecord>, Unavailable>;

    /// What stands in the clear of a tenant's logins with `ids.start <= id < ids.end`, newest first, without opening their
    /// records: about `limit`, at least one if there is one. Those of other partitions than these may be left out. A login may
    /// be listed whose record cannot be read.
    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        partitions: &Partitions,
        limit: usize,
    ) -> Result<ClearPage, Unavailable>;
}
