//! A device that a user is known by.

use crate::domain::{
    agent::Agent,
    browser::attributes::Traits,
    ids::{AlertId, DeviceId},
    time::Timestamp,
};

/// What the user has said about a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nothing.
    #[default]
    Unconfirmed,
    /// It is theirs.
    Confirmed,
    /// It is not theirs.
    Denied,
}

impl Trust {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Confirmed => "confirmed",
            Self::Denied => "denied",
        }
    }
}

/// A browser on a machine from which a user has signed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownDevice {
    /// Identifies the device. Derived from the user and the device's first login.
    pub id: DeviceId,
    /// Browser and system at the latest login.
    pub agent: Agent,
    /// The traits that are compared, as of the latest login. What that login did not tell is kept from earlier ones.
    pub traits: Traits,
    /// The earliest login.
    pub first_seen: Timestamp,
    /// The latest login. Never moves back, whatever the order of events.
    pub last_seen: Timestamp,
    /// How many successful logins came from it.
    pub logins: u32,
    /// What the user has said about it.
    pub trust: Trust,
    /// The alert that its first login raised, if any.
    pub alert: Option<AlertId>,
}
