//! The questions of an account takeover, in the order in which they are answered.

/// A question about a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is this normal for the user?
    Normal,
    /// Why was it flagged, and what changed from last time?
    Flagged,
    /// What did the user do in the day before and after?
    Day,
    /// How did they get in?
    Entry,
    /// When did this device, network and browser first appear?
    Firsts,
    /// Whom else has this address or browser touched?
    Touched,
    /// Is it a VPN, a proxy, a data centre, a relay, or one of our own networks?
    Network,
    /// Is the session alive, and has it moved?
    Session,
    /// Was the journey possible?
    Journey,
    /// Was the user told, and what did they answer?
    Told,
    /// What was there in the week before, and what did colleagues decide?
    Earlier,
}

impl Question {
    /// Every question, in order.
    pub const ALL: [Self; 11] = [
        Self::Normal,
        Self::Flagged,
        Self::Day,
        Self::Entry,
        Self::Firsts,
        Self::Touched,
        Self::Network,
        Self::Session,
        Self::Journey,
        Self::Told,
        Self::Earlier,
    ];

    /// Its number in the API, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Its id in the API.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Flagged => "flagged",
            Self::Day => "day",
            Self::Entry => "entry",
            Self::Firsts => "first_seen",
            Self::Touched => "touched",
            Self::Network => "network",
            Self::Session => "session",
            Self::Journey => "journey",
            Self::Told => "told",
            Self::Earlier => "earlier",
        }
    }
}
