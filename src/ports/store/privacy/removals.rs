//! Removing whole tenants, and the ledger of those who were.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{ReceiptId, TenantId, UserKey},
        privacy::removal::{Removal, RemovalBegun, TenantStock},
    },
    ports::{store::privacy::people::WalkPosition, unavailable::Unavailable},
};

/// One step of a walk through a tenant's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantStep {
    /// Users of the tenant, each once in a step.
    pub users: Vec<UserKey>,
    /// Where the next step begins; `None` at the end.
    pub next: Option<WalkPosition>,
}

/// Removes tenants, step by step, and remembers that it did.
///
/// Contract:
/// - A removal is begun. It is listed until it is ended, in every process, so that it can be finished after a crash, and by
///   several processes at once.
/// - The people are forgotten one by one, as [`ErasureStore`](crate::ports::ErasureStore) does, with
///   [`erase_some_with_tenant`](Self::erase_some_with_tenant) in place of its `erase_some`. What was deleted of an erasure
///   that says `with_tenant` counts with the removal that was begun at the same time.
/// - API keys and the audit are not touched here.
///
/// A new kind of record about a person is found by [`people_of`](Self::people_of), and one about a tenant is deleted by
/// [`remove_rest`](Self::remove_rest), with a case in `tests/it/store/contract/removals.rs`.
#[async_trait]
pub trait RemovalStore: Send + Sync {
    /// Tenants of whom something is kept besides API keys and audit, in the order of their ids. One may be missing of whom
    /// nothing is kept for longer than `retention.full_address_days`.
    async fn tenants(&self) -> Result<Vec<TenantId>, Unavailable>;

    /// How much is kept of a tenant.
    async fn stock_of(&self, tenant: &TenantId) -> Result<TenantStock, Unavailable>;

    /// Begins a removal. If one of this tenant was begun before, that one goes on. Returns the one that is under way.
    async fn begin_removal(&self, begun: &RemovalBegun) -> Result<RemovalBegun, Unavailable>;

    /// The removals that were begun and are not ended.
    async fn removals_begun(&self) -> Result<Vec<RemovalBegun>, Unavailable>;

    /// The next of a tenant's people, about `limit`. A walk meets everybody of whom something is kept that tells its tenant
    /// and who was there all the time, some of them more than once. A step is bounded; it may find nobody and not be the
    /// last.
    async fn people_of(
        &self,
        tenant: &TenantId,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<TenantStep, Unavailable>;

    /// As `erase_some` of [`ErasureStore`](crate::ports::ErasureStore), and deletes the policies that judged the logins.
    async fn erase_some_with_tenant(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable>;

    /// Deletes a bounded part of what is the tenant's and no person's, or cannot be read: requests, messages to webhooks,
    /// webhooks, suppressions, policies, the salts of weeks. Returns whether there is more. Comes after the people.
    async fn remove_rest(&self, tenant: &TenantId) -> Result<bool, Unavailable>;

    /// Ends a removal that was begun: adds the ledger's entry, which it returns. `None`, and nothing changes, if it is not
    /// under way. No erasure of the tenant may be.
    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId) -> Result<Option<Removal>, Unavailable>;
}

/// The ledger of removals.
#[async_trait]
pub trait RemovalLedger: Send + Sync {
    /// All entries, the oldest first: there are as many as tenants have left.
    async fn removals(&self) -> Result<Vec<Removal>, Unavailable>;

    /// Adds an entry of a removal that was carried out before, or replaces that of the same receipt.
    async fn enter_removal(&self, removal: &Removal) -> Result<(), Unavailable>;
}
