//! Which tenants' logins have all at once turned out to be from unknown devices, and the alarm.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tracing::error;

use crate::domain::{
    ids::TenantId,
    storm::{Gauge, StormRule},
    time::Timestamp,
};

/// Watches the logins of all tenants that this process records: there are as many as have API keys.
///
/// Shares are the same in every process behind one address; that one has seen a storm, the others learn by the store.
#[derive(Debug, Default)]
pub struct Storms {
    rule: StormRule,
    gauges: Mutex<HashMap<TenantId, Gauge>>,
}

impl Storms {
    /// By this rule.
    #[must_use]
    pub fn new(rule: StormRule) -> Self {
        Self { rule, gauges: Mutex::default() }
    }

    /// Takes note of a login received at `now`, from a device that is not known or from one that is.
    pub fn note(&self, tenant: &TenantId, now: Timestamp, unknown: bool) {
        let mut gauges = self.gauges();
        let begins = match gauges.get_mut(tenant) {
            Some(gauge) => gauge.note(now, self.rule, unknown),
            None => gauges.entry(tenant.clone()).or_default().note(now, self.rule, unknown),
        };
        if begins {
            let StormRule { percent, sample } = self.rule;
            error!(
                tenant = tenant.as_str(),
                percent,
                sample,
                "ALARM: most logins are suddenly from unknown devices, and mails are held back: was the store lost, or the \
                 page that measures browsers changed? See `watchlight alerts list --reason storm`"
            );
            metrics::counter!("watchlight_storms_total").increment(1);
        }
    }

    /// Whether the tenant's mails are to be held back, as far as this process has seen.
    #[must_use]
    pub fn is_stormy(&self, tenant: &TenantId, now: Timestamp) -> bool {
        self.gauges().get(tenant).is_some_and(|it| it.is_stormy(now))
    }

    /// The tenants whose mails are held back.
    #[must_use]
    pub fn stormy(&self, now: Timestamp) -> Vec<TenantId> {
        let gauges = self.gauges();
        gauges.iter().filter(|(_, it)| it.is_stormy(now)).map(|(tenant, _)| tenant.clone()).collect()
    }

    /// Nothing panics between two changes that belong together.
    fn gauges(&self) -> MutexGuard<'_, HashMap<TenantId, Gauge>> {
        self.gauges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
