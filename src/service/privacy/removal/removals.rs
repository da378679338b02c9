//! Removes tenants when their contracts end.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tracing::{info, warn};

use crate::{
    domain::{
        ids::{TenantId, UserKey},
        keyring::Keyring,
        privacy::{
            erasure::{Erased, ErasureBegun},
            removal::{Removal, RemovalBegun},
        },
    },
    ports::{Clock, ErasureStore, OperatorStore, Unavailable, WebhookStore},
    service::{
        operator::operators::forget_tenant,
        privacy::{
            audit::Audit,
            removal::{cleared_audit, tenants::Tenants},
        },
        tenant::api_keys::ApiKeys,
    },
};

/// How often is looked for removals that nobody finishes.
const EVERY: Duration = Duration::from_mins(1);
/// How many of a tenant's people are looked for at once.
const STEP: usize = 200;
/// How many people are forgotten at a time. More are not sooner done by a store that waits for its disk, but each later.
const WIDTH: usize = 8;
/// How often the erasure of one of them is ended anew because logins kept coming in.
const MAX_TRIES: usize = 1_000;
/// How often the people are walked through again because somebody was met. Who is met each time has records that no index
/// of theirs lists, and these are deleted with the rest.
const MAX_WALKS: usize = 10;

/// How often a removal goes on where the store was too late to answer.
const MAX_PATIENCE: usize = 20;

/// What removals wait for.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// How long after a key was revoked the last request ends that it admitted.
    pub requests_end_within: Duration,
    /// The pause before a removal goes on for which the store was late.
    pub pause: Duration,
}

impl Waits {
    /// Where there is a service. For a second another process may not know that a key was revoked, nine seconds a request takes to
    /// arrive, two it waits in a queue.
    pub const OF_A_SERVICE: Self = Self { requests_end_within: Duration::from_secs(13), pause: Duration::from_secs(1) };
}

/// What removals work with.
#[derive(Clone)]
pub struct RemovalPorts {
    /// Which tenants there are.
    pub tenants: Tenants,
    /// Forgets their people.
    pub erasures: Arc<dyn ErasureStore>,
    /// How many webhooks there are.
    pub webhooks: Arc<dyn WebhookStore>,
    /// Who may look at what is theirs.
    pub operators: Arc<dyn OperatorStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Removes tenants.
#[derive(Clone)]
pub struct Removals {
    ports: RemovalPorts,
    api_keys: ApiKeys,
    audit: Audit,
    keyring: Keyring,
    waits: Waits,
}

/// A receipt, and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovalReceipt {
    /// What was done.
    pub removal: Removal,
    /// Shows that this service made the receipt, and that nothing of it was changed.
    pub signature: [u8; 32],
}

impl Removals {
    /// Uses these ports.
    #[must_use]
    pub const fn new(ports: RemovalPorts, api_keys: ApiKeys, audit: Audit, keyring: Keyring, waits: Waits) -> Self {
        Self { ports, api_keys, audit, keyring, waits }
    }

    /// Which tenants there are.
    #[must_use]
    pub const fn tenants(&self) -> &Tenants {
        &self.ports.tenants
    }

    /// Removes a tenant, or finishes the removal that is under way. If nothing is kept of it, the receipt is that of the latest
    /// removal; `None` if there was none.
    ///
    /// # Errors
    /// When the store does not answer, also a while later. A removal that was begun is finished by [`Removals::resume`].
    pub async fn remove(&self, tenant: &TenantId) -> Result<Option<RemovalReceipt>, Unavailable> {
        let state = self.ports.tenants.one(tenant).await?;
        if let Some(begun) = &state.removing {
            return self.finish(begun).await.map(Some);
        }
        if !state.is_there() {
            return Ok(state.removed.map(|it| self.receipt(it)));
        }
        let webhooks = self.ports.webhooks.webhooks(tenant).await?.len() as u64;
        let (at, api_keys) = (self.ports.clock.now(), state.keys.len() as u64);
        self.carry_out(&RemovalBegun { tenant: tenant.clone(), at, api_keys, webhooks }).await.map(Some)
    }

    /// Begins a removal and finishes it, or the one of the same tenant that is under way. The receipt is that of the one that
    /// was finished.
    ///
    /// # Errors
    /// As [`Removals::remove`].
    pub async fn carry_out(&self, begun: &RemovalBegun) -> Result<RemovalReceipt, Unavailable> {
        let begun = self.ports.tenants.removals.begin_removal(begun).await?;
        self.finish(&begun).await
    }

