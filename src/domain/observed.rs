//! What there is to decide about: a login and what this service made of it.

use crate::domain::{
    agent::Agent,
    browser::{attributes::Traits, fingerprint::Fingerprint},
    ids::{LoginId, TenantId, UserKey},
    keyring::TenantKeys,
    login::login::Login,
    place::Whereabouts,
    risk::{freeman::Rarity, guessing::Run},
};

/// A login as it was seen: what the caller said, and what this service made of it.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// Whose login it is.
    pub tenant: &'a TenantId,
    /// The tenant's keys.
    pub keys: &'a TenantKeys,
    /// What stands for the user.
    pub user: UserKey,
    /// The login's id.
    pub id: LoginId,
    /// What the caller said.
    pub login: &'a Login,
    /// Browser and system.
    pub agent: Agent,
    /// What is compared with known devices.
    pub traits: Traits,
    /// The keyed hash of all that the browser said.
    pub fingerprint: Fingerprint,
    /// Place and network.
    pub whereabouts: &'a Whereabouts,
    /// Why the browser's words cannot all be true.
    pub contradiction: Option<&'static str>,
    /// The run of guesses that its address or browser belongs to.
    pub run: Option<Run>,
    /// How rare it is among the tenant's logins, where that is unusual.
    pub rarity: Option<Rarity>,
    /// Whether the login is only to be learned from: nobody is warned then.
    pub past: bool,
}
