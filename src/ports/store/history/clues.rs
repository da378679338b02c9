//! What leads to logins and people.

use std::ops::Range;

use async_trait::async_trait;

use crate::domain::history::kept_browser::BrowserKey;
use crate::domain::ids::{ClueKey, LoginId, UserKey};
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// Finds logins by session and by reference, users by the e-mail addresses that their logins named, and browsers by what they have in
/// common with others.
///
/// Contract:
/// - Clues are stored in the commit of their login, and found as soon as that is acknowledged. Those of a browser are stored whenever
///   the browser is.
/// - They go by stretches of four weeks, when the last login of a stretch has gone: so one may lead to what is no longer kept. They are
///   forgotten with their user.
/// - Keys are hashed per tenant, so no other tenant's are found. Two values share a key once in 2⁶⁴: whoever finds a login by one looks
///   whether its record says the same.
/// - Logins from before clues were kept have none, nor have those of persons whose processing
///   is minimal or restricted.
/// - `now` tells for which stretches there may be clues.
#[async_trait]
pub trait ClueStore: Send + Sync {
    /// The logins to which one of these clues leads, each once, newest first: those with `ids.start <= id < ids.end`, at most `limit`.
    async fn clues_to_logins(
        &self,
        clues: &[ClueKey],
        ids: Range<LoginId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<LoginId>, Unavailable>;

    /// The users to whom one of these clues leads, each once, in any order, at most `limit`.
    async fn clues_to_users(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<UserKey>, Unavailable>;

    /// The browsers to which each of these clues leads, in the order asked, in any order, at most `limit` for each.
    async fn clues_to_browsers(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Vec<BrowserKey>>, Unavailable>;
}
