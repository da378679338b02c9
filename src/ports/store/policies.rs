//! What is kept of policies.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::{DAY_MS, Timestamp},
    },
    ports::unavailable::Unavailable,
};

/// So much longer than its logins a policy is kept, so that it need not be kept again with every one of them.
pub const KEPT_LONGER_MS: i64 = DAY_MS;

/// Keeps what tenants want to be different, and every policy that logins were judged by.
///
/// Contract:
/// - Of many who replace one change, one succeeds.
/// - A policy that is kept is found until the last login that it judged is trimmed, so that each login names a policy that
///   can be shown.
///
/// A new setting of a policy goes into [`PolicyChange`] and its stored form; the port does not change. The contract test is
/// `tests/it/store/contract_lists.rs`.
#[async_trait]
pub trait PolicyStore: Send + Sync {
    /// What a tenant wants to be different, and how often that was written; nothing, and 0, if never.
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable>;

    /// Replaces what was written so many times; `false` if it was written again by now.
    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable>;

    /// Keeps a whole policy under its version for [`KEPT_LONGER_MS`] longer than a login of `now`. Said again, it is kept
    /// longer.
    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        now: Timestamp,
    ) -> Result<(), Unavailable>;

    /// A tenant's policy that was kept.
    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion)
    -> Result<Option<PolicyChange>, Unavailable>;
}
