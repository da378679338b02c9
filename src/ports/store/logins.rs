//! Logins that were recorded.

use std::ops::Range;

use async_trait::async_trait;

use crate::domain::history::login_record::{LoginIndex, LoginRecord};
use crate::domain::ids::{LoginId, TenantId};
use crate::ports::unavailable::Unavailable;

/// Finds logins that were committed.
///
/// Contract:
/// - A login is found by its id and under every index of [`LoginIndex`] as soon as its commit is acknowledged, until it is
///   trimmed.
/// - What cannot be read is left out of a list and remembered for [`Integrity`](crate::ports::Integrity); asked for by its id,
///   it is [`Unavailable`].
///
/// A new question about the history becomes a variant of [`LoginIndex`] with an index entry in each backend's commit, not a
/// method: a page of it then has the same order, bounds and cursor as all others.
#[async_trait]
pub trait LoginStore: Send + Sync {
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
}
