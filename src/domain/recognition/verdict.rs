//! Which device a login came from, and the evidence for it.

use crate::domain::{
    agent::Agent,
    browser::attributes::{ATTRIBUTES, AttributeSet},
    ids::DeviceId,
    time::Timestamp,
    user::device::Trust,
};

/// Whether the device is one of the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStatus {
    /// The user has no known device yet: this one is learned silently.
    First,
    /// It is one of the user's.
    Recognized,
    /// It is none of the user's.
    New,
    /// The login says nothing of a device: it has no user agent, no token that names a device, and no fingerprint. Nothing
    /// is learned of it, and it is never a new device.
    Unknown,
}

impl DeviceStatus {
    /// Every status; the place in this list is the stored form.
    pub const ALL: [Self; 4] = [Self::First, Self::Recognized, Self::New, Self::Unknown];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Recognized => "recognized",
            Self::New => "new",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the name in the API.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// By what a device was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// It brought the token that it was given, and could be that device.
    Token,
    /// Its fingerprint is the same to the bit.
    Exact,
    /// The sum of the evidence speaks for it.
    Similar,
}

impl MatchedBy {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Token, Self::Exact, Self::Similar];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Exact => "exact",
            Self::Similar => "similar",
        }
    }
}

/// How one attribute of a login compares with a known device's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Agreement {
    /// One of the two does not tell: worth nothing.
    #[default]
    Absent,
    /// They are the same.
    Agreed,
    /// They differ.
    Changed,
    /// They differ as one device does from itself: a version has risen, a set has most in common, or the device had this
    /// value before.
    Similar,
}

/// One attribute's part in the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// How it compares.
    pub agreement: Agreement,
    /// What that is worth, in hundredths of a bit: positive speaks for the same device.
    pub centibits: i16,
}

/// Everything that spoke for and against the closest known device.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The known device that came closest.
    pub closest: DeviceId,
    /// By attribute.
    pub attributes: [Finding; ATTRIBUTES],
    /// What the network is worth, in hundredths of a bit.
    pub network: Finding,
    /// The gate that was shut: why it cannot be the closest device whatever else agrees.
    pub gate: Option<Gate>,
}

/// A reason why a browser cannot be a certain known device.
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
    /// Every gate; the place in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Browser, Self::Os, Self::OlderBrowser];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "other_browser",
            Self::Os => "other_operating_system",
            Self::OlderBrowser => "older_browser_version",
        }
    }
}

/// What is said of the device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceVerdict {
    /// The known device, or the name that a device not yet known gets if it is learned.
    pub id: DeviceId,
    /// Whether it is one of the user's.
    pub status: DeviceStatus,
    /// By what it was recognized.
    pub matched_by: Option<MatchedBy>,
    /// The probability, in [0, 1], that it is the closest known device; none for a user's first.
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
