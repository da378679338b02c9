//! The audit: who has read what about whom, and changed what.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{TenantId, UserKey},
        keyring::TenantKeys,
        privacy::{
            audit::AuditEvent,
            chain::{AuditBase, AuditEntry, AuditHead, Checkpoint},
        },
    },
    ports::unavailable::Unavailable,
};

/// What came of appending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The entries are stored, and this is the newest of them.
    Stored(AuditHead),
    /// Nothing is stored: somebody else has appended, and this is the newest entry now.
    Behind(AuditHead),
}

/// An entry that was found in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFound {
    /// The number under which it is stored.
    pub number: u64,
    /// The entry; `None` if it cannot be read.
    pub entry: Option<AuditEntry>,
}

/// Where a tenant's chain begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditEnds {
    /// The newest entry.
    pub head: AuditHead,
    /// Behind which entry it begins; `None` if none was ever deleted.
    pub base: Option<AuditBase>,
}

/// A page of a tenant's audit.
#[derive(Clone, Copy, Debug)]
pub struct AuditPage<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Entries about this user only.
    pub user: Option<&'a UserKey>,
    /// Entries with lower numbers than this; from the newest on if there is none.
    pub before: Option<u64>,
    /// At most this many, and fewer only if there are no more.
    pub limit: usize,
}

/// Keeps one chain of entries for each tenant.
///
/// Contract:
/// - Entries are only ever appended, and deleted from the oldest on. Of several who append behind the same entry, in
///   this process or another, one succeeds, and the others are told the newest entry.
/// - Appending takes one round trip, and another one if nobody has seen the person lately. It stores all entries or none.
/// - What names a person can be read as long as anything is kept of them. The entry of a person of whom nothing is kept
///   names nobody ([`AuditDetail::without_the_person`](crate::domain::privacy::audit::AuditDetail::without_the_person)).
/// - What is stored is not judged here: a damaged entry is found with its number.
///
/// To note something else about an event, extend [`AuditEvent`] and its
/// stored form; the port does not change. The contract test is `tests/it/store/contract/audit.rs`.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Appends an entry for each event of a tenant, in their order, if `head` is still the newest entry of its chain.
    /// `keys` are those of the tenant, by which the entries are chained.
    async fn append_audit(
        &self,
        keys: &TenantKeys,
        head: AuditHead,
        events: &[AuditEvent],
    ) -> Result<Appended, Unavailable>;

    /// A page of a tenant's entries, the newest first.
    async fn audit_page(&self, page: AuditPage<'_>) -> Result<Vec<AuditFound>, Unavailable>;

    /// The entries with higher numbers than `after`, the oldest first; at most `limit`, and fewer only if there are no
    /// more.
    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<AuditFound>, Unavailable>;

    /// Where a tenant's chain begins and ends.
    async fn audit_ends(&self, tenant: &TenantId) -> Result<AuditEnds, Unavailable>;

    /// Every tenant that has a chain, in the order of their ids.
    async fn audited_tenants(&self) -> Result<Vec<TenantId>, Unavailable>;

    /// Deletes the entries up to the one that `base` names, and notes that the chain begins behind it. Does nothing if
    /// it begins there or later already. The caller bounds how many that are.
    async fn forget_audit(&self, tenant: &TenantId, base: &AuditBase) -> Result<(), Unavailable>;
}

/// Keeps checkpoints outside the store, where whoever changes the store does not reach them.
pub trait CheckpointFile: Send + Sync {
    /// Adds checkpoints behind those that are there.
    ///
    /// # Errors
    /// Why they cannot be written, with the file's path.
    fn append(&self, checkpoints: &[Checkpoint]) -> Result<(), String>;

    /// All checkpoints; none if there is no file.
    ///
    /// # Errors
    /// Why they cannot be read, with the file's path.
    fn read(&self) -> Result<Vec<Checkpoint>, String>;
}
