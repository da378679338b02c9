//! What the keys of the audit are called: see [`keys`](crate::adapters::store::redis::server::keys). A stored form: never
//! rename.

use crate::{adapters::store::damage::hex, domain::ids::TenantId};

/// The key of the tenants that have an audit.
pub const AUDITED: &str = "wl:audits";

/// The entries of a tenant's audit.
#[must_use]
pub fn audit_log(tenant: &TenantId) -> String {
    format!("wl:audit:{{{}}}:log", tenant.as_str())
}

/// Where a tenant's audit begins and ends.
#[must_use]
pub fn audit_ends(tenant: &TenantId) -> String {
    format!("wl:audit:{{{}}}:ends", tenant.as_str())
}

/// The entries of a tenant's audit about a user.
#[must_use]
pub fn audit_of(tenant: &TenantId, user: &[u8; 16]) -> String {
    let mut key = format!("wl:audit:{{{}}}:of:", tenant.as_str());
    key.push_str(&hex(user));
    key
}
