//! Suppressed e-mail addresses, which get no more mail.

use async_trait::async_trait;

use crate::domain::alert::suppression::{Cause, Suppression};
use crate::domain::ids::{EmailKey, TenantId};
use crate::ports::unavailable::Unavailable;

/// Keeps the suppressed e-mail addresses of each tenant. Only a keyed hash of an address is stored, so nobody can list
/// the addresses.
///
/// To add a cause, add a variant to [`Cause`] with its stored word. The contract test is
/// `tests/it/store/contract/`.
#[async_trait]
pub trait SuppressionStore: Send + Sync {
    /// Suppresses an address, unless it is suppressed already. Returns whether it was not.
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable>;

    /// Which of these addresses are suppressed, in the order asked.
    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable>;

    /// Lifts the suppression of an address. `false` if there was none.
    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable>;

    /// How many addresses of a tenant are suppressed, by cause. A cause without any may be missing.
    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable>;
}
