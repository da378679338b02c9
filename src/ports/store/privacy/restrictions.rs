//! Which persons must not be looked at.

use std::collections::HashSet;

use async_trait::async_trait;

use crate::domain::ids::{TenantId, UserKey};
use crate::ports::unavailable::Unavailable;

/// Remembers the restricted persons of a tenant in one place, so that a list over many persons can leave them out without
/// reading the profile of each.
///
/// Contract:
/// - The profile decides; this is an index of it. A person is added before their profile says that they are restricted, and
///   removed after it says that they are not: so nobody who is restricted is missing, whatever breaks off in between.
/// - Adding and removing may be said again.
#[async_trait]
pub trait RestrictionStore: Send + Sync {
    /// Adds a person, or removes one.
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Result<(), Unavailable>;

    /// The hashes of all restricted persons of a tenant; few.
    async fn restricted(&self, tenant: &TenantId) -> Result<HashSet<[u8; 16]>, Unavailable>;
}
