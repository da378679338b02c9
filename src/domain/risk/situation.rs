//! What signals look at, and what they say.

use crate::domain::{
    agent::Agent,
    browser::attributes::NetworkTraits,
    place::{NetworkUse, Place},
    policy::policy::SignalKind,
    recognition::verdict::DeviceStatus,
    risk::{freeman::Rarity, guessing::Run},
    time::Timestamp,
    user::{device::KnownDevice, profile::Profile},
};

/// Everything that a login is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Whether the user got in.
    pub succeeded: bool,
    /// What is known of the user.
    pub profile: &'a Profile,
    /// Whether the device is one of the user's.
    pub status: DeviceStatus,
    /// The known device that it is, if it is one.
    pub device: Option<&'a KnownDevice>,
    /// The probability, in [0, 1], that it is the closest known device; 1 if a token vouches for it.
    pub probability: f64,
    /// Browser and system.
    pub agent: &'a Agent,
    /// The place, if it has one.
    pub place: Option<&'a Place>,
    /// What the address is used for, if that is special.
    pub usage: Option<NetworkUse>,
    /// The tenant's name for the network, if the tenant trusts it.
    pub trusted_network: Option<&'a str>,
    /// The network.
    pub network: &'a NetworkTraits,
    /// Whether it is a known device whose time zone has not changed.
    pub stayed: bool,
    /// Whether a valid token was given to a device that this cannot be.
    pub token_mismatch: bool,
    /// Why what the browser says cannot all be true; `None` if it can.
    pub contradiction: Option<&'static str>,
    /// The run of guesses that its address or browser belongs to.
    pub run: Option<Run>,
    /// How rare it is among the tenant's logins, if that is unusual.
    pub rarity: Option<Rarity>,
}

/// What a signal says about a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspicion {
    /// The signal.
    pub kind: SignalKind,
    /// The share of the signal's weight that it has here, in (0, 1].
    pub share: f64,
    /// A sentence for a security engineer. It contains only what this service knows, names of countries and numbers,
    /// and no text that came with the login.
    pub detail: String,
}

impl Suspicion {
    /// With the whole weight of the signal.
    #[must_use]
    pub fn new(kind: SignalKind, detail: impl Into<String>) -> Self {
        Self { kind, share: 1.0, detail: detail.into() }
    }

    /// With a share of the weight.
    #[must_use]
    pub fn weighing(self, share: f64) -> Self {
        Self { share, ..self }
    }
}
