//! Tenants' policies.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::{DAY_MS, Timestamp},
    },
    ports::unavailable::Unavailable,
};

/// How much longer a policy is kept than the logins it judged, so that it need not be written again for each of them.
pub const KEPT_LONGER_MS: i64 = DAY_MS;

/// Keeps what each tenant has changed of the operator's policy, and every policy that logins were judged by.
///
/// Contract:
/// - Of several who replace the same change, one succeeds.
/// - A kept policy is found until the last login that it judged is trimmed, so that the policy of every login can be
///   shown.
///
/// To add a setting to policies, extend [`PolicyChange`] and its stored form; the port does not change. The contract
/// test is `tests/it/store/contract/`.
#[async_trait]
pub trait PolicyStore: Send + Sync {
    /// How many times the tenant has changed its policy, and its current change. 0, and an empty change, if it never
    /// has.
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable>;

    /// Replaces the change that was read at `times`. `false` if it has been replaced since.
    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable>;

    /// Keeps a whole policy under its version, for [`KEPT_LONGER_MS`] longer than a login of `now`. Called again, it is
    /// kept for longer.
    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        now: Timestamp,
    ) -> Result<(), Unavailable>;

    /// A policy of the tenant that was kept.
    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion)
    -> Result<Option<PolicyChange>, Unavailable>;
}
