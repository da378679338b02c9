//! Forgetting users, and the ledger of those who were.

use async_trait::async_trait;

use crate::domain::ids::{ReceiptId, TenantId, UserKey};
use crate::domain::privacy::erasure::{Erasure, ErasureBegun};
use crate::ports::unavailable::Unavailable;

/// Forgets users, step by step, and remembers that it did.
///
/// Contract:
/// - An erasure is begun, then [`erase_some`](Self::erase_some) is called until nothing is left, then it is ended. One that
///   was begun is listed until it is ended, in every process, so that it can be finished after a crash.
/// - Logins of the user may come in meanwhile. They belong to the erasure, or, once it has ended, to a user who was never
///   known before.
/// - With the end, the user's salt is destroyed: whatever copy there is of a record, it cannot be read again.
/// - The ledger keeps every erasure, and names nobody.
///
/// A new kind of record about a person is deleted by [`erase_some`](Self::erase_some) or
/// [`end_erasure`](Self::end_erasure), with a case in `tests/it/store/contract/erasures.rs`.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Whether anything is kept of a user.
    async fn is_known(&self, user: &UserKey) -> Result<bool, Unavailable>;

    /// Begins an erasure. If one of this user was begun before, that one goes on. Returns the one that is under way.
    async fn begin_erasure(&self, begun: &ErasureBegun) -> Result<ErasureBegun, Unavailable>;

    /// The erasures that were begun and are not ended.
    async fn erasures_begun(&self) -> Result<Vec<ErasureBegun>, Unavailable>;

    /// Deletes a bounded part of what is kept of the user. Returns whether there is more.
    async fn erase_some(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable>;

    /// Ends an erasure that was begun: deletes what is left, destroys the salt, and adds the ledger's entry, which it
    /// returns. `None`, and nothing changes, if a login has come in since the last step.
    async fn end_erasure(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        receipt: ReceiptId,
    ) -> Result<Option<Erasure>, Unavailable>;

    /// The latest erasure of a user.
    async fn erasure_of(&self, user: &UserKey) -> Result<Option<Erasure>, Unavailable>;

    /// An erasure by its receipt, of any tenant: the caller compares it.
    async fn erasure(&self, receipt: ReceiptId) -> Result<Option<Erasure>, Unavailable>;
}

/// The ledger of erasures as a whole: it leaves the store, so that it can be carried out again in one that was restored from
/// a backup.
#[async_trait]
pub trait ErasureLedger: Send + Sync {
    /// The entries behind `after`, the oldest first, at most `limit`.
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Result<Vec<Erasure>, Unavailable>;

    /// Adds an entry of an erasure that was carried out before, or replaces that of the same receipt. An erasure that is
    /// under way goes on, and the latest of a user stays the latest.
    async fn enter_erasure(&self, erasure: &Erasure) -> Result<(), Unavailable>;
}
