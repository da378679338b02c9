//! The keys that records are sealed with.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

use crate::domain::{
    ids::{TenantId, UserKey},
    keyring::{Keyring, TenantKeys},
    salt::{Salt, SealingKey, Week},
};

/// How many tenants' keys are kept. A key takes a microsecond to derive.
const TENANTS: usize = 1_024;
/// How many persons' salts are kept: some 4 MB.
const SALTS: usize = 32_768;
/// How many weeks' salts are kept.
const WEEKS: usize = 4_096;
/// For how long a salt is believed that another process may have destroyed. Nothing is written with one that was: a commit
/// compares it with the stored one.
const BELIEVED: Duration = Duration::from_secs(30);

/// Derives keys from the root key and from salts, and remembers those that were needed lately.
pub struct Sealer {
    keyring: Keyring,
    tenants: Cache<TenantId, Arc<TenantKeys>>,
    salts: Cache<[u8; 16], (Salt, Instant)>,
    weeks: Cache<(TenantId, Week), (Option<Salt>, Instant)>,
}

/// Hides the keys.
impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer([redacted])")
    }
}

impl Sealer {
    /// Seals with keys that are derived from the root key.
    #[must_use]
    pub fn new(keyring: Keyring) -> Self {
        Self { keyring, tenants: Cache::new(TENANTS), salts: Cache::new(SALTS), weeks: Cache::new(WEEKS) }
    }

    /// The keys that belong to no tenant.
    #[must_use]
    pub const fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// A tenant's keys.
    #[must_use]
    pub fn keys(&self, tenant: &TenantId) -> Arc<TenantKeys> {
        if let Some(keys) = self.tenants.get(tenant) {
            return keys;
        }
        let keys = Arc::new(self.keyring.tenant(tenant));
        self.tenants.insert(tenant.clone(), keys.clone());
        keys
    }

    /// The key for what is kept of a person.
    #[must_use]
    pub fn person(&self, tenant: &TenantId, user: &UserKey, salt: Salt) -> SealingKey {
        self.keys(tenant).person(user, salt)
    }

    /// A person's salt, if it was seen a moment ago.
    #[must_use]
    pub fn remembered(&self, user: &UserKey) -> Option<Salt> {
        let (salt, seen_at) = self.salts.get(&user.hash)?;
        (seen_at.elapsed() < BELIEVED).then_some(salt)
    }

    /// Remembers what the store has just said of a person: their salt, or that there is none.
    pub fn remember(&self, user: &UserKey, salt: Option<Salt>) {
        match salt {
            Some(salt) => self.salts.insert(user.hash, (salt, Instant::now())),
            None => {
                self.salts.remove(&user.hash);
            }
        }
    }

    /// The salt of a tenant's week, or that there is none, if that was seen a moment ago.
    #[must_use]
    pub fn remembered_week(&self, tenant: &TenantId, week: Week) -> Option<Option<Salt>> {
        let (salt, seen_at) = self.weeks.get(&(tenant.clone(), week))?;
        (seen_at.elapsed() < BELIEVED).then_some(salt)
    }

    /// Remembers what the store has just said of a week.
    pub fn remember_week(&self, tenant: &TenantId, week: Week, salt: Option<Salt>) {
        if self.remembered_week(tenant, week) != Some(salt) {
            self.weeks.insert((tenant.clone(), week), (salt, Instant::now()));
        }
    }

    /// Forgets what it knows of weeks, before salts of some are destroyed.
    pub fn forget_weeks(&self) {
        self.weeks.clear();
    }
}
