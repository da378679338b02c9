//! Suppressed e-mail addresses, which get no more mail: looking them up, and lifting the suppression. They are stored
//! as keyed hashes, so nobody can be shown a list of them.

use std::sync::Arc;

use crate::{
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::TenantId,
        keyring::Keyring,
    },
    ports::{SuppressionStore, Unavailable},
};

/// The suppressed addresses of all tenants.
#[derive(Clone)]
pub struct Suppressions {
    store: Arc<dyn SuppressionStore>,
    keyring: Keyring,
}

impl Suppressions {
    /// Reads and writes `store`.
    #[must_use]
    pub fn new(store: Arc<dyn SuppressionStore>, keyring: Keyring) -> Self {
        Self { store, keyring }
    }

    /// How many addresses of a tenant are suppressed, by cause.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn counts(&self, tenant: &TenantId) -> Result<[(Cause, u64); 3], Unavailable> {
        let counted = self.store.count_suppressions(tenant).await?;
        let of = |cause| counted.iter().filter(|(counted, _)| *counted == cause).map(|(_, count)| count).sum();
        Ok(Cause::ALL.map(|cause| (cause, of(cause))))
    }

    /// Why an address is suppressed; `None` if it is not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, address: &str) -> Result<Option<Suppression>, Unavailable> {
        let email = self.keyring.tenant(tenant).email(address);
        let found = self.store.suppressions(&[(tenant.clone(), email)]).await?;
        Ok(found.into_iter().flatten().next())
    }

    /// Lifts the suppression of an address. Returns whether there was one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn lift(&self, tenant: &TenantId, address: &str) -> Result<bool, Unavailable> {
        self.store.lift(tenant, self.keyring.tenant(tenant).email(address)).await
    }
}
