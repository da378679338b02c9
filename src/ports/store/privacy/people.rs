//! Walking through everybody of whom a profile is kept.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{TenantId, UserKey},
        user::profile::Profile,
    },
    ports::unavailable::Unavailable,
};

/// Somebody of whom a profile is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownUser {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user. A store that does not divide users into partitions gives partition 0.
    pub user: UserKey,
    /// The profile's version.
    pub version: u64,
    /// The profile.
    pub profile: Profile,
}

/// Where a walk goes on: bytes that only the store reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkPosition(pub Vec<u8>);

/// One step of a walk.
#[derive(Clone, Debug, PartialEq)]
pub struct WalkStep {
    /// The users, in no particular order.
    pub users: Vec<KnownUser>,
    /// Where the next step begins; `None` at the end.
    pub next: Option<WalkPosition>,
}

/// Lists everybody of whom a profile is kept, for work that concerns all and is done bit by bit.
///
/// Contract:
/// - Users are divided into 256 groups of about the same size, for good. A walk through a range of groups meets each of
///   their users at least once who was there all the time; others may be met or not.
/// - A step is bounded, so that it holds up nobody. It may find nobody and not be the last.
/// - A profile is left out that cannot be read, or was written by a version that did not seal profiles yet: such a
///   record does not tell its tenant.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// The next users of these groups, about `limit`.
    async fn walk(
        &self,
        groups: RangeInclusive<u8>,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<WalkStep, Unavailable>;

    /// Removes a user's profile and salt: what else is kept of the user, if anything, can never be read again. `false`
    /// if the profile has changed since it was read, and then nothing is removed.
    async fn remove_user(&self, user: &UserKey, version: u64) -> Result<bool, Unavailable>;
}
