//! Records from before sealing, and sealing them.

use async_trait::async_trait;

use crate::{
    domain::{ids::TenantId, time::Timestamp},
    ports::{
        store::{integrity::RecordKind, privacy::people::WalkPosition},
        unavailable::Unavailable,
    },
};

/// A step of a walk that seals.
#[derive(Clone, Copy, Debug)]
pub struct SealingStep<'a> {
    /// Where it begins; `None` at the start of the walk.
    pub from: Option<&'a WalkPosition>,
    /// The time now, by which whole addresses are still kept or not.
    pub now: Timestamp,
    /// Whose a profile is of which nothing in the store tells it. `None` leaves such a profile as it is.
    pub assumed: Option<&'a TenantId>,
}

/// What a step has sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many records it has looked at.
    pub looked_at: u64,
    /// How many of them it has sealed, and of sessions that it found by their logins.
    pub sealed: u64,
    /// Where the next step begins; `None` at the end.
    pub next: Option<WalkPosition>,
}

/// A record that is not sealed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsealed {
    /// What it is.
    pub kind: RecordKind,
    /// Its id; in hexadecimal if that is a hash.
    pub id: String,
}

/// What a step has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// How many records it has looked at.
    pub looked_at: u64,
    /// Those that are not sealed.
    pub unsealed: Vec<Unsealed>,
    /// Where the next step begins; `None` at the end.
    pub next: Option<WalkPosition>,
}

/// Where what was just sealed may still lie in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClearCopies {
    /// Nowhere in the store's files.
    Gone,
    /// In the file, which could not be written anew for this reason.
    InFile(String),
    /// In the write-ahead log, which somebody reads from. A running service empties it within a minute.
    InLog,
    /// In the append-only file, which is being rewritten now.
    BeingRewritten,
    /// In the server's append-only file, which it has not begun to rewrite, or would not let us look at.
    WithServer,
}

/// Seals what a version wrote that did not seal yet, as a new write would.
///
/// Contract:
/// - A walk meets each record at least once that was there all the time. A step is bounded, so that it holds up nobody, and
///   logins, mails and webhooks go on meanwhile. A record that changes while it is sealed is left as it is: whoever wrote it has
///   sealed it, or the next walk does.
/// - What is sealed is passed over. So a walk that was cut off anywhere loses nothing, and begins again at the start.
/// - A user gets a salt by it who has none, but nobody who is being forgotten or was, or whose salt is gone.
/// - What does not tell whose it is stays as it is: a session whose login is gone, a message whose alert is gone, and a
///   profile without login, alert, session and request, unless its tenant is assumed.
/// - The number that was put is what a later process reads: 0 tells that nothing is left. Versions that did not seal do not open
///   a store that this one has opened, and so it stays true.
///
/// A new kind of record that is sealed need not be known here: it has never been stored in the clear.
#[async_trait]
pub trait UnsealedStore: Send + Sync {
    /// Seals what is unsealed among the next records.
    async fn seal_next(&self, step: SealingStep<'_>) -> Result<Sealed, Unavailable>;

    /// Looks for what is unsealed among the next records.
    async fn look_for_unsealed(&self, from: Option<&WalkPosition>) -> Result<Looked, Unavailable>;

    /// About how many records a walk looks at.
    async fn walk_length(&self) -> Result<u64, Unavailable>;

    /// How many were unsealed when somebody last counted; `None` if nobody has.
    async fn unsealed_left(&self) -> Result<Option<u64>, Unavailable>;

    /// Notes how many are unsealed.
    async fn put_unsealed_left(&self, left: u64) -> Result<(), Unavailable>;

    /// Removes from the store's files what was replaced, as far as that is in our power.
    async fn remove_clear_copies(&self) -> Result<ClearCopies, Unavailable>;
}
