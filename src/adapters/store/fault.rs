//! Why a store does not open.

use crate::ports::Unavailable;

/// Why a store does not open, and what to do about it. Never contains a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no kind of store with such a URL.
    #[error(
        "no store is called `{0}`: `store.url` must be `memory:`, `sqlite:PATH`, `redis://HOST:PORT`, `redis+sentinel://HOST:PORT,…/MASTER`, `redis+cluster://HOST:PORT,…` (`rediss…` by TLS) or `redis+unix:///PATH`"
    )]
    UnknownScheme(String),
    /// The URL is of a known kind but malformed.
    #[error("`store.url` cannot be read: {0}")]
    Url(String),
    /// The folder or file cannot be created or opened.
    #[error("`{path}` cannot be used: {problem}")]
    File {
        /// The file.
        path: String,
        /// What is wrong, and how to repair it.
        problem: String,
    },
    /// It is not a store of this program, or one of a later version.
    #[error("this is not a store that this version can use: {0}")]
    Foreign(String),
    /// The server would drop records on its own.
    #[error(
        "this Redis has `maxmemory-policy {0}` and would silently drop devices, alerts and history when it is full: set \
         `maxmemory-policy noeviction`"
    )]
    Evicting(String),
    /// The server is of an earlier version than this program speaks to.
    #[error("this Redis has version {0}, and Watchlight needs 6.2 or later: update it")]
    TooOld(String),
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
