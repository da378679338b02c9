//! Sessions.

use async_trait::async_trait;

use crate::domain::history::session::Session;
use crate::domain::ids::UserKey;
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// A session to be stored.
#[derive(Clone, Copy, Debug)]
pub struct SessionChange<'a> {
    /// The version that was read; 0 if there was none.
    pub version: u64,
    /// The session from now on.
    pub session: &'a Session,
    /// The time now.
    pub now: Timestamp,
    /// For how many milliseconds from `now` it is kept at least.
    pub life_ms: i64,
}

/// Keeps what is known of sessions.
///
/// Contract: of many who replace one version of a session, one succeeds. A session is kept at least for the time that was
/// asked, and then forgotten by the store.
///
/// A new fact about sessions goes into [`Session`] and its stored form; the port does not change.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// What is known of a user's session, and its version.
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable>;

    /// Replaces a session of the version that the change names, or adds it with version 0; `false` if it is of another
    /// version by now.
    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable>;
}
