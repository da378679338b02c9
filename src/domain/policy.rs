//! What a tenant holds to be suspicious: names, weights and thresholds, as values.

use crate::domain::time::DAY_MS;

macro_rules! signals {
    ($($variant:ident = $code:literal $name:literal $weight:literal,)+) => {
        /// A reason to be suspicious. The number is a stored form: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum SignalKind {
            $(#[doc = concat!("`", $name, "` in the API.")] $variant = $code,)+
        }

        impl SignalKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The weight in (0, 1] where a tenant has not set another: what the risk is if nothing else is suspicious.
            #[must_use]
            pub const fn default_weight(self) -> f64 {
                match self { $(Self::$variant => $weight,)+ }
            }
        }
    };
}

signals! {
    NewDevice = 1 "new_device" 0.4,
    NewCountry = 2 "new_country" 0.4,
    NewNetwork = 3 "new_network" 0.1,
    ImpossibleTravel = 4 "impossible_travel" 0.6,
    UserAgentMismatch = 5 "user_agent_mismatch" 0.3,
    TokenMismatch = 6 "token_mismatch" 0.5,
    DeniedDevice = 7 "denied_device" 0.95,
    AnonymousNetwork = 8 "anonymous_network" 0.2,
    HostingNetwork = 9 "hosting_network" 0.2,
    FailedAttempts = 10 "failed_attempts" 0.4,
    CredentialStuffing = 11 "credential_stuffing" 0.6,
    UnusualHour = 12 "unusual_hour" 0.05,
    RareLogin = 13 "rare_login" 0.2,
}

impl SignalKind {
    /// Reads the name in the API.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|&it| it as u8 == code)
    }
}

/// How suspicious a login is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing of note.
    #[default]
    Low,
    /// The user should know.
    Medium,
    /// The backend should ask for more before it lets the user in.
    High,
}

impl Level {
    /// Every level, the lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads the name in the API.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Thresholds and budgets. The defaults are those of the tables in `risk.rs` and `matching.rs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// A known device is recognized from this probability on.
    pub recognized_from: f64,
    /// A device that is recognized with less than this probability is uncertain: a weak signal says so.
    pub certain_from: f64,
    /// A score from here on is [`Level::Medium`].
    pub medium_from: f64,
    /// A score from here on is [`Level::High`].
    pub high_from: f64,
    /// A signal of this weight or more is strong: two of them are worth a mail about a known device.
    pub strong_from: f64,
    /// A country counts as known if it was signed in from within this time.
    pub country_memory_ms: i64,
    /// No country is new while the user's first login is younger than this …
    pub learning_ms: i64,
    /// … or while there were fewer logins than this.
    pub learning_logins: u32,
    /// Security mails to one user within an hour.
    pub mails_per_hour: usize,
    /// Security mails to one user within a day; at most [`MAX_RECENT_ALERTS`](crate::domain::profile::MAX_RECENT_ALERTS).
    pub mails_per_day: usize,
    /// Logins older than this are recorded and never mailed.
    pub late_after_ms: i64,
    /// Mails nobody, and judges as ever.
    pub muted: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            recognized_from: 0.5,
            certain_from: 0.75,
            medium_from: 0.35,
            high_from: 0.65,
            strong_from: 0.4,
            country_memory_ms: 90 * DAY_MS,
            learning_ms: 14 * DAY_MS,
            learning_logins: 10,
            mails_per_hour: 5,
            mails_per_day: 20,
            late_after_ms: DAY_MS,
            muted: false,
        }
    }
}
