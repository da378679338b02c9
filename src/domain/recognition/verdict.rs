//! Which device a login came from, and the evidence for it.

use crate::domain::{
    agent::Agent,
    browser::attributes::{ATTRIBUTES, AttributeSet},
    ids::DeviceId,
    time::Timestamp,
    user::device::Trust,
};

/// Whether the device is one of the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceStatus {
    /// The user has no known device yet. This one is learned without a mail.
    First,
    /// It is one of the user's.
    Recognized,
    /// It is none of the user's.
    New,
    /// The login says nothing about a device: it has no user agent, no token that names a device, and no fingerprint.
    /// Nothing is learned from it, and it never counts as a new device.
    Unknown,
}

impl DeviceStatus {
    /// Every status. The index in this list is the stored form.
    pub const ALL: [Self; 4] = [Self::First, Self::Recognized, Self::New, Self::Unknown];

    /// The status's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Recognized => "recognized",
            Self::New => "new",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a status's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// How a device was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// It sent the token that it was given, and can be that device.
    Token,
    /// Its fingerprint is exactly the same.
    Exact,
    /// The sum of the evidence is enough.
    Similar,
}

impl MatchedBy {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Token, Self::Exact, Self::Similar];

    /// The id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Exact => "exact",
            Self::Similar => "similar",
        }
    }
}

/// How an attribute of a login compares with a known device's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Agreement {
    /// One of the two does not tell it. That counts for nothing.
    #[default]
    Absent,
    /// They are the same.
    Agreed,
    /// They differ.
    Changed,
    /// They differ as one device may differ from itself: a version has increased, a set has most in common, or the
    /// device had this value before.
    Similar,
}

/// An attribute's part in the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// How it compares.
    pub agreement: Agreement,
    /// Its weight in hundredths of a bit. Positive is evidence for the same device.
    pub centibits: i16,
}

/// The evidence for and against the closest known device.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The known device that came closest.
    pub closest: DeviceId,
    /// One finding for each attribute.
    pub attributes: [Finding; ATTRIBUTES],
    /// The finding about the network.
    pub network: Finding,
    /// The gate that is shut: why it cannot be the closest device, whatever else agrees.
    pub gate: Option<Gate>,
}

/// A reason why a browser cannot be a particular known device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Another browser family.
    Browser,
    /// Another operating system family.
    Os,
    /// An older version of the browser.
    OlderBrowser,
}

impl Gate {
    /// Every gate. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Browser, Self::Os, Self::OlderBrowser];

    /// The gate's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "other_browser",
            Self::Os => "other_operating_system",
            Self::OlderBrowser => "older_browser_version",
        }
    }
}

/// The verdict on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceVerdict {
    /// The id of the known device, or the id that a new device gets if it is learned.
    pub id: DeviceId,
    /// Whether it is one of the user's.
    pub status: DeviceStatus,
    /// How it was recognized.
    pub matched_by: Option<MatchedBy>,
    /// The probability, in [0, 1], that it is the closest known device; `None` for a user's first device, and if
    /// nothing is known of it.
    pub score: Option<f64>,
    /// Attributes that differ from the closest known device's.
    pub changed: AttributeSet,
    /// Browser and system.
    pub agent: Agent,
    /// The device's earliest login.
    pub first_seen: Timestamp,
    /// The device's latest login.
    pub last_seen: Timestamp,
    /// What the user has said about it.
    pub trust: Trust,
}

impl DeviceVerdict {
    /// The verdict where nothing may be said about the device.
    #[must_use]
    pub fn untold(id: DeviceId, at: Timestamp) -> Self {
        Self {
            id,
            status: DeviceStatus::Unknown,
            matched_by: None,
            score: None,
            changed: AttributeSet::default(),
            agent: Agent::default(),
            first_seen: at,
            last_seen: at,
            trust: Trust::Unconfirmed,
        }
    }
}
