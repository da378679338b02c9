//! What keeps a store in order: deleting what is old, and closing it.

use async_trait::async_trait;

use crate::{
    domain::{
        history::{
            cutoffs::Cutoffs,
            retention::{Stocks, TrimMemory},
        },
        time::Timestamp,
    },
    ports::unavailable::{Unavailable, Unfit},
};

/// What one step of trimming deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// How many logins were deleted.
    pub logins: u64,
    /// Whether there is more to delete, which takes another step.
    pub more: bool,
}

/// The times of the oldest records; `None` where there is none, or the store cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oldest {
    /// When the oldest login happened.
    pub login: Option<Timestamp>,
    /// When the oldest login happened of those of users whose processing is minimal.
    pub minimal_login: Option<Timestamp>,
    /// When the login of the oldest alert was received.
    pub alert: Option<Timestamp>,
    /// When the oldest note was written.
    pub note: Option<Timestamp>,
    /// When the oldest week begins of which exact addresses are kept.
    pub full_address: Option<Timestamp>,
    /// When the next session expires. Redis lets sessions expire by itself, and does not tell.
    pub session_expires_at: Option<Timestamp>,
}

/// Deletes what is old. When that is allowed is decided by [`plan`](crate::domain::history::retention::plan), never
/// here.
///
/// Contract:
/// - A step of trimming is bounded, so that it does not hold up commits for long.
/// - An alert that waits to be mailed is never deleted.
/// - After [`Upkeep::close`], a copy of the store's files is complete.
///
/// A new kind of record that can grow old is deleted by [`Upkeep::trim`], with a case in the contract test
/// (`tests/it/store/contract/upkeep.rs`), not by a method of its own.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Counts the logins and the alerts before and after their cutoffs. Stops counting those after them at `enough` for
    /// each one before.
    async fn stock(&self, cutoffs: &Cutoffs, enough: u64) -> Result<Stocks, Unavailable>;

    /// The oldest record of each class, as far as the store can tell at once.
    async fn oldest(&self) -> Result<Oldest, Unavailable>;

    /// Deletes of each class what is from before its time; and idempotency records, sessions and counters that expired
    /// before [`Cutoffs::expired_at`]. Of addresses that were kept long enough by then, only the network is left. An alert stays where it is listed when its login has gone. One call may delete
    /// only a part: see [`Trimmed::more`].
    async fn trim(&self, cutoffs: &Cutoffs) -> Result<Trimmed, Unavailable>;

    /// What is remembered of the latest trim; `None` if there was none.
    async fn trim_memory(&self) -> Result<Option<TrimMemory>, Unavailable>;

    /// Replaces what is remembered of the latest trim.
    async fn put_trim_memory(&self, memory: &TrimMemory) -> Result<(), Unavailable>;

    /// Closes the store for this process: finishes writing what was accepted, accepts nothing more, and leaves
    /// everything where a copy of the store takes it from. A second call does nothing.
    async fn close(&self);

    /// Whether reading and writing would work now, and whether acknowledged data is where the next start looks for it. Returns how that
    /// is kept, in words that anybody may read.
    async fn probe(&self) -> Result<String, Unfit>;
}
