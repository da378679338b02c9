//! What keeps a store in order: forgetting, and hastening what waits because a clock was wrong.

use async_trait::async_trait;

use crate::{
    domain::{
        history::retention::{Stock, TrimMemory},
        time::Timestamp,
    },
    ports::unavailable::{Unavailable, Unfit},
};

/// What one step of forgetting took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// How many logins went.
    pub logins: u64,
    /// Whether something is left that could go: another step takes it.
    pub more: bool,
}

/// Forgets what is old. When that may be is decided by [`plan`](crate::domain::history::retention::plan), never here.
///
/// Contract:
/// - A step of forgetting is bounded, so that it holds up no commit for long.
/// - What waits to be mailed is never forgotten.
/// - After [`Upkeep::close`] a copy of the store's files is whole.
///
/// A new kind of record that grows old is forgotten by [`Upkeep::trim`], with a case in the contract test
/// (`tests/it/store/contract_upkeep.rs`): no method of its own.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// The logins as seen from `cutoff`. Those that are kept are counted no further than `enough` for each older one.
    async fn stock(&self, cutoff: Timestamp, enough: u64) -> Result<Stock, Unavailable>;

    /// Forgets logins and settled alerts before `cutoff` and idempotency records, sessions and counters expired at
    /// `expired_at`; returns what went. One call may take a part only: see
    /// [`Trimmed::more`].
    async fn trim(&self, expired_at: Timestamp, cutoff: Timestamp) -> Result<Trimmed, Unavailable>;

    /// What is remembered of the latest trim; none if there was none.
    async fn trim_memory(&self) -> Result<Option<TrimMemory>, Unavailable>;

    /// Replaces it.
    async fn put_trim_memory(&self, memory: &TrimMemory) -> Result<(), Unavailable>;

    /// Ends the store for this process: what was taken is written, nothing more is taken, and everything lies where a copy of
    /// the store takes it from. A second call does nothing.
    async fn close(&self);

    /// Whether reading and writing would work now, and whether what was acknowledged is where the next start looks for it.
    async fn probe(&self) -> Result<(), Unfit>;
}
