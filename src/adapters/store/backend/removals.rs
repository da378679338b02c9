//! What backends keep of tenants that are removed, and how they find all that is a tenant's.

use crate::{
    adapters::store::backend::rows::{Entry, Reply},
    domain::{
        ids::{NoteId, ReceiptId, TenantId, UserKey},
        privacy::removal::{RemovalBegun, Removed, TenantStock},
    },
};

/// What a user was found by.
#[derive(Clone, Copy, Debug)]
pub enum FoundBy {
    /// The profile.
    Profile,
    /// A session, by its key.
    Session([u8; 16]),
    /// A note.
    Note(NoteId),
}

/// A user, and a record that tells the tenant.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The user. A backend that does not divide users into partitions gives partition 0.
    pub user: UserKey,
    /// What the record is.
    pub by: FoundBy,
    /// The record.
    pub record: Vec<u8>,
}

/// Some of those of whom a profile, a session or a note is kept.
#[derive(Debug)]
pub struct HolderPage {
    /// Users, of all tenants.
    pub rows: Vec<Holder>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
}

/// Removes tenants, as the port says.
pub trait RemovalBytes: Send + Sync {
    /// Tenants of whom something is kept besides API keys and audit, in any order.
    fn tenants(&self) -> impl Future<Output = Reply<Vec<TenantId>>> + Send;

    /// How much is kept of a tenant.
    fn stock_of(&self, tenant: &TenantId) -> impl Future<Output = Reply<TenantStock>> + Send;

    /// Notes that a removal was begun, unless one of this tenant was. Returns the one that is noted.
    fn begin_removal(&self, begun: &RemovalBegun) -> impl Future<Output = Reply<RemovalBegun>> + Send;

    /// All that are noted.
    fn removals_begun(&self) -> impl Future<Output = Reply<Vec<RemovalBegun>>> + Send;

    /// The next of those of whom a profile, a session or a note is kept, about `limit`. Who has neither logins nor alerts is
    /// met at least once.
    fn holders(&self, from: Option<Vec<u8>>, limit: usize) -> impl Future<Output = Reply<HolderPage>> + Send;

    /// Deletes a bounded part of what is kept of a tenant, API keys and audit aside. Returns whether there is more.
    fn remove_rest(&self, tenant: &TenantId) -> impl Future<Output = Reply<bool>> + Send;

    /// What was deleted so far, API keys and webhooks among it as they were counted at the beginning.
    fn removed_by(&self, begun: &RemovalBegun) -> impl Future<Output = Reply<Removed>> + Send;

    /// Adds an entry to the ledger, and the removal is noted no longer; so that no copy of what was deleted is left. `false`,
    /// and nothing changes, if it is not noted.
    fn end_removal(
        &self,
        begun: &RemovalBegun,
        receipt: ReceiptId,
        record: Vec<u8>,
    ) -> impl Future<Output = Reply<bool>> + Send;
}

/// Keeps the ledger of removals.
pub trait RemovalLedgerBytes: Send + Sync {
    /// All entries, in any order.
    fn removals(&self) -> impl Future<Output = Reply<Vec<Entry<ReceiptId>>>> + Send;

    /// Adds an entry, or replaces that of the receipt.
    fn enter_removal(&self, receipt: ReceiptId, record: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;
}
