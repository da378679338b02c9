//! Takes the ledger of removals out of a store, and carries it out in one that was restored from a backup.

use std::sync::Arc;

use crate::{
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        keyring::Keyring,
        privacy::removal::{Removal, RemovalBegun, Removed},
    },
    ports::{LoginStore, Unavailable, WebhookStore},
    service::privacy::{
        ledger::{Applied, ApplyError},
        removal::{
            removals::{RemovalReceipt, Removals},
            tenants::TenantState,
        },
    },
};

/// The ledger of removals.
#[derive(Clone)]
pub struct TenantLedger {
    removals: Removals,
    logins: Arc<dyn LoginStore>,
    webhooks: Arc<dyn WebhookStore>,
    keyring: Keyring,
}

impl TenantLedger {
    /// Removes by `removals`; `logins` say when something happened.
    #[must_use]
    pub fn new(
        removals: Removals,
        logins: Arc<dyn LoginStore>,
        webhooks: Arc<dyn WebhookStore>,
        keyring: Keyring,
    ) -> Self {
        Self { removals, logins, webhooks, keyring }
    }

    /// All entries, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer, or an entry cannot be read.
    pub async fn entries(&self) -> Result<Vec<RemovalReceipt>, Unavailable> {
        let entries = self.removals.tenants().ledger.removals().await?;
        Ok(entries.into_iter().map(|it| self.removals.receipt(it)).collect())
    }

    /// Finishes what was under way when the backup was made. Comes before the first entry.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn prepare(&self) -> Result<(), Unavailable> {
        self.removals.resume().await.map(drop)
    }

    /// Removes the tenant of an entry, unless that was done in this store or everything that is kept of it is from after it, and
    /// adds the entry if it is missing. A second time changes nothing.
    ///
    /// # Errors
    /// See [`ApplyError`].
    pub async fn apply(&self, entry: &RemovalReceipt) -> Result<Applied, ApplyError> {
        let removal = &entry.removal;
        let receipt = self.keyring.tenant(&removal.tenant).removal_receipt_id(removal.at);
        if receipt != removal.receipt || removal.signature(&self.keyring) != entry.signature {
            return Err(ApplyError::NotOurs);
        }
        let tenants = self.removals.tenants();
        let entered = tenants.ledger.removals().await?.into_iter().find(|it| it.receipt == receipt);
        let state = tenants.one(&removal.tenant).await?;
        let applied = if entered.is_some() || self.is_all_since(removal, &state).await? {
            if state.is_there() { Applied::CameBack } else { Applied::Gone }
        } else {
            self.remove(removal, &state).await?
        };
        if entered.as_ref() != Some(removal) {
            tenants.ledger.enter_removal(removal).await?;
        }
        Ok(applied)
    }

    async fn remove(&self, removal: &Removal, state: &TenantState) -> Result<Applied, Unavailable> {
        let webhooks = self.webhooks.webhooks(&removal.tenant).await?.len() as u64;
        let (tenant, api_keys) = (removal.tenant.clone(), state.keys.len() as u64);
        let done = self.removals.carry_out(&RemovalBegun { tenant, at: removal.at, api_keys, webhooks }).await?;
        Ok(if done.removal.removed == Removed::default() { Applied::Gone } else { Applied::Erased })
    }

    /// Whether there are keys or logins, and all of them are from after a removal.
    async fn is_all_since(&self, removal: &Removal, state: &TenantState) -> Result<bool, Unavailable> {
        let (first, at) = (LoginId([0; 16]), LoginId::first_at(removal.at));
        let before = self.logins.logins(&removal.tenant, &LoginIndex::Time, first..at, 1).await?;
        Ok(state.is_there() && before.is_empty() && state.keys.iter().all(|it| it.created_at >= removal.at))
    }
}
