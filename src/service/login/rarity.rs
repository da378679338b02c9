//! How rare logins are in each tenant, as far as this process has seen its logins.
//!
//! The model lives in memory: it costs no round trip, and begins anew with the process. It says nothing until it has seen
//! some hundreds of logins, so that a restart is silent rather than loud.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        agent::{Agent, Version},
        ids::TenantId,
        risk::freeman::{Calibration, Features, LEVELS, Model, Rarity},
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

    /// Learns a successful login that is stored.
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
    let place = (u64::from(network.address), network.asn, network.country);
    let user_agent = seen.login.client.user_agent.as_deref();
    Features { user: first_u64(&seen.user.hash), values: model_values(place, user_agent, &seen.browser.agent) }
}

/// The levels of both features, of an address with its autonomous system and country, and of a user agent as it stands and
/// as it is read.
#[must_use]
pub fn model_values(
    (address, asn, country): (u64, u32, [u8; 2]),
    user_agent: Option<&str>,
    agent: &Agent,
) -> [u64; LEVELS] {
    let version = |it: Version| u64::from(it.major) << 16 | u64::from(it.minor);
    [
        address,
        u64::from(asn),
        u64::from(u16::from_be_bytes(country)),
        first_u64(blake3::hash(user_agent.unwrap_or_default().as_bytes()).as_bytes()),
        u64::from(agent.browser as u8) << 40 | version(agent.browser_version),
        u64::from(agent.os as u8) << 40 | version(agent.os_version),
        u64::from(agent.kind as u8),
    ]
}

fn first_u64(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
