//! E-mail addresses that get no more mail.

use async_trait::async_trait;

use crate::domain::alert::suppression::{Cause, Suppression};
use crate::domain::ids::{EmailKey, TenantId};
use crate::ports::unavailable::Unavailable;

/// Keeps the list of e-mail addresses that get no more mail, by tenant. The address itself is not kept, only its keyed
/// hash: nobody can list whom it names.
///
/// A new cause is a variant of [`Cause`] with its stored word. The contract test is `tests/it/store/contract_lists.rs`.
#[async_trait]
pub trait SuppressionStore: Send + Sync {
    /// Puts a tenant's mailbox on the list of those that get no more mail, unless it is there already; whether it was not.
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable>;

    /// Which of these mailboxes are on the list, in the order asked.
    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable>;

    /// Takes a mailbox off the list; `false` if it was not there.
    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable>;

    /// How many mailboxes of a tenant are on the list, by cause; a cause without any may be missing.
    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable>;
}
