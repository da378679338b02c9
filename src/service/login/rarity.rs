//! Measures how rare a login is in its tenant, among the logins that this process has seen.
//!
//! The model is kept in memory: it costs no call of the store, and starts empty with the process. It finds nothing rare
//! until it has seen some hundreds of logins, so that a restart is silent rather than loud.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        ids::TenantId,
        risk::freeman::{Calibration, Features, Model, Rarity, Told, first_u64},
    },
    service::login::observing::Seen,
};

/// The models of all tenants.
#[derive(Default)]
pub struct Rarities {
    tenants: Mutex<HashMap<TenantId, (Model, Calibration)>>,
}

impl Rarities {
    /// How rare a login is, if that is unusual for its tenant.
    #[must_use]
    pub fn rarity(&self, tenant: &TenantId, seen: &Seen) -> Option<Rarity> {
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let (model, calibration) = tenants.get(tenant)?;
        calibration.rarity(model.score(&features(seen))?)
    }

    /// Learns a successful login.
    pub fn learn(&self, tenant: &TenantId, seen: &Seen) {
        let features = features(seen);
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let (model, calibration) = tenants.entry(tenant.clone()).or_default();
        if let Some(score) = model.score(&features) {
            calibration.learn(score);
        }
        model.learn(&features);
    }
}

/// A login as the model sees it.
fn features(seen: &Seen) -> Features {
    let network = &seen.browser.traits.network;
    Features::of(&Told {
        user: first_u64(&seen.user.hash),
        address: u64::from(network.address),
        origin: network.origin,
        user_agent: seen.login.client.user_agent.as_deref(),
        agent: seen.browser.agent,
    })
}
