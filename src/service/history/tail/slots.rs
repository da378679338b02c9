//! How many tails are open, and by whom.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::ids::TenantId,
    service::history::tail::followed::{Followed, MAX_TAILS, MAX_TAILS_OF_KEY, TailError},
};

/// The places for tails at this process.
#[derive(Debug, Default)]
pub struct Slots(Mutex<Open>);

/// How many tails are open.
#[derive(Debug, Default)]
struct Open {
    keys: HashMap<String, usize>,
    tenants: HashMap<TenantId, usize>,
}

/// A place among the open tails. Dropping it frees the place.
pub struct Slot {
    slots: Arc<Slots>,
    key: String,
    tenant: TenantId,
}

impl Slots {
    /// Takes a place.
    ///
    /// # Errors
    /// When too many are taken, of the key or in all.
    pub fn take(self: &Arc<Self>, followed: &Followed) -> Result<Slot, TailError> {
        let Followed { tenant, key, .. } = followed.clone();
        {
            let mut open = self.open();
            let of_key = open.keys.get(&key).copied().unwrap_or(0);
            if of_key >= MAX_TAILS_OF_KEY || open.keys.values().sum::<usize>() >= MAX_TAILS {
                return Err(TailError::TooMany);
            }
            *open.keys.entry(key.clone()).or_default() += 1;
            *open.tenants.entry(tenant.clone()).or_default() += 1;
        }
        Ok(Slot { slots: self.clone(), key, tenant })
    }

    /// Whether somebody follows a tenant's logins.
    #[must_use]
    pub fn has(&self, tenant: &TenantId) -> bool {
        self.open().tenants.contains_key(tenant)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.open();
        let Open { keys, tenants } = &mut *open;
        if keys.get(&self.key) == Some(&1) {
            keys.remove(&self.key);
        } else if let Some(count) = keys.get_mut(&self.key) {
            *count -= 1;
        }
        if tenants.get(&self.tenant) == Some(&1) {
            tenants.remove(&self.tenant);
        } else if let Some(count) = tenants.get_mut(&self.tenant) {
            *count -= 1;
        }
    }
}
