//! Forgets users when they, or their tenant, ask for it.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::{
    domain::{
        ids::{EmailKey, ReceiptId, TenantId, UserId, UserKey},
        keyring::Keyring,
        privacy::erasure::{Erased, Erasure, ErasureBegun},
    },
    ports::{Clock, ErasureStore, ProfileStore, RequestStore, SuppressionStore, Unavailable},
    service::{privacy::request_forgetting::forget_requests, tenant::saved_searches::SavedSearches},
};

/// How often is looked for erasures that nobody finishes.
const EVERY: Duration = Duration::from_mins(1);
/// How often an erasure is ended anew because logins of the user kept coming in.
const MAX_TRIES: usize = 1_000;

/// Forgets users.
#[derive(Clone)]
pub struct Erasures {
    store: Arc<dyn ErasureStore>,
    profiles: Arc<dyn ProfileStore>,
    suppressions: Arc<dyn SuppressionStore>,
    requests: Option<Arc<dyn RequestStore>>,
    searches: Option<Arc<SavedSearches>>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

/// A receipt, and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What was done.
    pub erasure: Erasure,
    /// Shows that this service made the receipt, and that nothing of it was changed.
    pub signature: [u8; 32],
}

impl Erasures {
    /// Uses these ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn ErasureStore>,
        profiles: Arc<dyn ProfileStore>,
        suppressions: Arc<dyn SuppressionStore>,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { store, profiles, suppressions, requests: None, searches: None, clock, keyring }
    }

    /// Forgets what users have asked for, too.
    #[must_use]
    pub fn with_requests(self, requests: Arc<dyn RequestStore>) -> Self {
        Self { requests: Some(requests), ..self }
    }

    /// Forgets saved searches that name them, too.
    #[must_use]
    pub fn with_searches(self, searches: Arc<SavedSearches>) -> Self {
        Self { searches: Some(searches), ..self }
    }

    /// Forgets a user. If nothing is kept of them, the receipt is that of the erasure that is under way or of the latest one;
    /// `None` if there was none.
    ///
    /// # Errors
    /// When the store does not answer. An erasure that was begun is finished by [`Erasures::resume`].
    pub async fn erase(&self, tenant: &TenantId, user: &UserId) -> Result<Option<Receipt>, Unavailable> {
        let key = self.keyring.tenant(tenant).user(user);
        self.forget_requests(&key).await?;
        self.forget_searches(tenant, &key).await?;
        if !self.store.is_known(&key).await? {
            // Everything is deleted before the receipt is written.
            if let Some(begun) = self.store.erasures_begun().await?.iter().find(|it| it.user == key) {
                return self.finish(begun).await.map(Some);
            }
            return Ok(self.store.erasure_of(&key).await?.map(|it| self.receipt(it)));
        }
        let now = self.clock.now();
        let begun =
            ErasureBegun { tenant: tenant.clone(), user: key, at: now, erased: Erased::default(), with_tenant: false };
        self.carry_out(&begun).await.map(Some)
    }

    /// Begins an erasure and finishes it, or the one of the same user that is under way, whether or not anything is known of
    /// the user. The receipt is that of the one that was finished.
    ///
    /// # Errors
    /// As [`Erasures::erase`].
    pub async fn carry_out(&self, begun: &ErasureBegun) -> Result<Receipt, Unavailable> {
        let begun = self.store.begin_erasure(begun).await?;
        if begun.with_tenant {
            return Err(Unavailable("the tenant of this user is being removed".to_owned()));
        }
        self.finish(&begun).await
    }

    /// Finishes at once, and every minute, what a process that was killed had begun, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.resume().await {
                Ok(0) => {}
                Ok(count) => info!(count, "erasures that were begun are finished"),
                Err(fault) => warn!(%fault, "erasures that were begun are not finished"),
            }
            // Ends after the pause, or at once when `stop` turns true.
            let _ = timeout(EVERY, stop.changed()).await;
        }
    }

    /// Finishes the erasures that were begun. Returns how many there were.
    ///
    /// # Errors
    /// When the store does not answer. The rest is left for the next call.
    pub async fn resume(&self) -> Result<usize, Unavailable> {
        let begun = self.store.erasures_begun().await?;
        // Those that are part of the removal of a tenant are finished with it.
        let begun: Vec<ErasureBegun> = begun.into_iter().filter(|it| !it.with_tenant).collect();
        for erasure in &begun {
            self.finish(erasure).await?;
        }
        Ok(begun.len())
    }

    /// An erasure by its receipt. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, receipt: ReceiptId) -> Result<Option<Receipt>, Unavailable> {
        let found = self.store.erasure(receipt).await?.filter(|it| it.tenant == *tenant);
        Ok(found.map(|it| self.receipt(it)))
    }

    async fn finish(&self, begun: &ErasureBegun) -> Result<Receipt, Unavailable> {
        let ErasureBegun { tenant, user, at, .. } = begun;
        let receipt = self.keyring.tenant(tenant).receipt_id(*at, user);
        for _ in 0..MAX_TRIES {
            self.lift_suppression(tenant, user).await?;
            self.forget_requests(user).await?;
            self.forget_searches(tenant, user).await?;
            while self.store.erase_some(tenant, user).await? {}
            let ended = self.store.end_erasure(tenant, user, receipt).await?;
            // Another process may have finished it meanwhile.
            if let Some(erasure) = ended.or(self.store.erasure(receipt).await?) {
                return Ok(self.receipt(erasure));
            }
        }
        Err(Unavailable("logins of a user who is being forgotten keep coming in".to_owned()))
    }

    async fn forget_requests(&self, user: &UserKey) -> Result<(), Unavailable> {
        match &self.requests {
            Some(requests) => forget_requests(requests.as_ref(), user).await.map(drop),
            None => Ok(()),
        }
    }

    async fn forget_searches(&self, tenant: &TenantId, user: &UserKey) -> Result<(), Unavailable> {
        let Some(searches) = &self.searches else { return Ok(()) };
        let now = self.clock.now();
        let email = self.profiles.load(user, None, now).await?.profile.contact.email;
        searches.forget(tenant, user, email.as_deref(), now).await
    }

    /// That an address gets no more mail is known by its hash alone, and is of the person too.
    async fn lift_suppression(&self, tenant: &TenantId, user: &UserKey) -> Result<(), Unavailable> {
        let profile = self.profiles.load(user, None, self.clock.now()).await?.profile;
        if let Some(email) = profile.contact.email {
            let email: EmailKey = self.keyring.tenant(tenant).email(&email);
            self.suppressions.lift(tenant, email).await?;
        }
        Ok(())
    }

    fn receipt(&self, erasure: Erasure) -> Receipt {
        let signature = self.keyring.receipt_signature(&erasure.signed_bytes());
        Receipt { erasure, signature }
    }
}
