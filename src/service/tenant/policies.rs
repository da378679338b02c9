//! By what a tenant's logins are judged: what the operator has written, and what the tenant wants to be different.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tracing::{error, info};

use crate::{
    domain::{
        ids::TenantId,
        login::login::Invalid,
        policy::{
            change::PolicyChange,
            policy::{Policies, Policy, PolicyVersion},
        },
        time::{HOUR_MS, SECOND_MS, Timestamp},
    },
    ports::{PolicyStore, Unavailable},
    service::queue::tries::retry_stale,
};

/// How long a process judges by what it has read: so late does a change by another process count here.
const FRESH_MS: i64 = SECOND_MS;
/// How often it is said again that a policy is still in use: well before [`KEPT_LONGER_MS`](crate::ports::KEPT_LONGER_MS).
const KEEP_AGAIN_MS: i64 = HOUR_MS;

/// Why a policy was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// The policy that was to be replaced is another by now.
    #[error("the policy is another by now")]
    Changed,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A policy as this process knows it.
#[derive(Clone)]
struct Known {
    policy: Arc<Policy>,
    times: u64,
    read_at: Timestamp,
    kept_at: Timestamp,
}

/// The policies of all tenants.
pub struct TenantPolicies {
    store: Arc<dyn PolicyStore>,
    operators: Policies,
    known: RwLock<HashMap<TenantId, Known>>,
}

impl TenantPolicies {
    /// Over a store; a tenant that wants nothing to be different has what the operator has written.
    #[must_use]
    pub fn new(store: Arc<dyn PolicyStore>, operators: Policies) -> Self {
        Self { store, operators, known: RwLock::default() }
    }

    /// A tenant's policy, at most a second old. While the store does not answer, the one that was read last.
    ///
    /// # Errors
    /// The store does not answer, and never has about this tenant.
    pub async fn of(&self, tenant: &TenantId, now: Timestamp) -> Result<Arc<Policy>, Unavailable> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        let Some(known) = known else { return self.read(tenant, None, now).await };
        if (0..FRESH_MS).contains(&now.ms_since(known.read_at)) {
            return Ok(known.policy);
        }
        // One asks, and the others go on with what is known.
        self.remember(tenant, Known { read_at: now, ..known.clone() });
        let policy = known.policy.clone();
        Ok(self.read(tenant, Some(known), now).await.unwrap_or(policy))
    }

    /// A policy that judged logins of this tenant, as long as they are kept.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn past(&self, tenant: &TenantId, version: PolicyVersion) -> Result<Option<Policy>, Unavailable> {
        let kept = self.store.kept_policy(tenant, version).await?;
        // Under the name by which logins know it, also if this program would give it another.
        let whole = kept.and_then(|it| it.apply(&Policy::default()).ok());
        Ok(whole.map(|it| Policy { version, ..it }))
    }

    /// Has a tenant's logins judged by the operator's policy with this change, instead of the change before; that is
    /// refused if the policy is not `replaced` by now.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub async fn change(
        &self,
        tenant: &TenantId,
        replaced: Option<PolicyVersion>,
        change: &PolicyChange,
        now: Timestamp,
    ) -> Result<Arc<Policy>, PolicyError> {
        let policy = change.apply(self.operators.of(tenant)).map_err(PolicyError::Invalid)?;
        let policy = &Arc::new(policy);
        let attempt = || async move {
            let (times, before) = self.store.policy(tenant).await?;
            let was = self.resolve(tenant, &before).version;
            if replaced.is_some_and(|it| it != was) {
                return Err(PolicyError::Changed);
            }
            self.store.keep_policy(tenant, policy.version, &PolicyChange::whole(policy), now).await?;
            if !self.store.put_policy(tenant, times, change).await? {
                return Ok(None);
            }
            let (tenant_name, version) = (tenant.as_str(), policy.version);
            info!(tenant = tenant_name, %was, is = %version, "a tenant's policy was changed");
            let known = Known { policy: policy.clone(), times: times + 1, read_at: now, kept_at: now };
            self.remember(tenant, known);
            Ok(Some(policy.clone()))
        };
        retry_stale("the policy", attempt).await
    }

    async fn read(&self, tenant: &TenantId, known: Option<Known>, now: Timestamp) -> Result<Arc<Policy>, Unavailable> {
        let (times, change) = self.store.policy(tenant).await?;
        let (policy, kept_at) = match known {
            Some(it) if it.times == times => (it.policy, Some(it.kept_at)),
            _ => (self.resolve(tenant, &change), None),
        };
        let kept_at = match kept_at {
            Some(at) if (0..KEEP_AGAIN_MS).contains(&now.ms_since(at)) => at,
            _ => {
                self.store.keep_policy(tenant, policy.version, &PolicyChange::whole(&policy), now).await?;
                now
            }
        };
        self.remember(tenant, Known { policy: policy.clone(), times, read_at: now, kept_at });
        Ok(policy)
    }

    /// What the operator has written, with a change that was sound when it was made.
    fn resolve(&self, tenant: &TenantId, change: &PolicyChange) -> Arc<Policy> {
        let operators = self.operators.of(tenant);
        if *change == PolicyChange::default() {
            return operators.clone();
        }
        let refused = |Invalid { field, problem, .. }: Invalid| {
            let tenant = tenant.as_str();
            error!(tenant, field, problem, "a tenant's policy no longer goes with the operator's, which is used alone");
            operators.clone()
        };
        change.apply(operators).map_or_else(refused, Arc::new)
    }

    /// Unless what was read later is remembered already: a change by this process may have come in between.
    fn remember(&self, tenant: &TenantId, known: Known) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let is_latest = all.get(tenant).is_none_or(|it| (it.read_at, it.times) <= (known.read_at, known.times));
        if is_latest {
            all.insert(tenant.clone(), known);
        }
    }
}
