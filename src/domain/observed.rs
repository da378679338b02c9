//! What is decided about: a login, with what this service has found out about it.

use crate::domain::{
    agent::Agent,
    browser::{attributes::Traits, fingerprint::Fingerprint},
    ids::{ClueKey, LoginId, TenantId, UserKey},
    keyring::TenantKeys,
    login::login::Login,
    place::Whereabouts,
    risk::{freeman::Rarity, guessing::Run},
};

/// A login as it was seen: what the caller said, and what this service made of it.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// The user's tenant.
    pub tenant: &'a TenantId,
    /// The tenant's keys.
    pub keys: &'a TenantKeys,
    /// Identifies the user in the store.
    pub user: UserKey,
    /// The login's id.
    pub id: LoginId,
    /// What the caller said.
    pub login: &'a Login,
    /// What the user is found by whose e-mail address the login names.
    pub email: Option<ClueKey>,
    /// Browser and system.
    pub agent: Agent,
    /// The traits that are compared with known devices.
    pub traits: Traits,
    /// A keyed hash of everything the browser said.
    pub fingerprint: Fingerprint,
    /// Place and network.
    pub whereabouts: &'a Whereabouts,
    /// Why what the browser says cannot all be true; `None` if it can.
    pub contradiction: Option<&'static str>,
    /// The run of guesses that its address or browser belongs to.
    pub run: Option<Run>,
    /// How rare it is among the tenant's logins, if that is unusual.
    pub rarity: Option<Rarity>,
    /// Whether the login is only learned from. Then nobody is warned.
    pub past: bool,
    /// Whether the e-mail address is kept in the profile.
    pub keeps_email: bool,
}
