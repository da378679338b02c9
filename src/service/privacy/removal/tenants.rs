//! Which tenants there are, and which there were.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        ids::TenantId,
        privacy::removal::{Removal, RemovalBegun},
        tenant::api_key::ApiKeyRecord,
    },
    ports::{ApiKeyStore, AuditStore, RemovalLedger, RemovalStore, Unavailable},
};

/// What tells of tenants.
#[derive(Clone)]
pub struct Tenants {
    /// What is kept of them, and which are being removed.
    pub removals: Arc<dyn RemovalStore>,
    /// Which were removed.
    pub ledger: Arc<dyn RemovalLedger>,
    /// Their API keys.
    pub keys: Arc<dyn ApiKeyStore>,
    /// Their audits.
    pub audits: Arc<dyn AuditStore>,
}

/// What is known of a tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantState {
    /// API keys, the oldest first, revoked ones as well.
    pub keys: Vec<ApiKeyRecord>,
    /// Whether something else is kept, audit aside.
    pub has_records: bool,
    /// Whether there is an audit.
    pub has_audit: bool,
    /// The removal that is under way.
    pub removing: Option<RemovalBegun>,
    /// The latest removal.
    pub removed: Option<Removal>,
}

impl TenantState {
    /// Whether there is something to remove. Of a tenant that was removed the audit stays, with the entry that says so.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        !self.keys.is_empty() || self.has_records || self.has_audit && self.removed.is_none()
    }
}

impl Tenants {
    /// All tenants, also those that were removed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn all(&self) -> Result<BTreeMap<TenantId, TenantState>, Unavailable> {
        let mut all = BTreeMap::<TenantId, TenantState>::new();
        for key in self.keys.api_keys().await? {
            all.entry(key.tenant.clone()).or_default().keys.push(key);
        }
        for tenant in self.removals.tenants().await? {
            all.entry(tenant).or_default().has_records = true;
        }
        for tenant in self.audits.audited_tenants().await? {
            all.entry(tenant).or_default().has_audit = true;
        }
        for begun in self.removals.removals_begun().await? {
            let tenant = begun.tenant.clone();
            all.entry(tenant).or_default().removing = Some(begun);
        }
        // The oldest first, so the latest stays.
        for removal in self.ledger.removals().await? {
            let tenant = removal.tenant.clone();
            all.entry(tenant).or_default().removed = Some(removal);
        }
        Ok(all)
    }

    /// One tenant.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn one(&self, tenant: &TenantId) -> Result<TenantState, Unavailable> {
        Ok(self.all().await?.remove(tenant).unwrap_or_default())
    }
}
