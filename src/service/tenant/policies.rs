//! The policies by which tenants' logins are judged: the operator's, with each tenant's changes.

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

/// For how long a process uses what it has read. A change by another process takes effect here after that time at the
/// latest.
const FRESH_MS: i64 = SECOND_MS;
/// How often the store is told again that a policy is in use: well before
/// [`KEPT_LONGER_MS`](crate::ports::KEPT_LONGER_MS).
const KEEP_AGAIN_MS: i64 = HOUR_MS;

/// Why a policy was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// The policy that was to be replaced is not the current one.
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
    /// Reads `store`. A tenant that has changed nothing is judged by the operator's policies.
    #[must_use]
    pub fn new(store: Arc<dyn PolicyStore>, operators: Policies) -> Self {
        Self { store, operators, known: RwLock::default() }
    }

    /// A tenant's policy, at most a second old. While the store does not answer, the one that was read last.
    ///
    /// # Errors
    /// When the store does not answer, and has not answered about this tenant before.
    pub async fn of(&self, tenant: &TenantId, now: Timestamp) -> Result<Arc<Policy>, Unavailable> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        let Some(known) = known else { return self.read(tenant, None, now).await };
        if (0..FRESH_MS).contains(&now.ms_since(known.read_at)) {
            return Ok(known.policy);
        }
        // This request reads the policy anew; others go on with the known one meanwhile.
        self.remember(tenant, Known { read_at: now, ..known.clone() });
        let policy = known.policy.clone();
        Ok(self.read(tenant, Some(known), now).await.unwrap_or(policy))
    }

    /// A policy by which logins of this tenant were judged. Policies are kept as long as those logins.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn past(&self, tenant: &TenantId, version: PolicyVersion) -> Result<Option<Policy>, Unavailable> {
        let kept = self.store.kept_policy(tenant, version).await?;
        // It keeps the version that its logins name, even if this program would compute another.
        let whole = kept.and_then(|it| it.apply(&Policy::default()).ok());
        Ok(whole.map(|it| Policy { version, ..it }))
    }

    /// Replaces a tenant's change of the operator's policy. Refused if the tenant's policy is no longer the version
    /// `replaced`.
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
            Some(known) if known.times == times => (known.policy, Some(known.kept_at)),
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

    /// The operator's policy with a change that was valid when it was made.
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

    /// Remembers a policy, unless a later one is remembered already: this process may have changed it meanwhile.
    fn remember(&self, tenant: &TenantId, known: Known) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let is_latest = all
            .get(tenant)
            .is_none_or(|remembered| (remembered.read_at, remembered.times) <= (known.read_at, known.times));
        if is_latest {
            all.insert(tenant.clone(), known);
        }
    }
}