    /// Finishes at once, and every minute, what a process that was killed had begun, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            // Where it is cut off, the next process goes on.
            let finished = tokio::select! {
                finished = self.resume() => finished,
                _ = stop.changed() => return,
            };
            match finished {
                Ok(0) => {}
                Ok(count) => info!(count, "removals of tenants that were begun are finished"),
                Err(fault) => warn!(%fault, "removals of tenants that were begun are not finished"),
            }
            // Ends after the pause, or at once when `stop` turns true.
            let _ = timeout(EVERY, stop.changed()).await;
        }
    }

    /// Finishes the removals that were begun. Returns how many there were.
    ///
    /// # Errors
    /// When the store does not answer. The rest is left for the next call.
    pub async fn resume(&self) -> Result<usize, Unavailable> {
        let begun = self.ports.tenants.removals.removals_begun().await?;
        for removal in &begun {
            self.finish(removal).await?;
        }
        Ok(begun.len())
    }

    /// The receipt of a removal.
    #[must_use]
    pub fn receipt(&self, removal: Removal) -> RemovalReceipt {
        RemovalReceipt { signature: removal.signature(&self.keyring), removal }
    }

    /// Goes on for a while where the store is late: what is left of a tenant is many steps of work, and a busy moment in one of
    /// them should not leave it half removed until somebody asks again.
    async fn finish(&self, begun: &RemovalBegun) -> Result<RemovalReceipt, Unavailable> {
        for _ in 0..MAX_PATIENCE {
            match self.finish_once(begun).await {
                Ok(receipt) => return Ok(receipt),
                Err(fault) => warn!(%fault, "a removal waits for the store"),
            }
            sleep(self.waits.pause).await;
        }
        self.finish_once(begun).await
    }

    /// Several processes may do this at once: each step finds what is left.
    async fn finish_once(&self, begun: &RemovalBegun) -> Result<RemovalReceipt, Unavailable> {
        let (tenant, keys) = (&begun.tenant, self.keyring.tenant(&begun.tenant));
        let (removals, receipt) = (&self.ports.tenants.removals, begun.receipt(&keys));
        self.revoke_keys(tenant).await?;
        self.forget_people(begun).await?;
        self.wait_for_requests(tenant).await?;
        for _ in 0..MAX_WALKS {
            if !self.forget_people(begun).await? {
                break;
            }
        }
        while removals.remove_rest(tenant).await? {}
        cleared_audit::clear(self.ports.tenants.audits.as_ref(), &self.audit, &keys, receipt).await?;
        for key in self.keys_of(tenant).await? {
            self.ports.tenants.keys.remove_api_key(&key).await?;
        }
        if let Some(removal) = removals.end_removal(begun, receipt).await? {
            return Ok(self.receipt(removal));
        }
        // Another process has finished it meanwhile.
        let ended = self.ports.tenants.ledger.removals().await?.into_iter().find(|it| it.receipt == receipt);
        let missing = || Unavailable("the removal has ended, and is not in the ledger".to_owned());
        ended.map(|it| self.receipt(it)).ok_or_else(missing)
    }

    async fn keys_of(&self, tenant: &TenantId) -> Result<Vec<String>, Unavailable> {
        let all = self.api_keys.list().await?;
        Ok(all.into_iter().filter(|it| it.tenant == *tenant).map(|it| it.id).collect())
    }

    /// From a second later on no request of the tenant is admitted, by any process; and from now on no operator of the console
    /// sees it.
    async fn revoke_keys(&self, tenant: &TenantId) -> Result<(), Unavailable> {
        for key in self.keys_of(tenant).await? {
            self.api_keys.revoke(&key).await?;
        }
        forget_tenant(self.ports.operators.as_ref(), tenant).await
    }

    /// Waits until every request has ended that was admitted before the last key was revoked.
    async fn wait_for_requests(&self, tenant: &TenantId) -> Result<(), Unavailable> {
        let all = self.api_keys.list().await?;
        let revoked = all.iter().filter(|it| it.tenant == *tenant).filter_map(|it| it.revoked_at).max();
        if let Some(at) = revoked {
            let since = Duration::from_millis(self.ports.clock.now().ms_since(at).max(0).unsigned_abs());
            sleep(self.waits.requests_end_within.saturating_sub(since)).await;
        }
        Ok(())
    }

    /// Forgets all of the tenant's people who can be found. Whether there were any.
    async fn forget_people(&self, begun: &RemovalBegun) -> Result<bool, Unavailable> {
        let under_way = self.ports.erasures.erasures_begun().await?;
        let mut users: Vec<UserKey> =
            under_way.into_iter().filter(|it| it.tenant == begun.tenant).map(|it| it.user).collect();
        let (mut has_met, mut is_last, mut position) = (false, false, None);
        loop {
            has_met |= !users.is_empty();
            let forgotten = stream::iter(users).map(|user| self.forget(begun, user));
            forgotten.buffer_unordered(WIDTH).try_collect::<()>().await?;
            if is_last {
                return Ok(has_met);
            }
            let step = self.ports.tenants.removals.people_of(&begun.tenant, position.as_ref(), STEP).await?;
            (users, is_last, position) = (step.users, step.next.is_none(), step.next);
        }
    }

    async fn forget(&self, removal: &RemovalBegun, user: UserKey) -> Result<(), Unavailable> {
        let RemovalBegun { tenant, at, .. } = removal;
        let (store, keys) = (&self.ports.erasures, self.keyring.tenant(tenant));
        let wanted =
            ErasureBegun { tenant: tenant.clone(), user, at: *at, erased: Erased::default(), with_tenant: true };
        for _ in 0..MAX_TRIES {
            // One that the person had asked for before goes on, and has a receipt of its own.
            let begun = store.begin_erasure(&wanted).await?;
            while self.ports.tenants.removals.erase_some_with_tenant(tenant, &begun.user).await? {}
            let receipt = keys.receipt_id(begun.at, &begun.user);
            if store.end_erasure(tenant, &begun.user, receipt).await?.is_some() {
                return Ok(());
            }
        }
        Err(Unavailable("logins of a user who is being forgotten keep coming in".to_owned()))
    }
}
