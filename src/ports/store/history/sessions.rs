//! Sessions.

use async_trait::async_trait;

use crate::domain::history::session::Session;
use crate::domain::ids::{TenantId, UserKey};
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// A session to be stored.
#[derive(Clone, Copy, Debug)]
pub struct SessionChange<'a> {
    /// The user's tenant.
    pub tenant: &'a TenantId,
    /// The version that was read; 0 if there was none.
    pub version: u64,
    /// The session to be stored.
    pub session: &'a Session,
    /// The time now.
    pub now: Timestamp,
    /// For how many milliseconds from `now` the session is kept at least.
    pub life_ms: i64,
}

/// Keeps sessions.
///
/// Contract: of several who replace the same version of a session, one succeeds. A session is kept for the time asked
/// at least; later the store deletes it on its own. A session that was stored before users had lists of theirs is on the
/// list once it has been replaced.
///
/// To add a fact about sessions, extend [`Session`] and its stored form; the port does not change.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// A user's session and its version; `None` if there is none.
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable>;

    /// Replaces the session of the version that the change names; version 0 adds it. `false` if the stored version is
    /// another.
    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable>;

    /// The keys of all sessions of a user, in any order. A session may be gone when it is asked for.
    async fn session_keys(&self, user: &UserKey) -> Result<Vec<[u8; 16]>, Unavailable>;

    /// The sessions of a user under these keys, in their order, without those that are gone or cannot be read.
    async fn sessions(&self, user: &UserKey, keys: &[[u8; 16]]) -> Result<Vec<Session>, Unavailable>;
}
