//! What the keys are called that are a tenant's and no person's: see [`keys`](crate::adapters::store::redis::server::keys). A
//! stored form: never rename.

use crate::{
    adapters::store::{damage::hex, redis::server::keys::in_partition},
    domain::{
        ids::{Partition, TenantId, WebhookId},
        operator::session::SessionKey,
        policy::policy::PolicyVersion,
        time::Timestamp,
    },
};

/// The key of the tenants that are being removed.
pub const REMOVING: &str = "wl:{tenants}:removing";
/// The key of the ledger of removals.
pub const REMOVALS: &str = "wl:{tenants}:removals";

/// The key of the operators.
pub const OPERATORS: &str = "wl:operators";

/// A session of an operator.
#[must_use]
pub fn operator_session(key: SessionKey) -> String {
    format!("wl:operator-session:{}", hex(&key.0))
}

/// A tenant's webhooks.
#[must_use]
pub fn webhooks(tenant: &TenantId) -> String {
    format!("wl:webhooks:{}", tenant.as_str())
}

/// What came of a webhook's attempts.
#[must_use]
pub fn attempts(webhook: WebhookId) -> String {
    let mut key = "wl:attempts:".to_owned();
    key.push_str(&hex(&webhook.0));
    key
}

/// What a tenant wants to be different about its policy.
#[must_use]
pub fn policy(tenant: &TenantId) -> String {
    format!("wl:policy:{}", tenant.as_str())
}

/// The searches that a tenant has saved.
#[must_use]
pub fn saved_searches(tenant: &TenantId) -> String {
    format!("wl:searches:{}", tenant.as_str())
}

/// A policy that judged logins.
#[must_use]
pub fn kept_policy(tenant: &TenantId, version: PolicyVersion) -> String {
    format!("wl:policy:{}:{version}", tenant.as_str())
}

/// The versions of the policies that judged a tenant's logins.
#[must_use]
pub fn kept_policies(tenant: &TenantId) -> String {
    format!("wl:policies:{}", tenant.as_str())
}

/// What the removal of a tenant that was begun at this time has deleted in a partition.
#[must_use]
pub fn removed(partition: Partition, tenant: &TenantId, begun_at: Timestamp) -> String {
    in_partition(partition, &format!("removed:{}:{}", tenant.as_str(), begun_at.unix_ms()))
}
