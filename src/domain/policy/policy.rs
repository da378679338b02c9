//! What a tenant considers suspicious: names, weights and thresholds, as values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::IpAddr,
    sync::Arc,
};

use crate::domain::{
    ids::{TenantId, UserId},
    place::AddressRange,
    time::{DAY_MS, HOUR_MS},
};

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

            /// The signal's id in the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The weight in (0, 1] if a tenant has not set another: the risk if nothing else is suspicious.
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
    /// Reads a signal's id.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The level's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads a level's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Identifies the contents of a policy: a hash, so that the same policy has the same version everywhere. A stored form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyVersion(pub [u8; 8]);

impl PolicyVersion {
    /// Reads `pol_` and 16 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("pol_").filter(|it| it.len() == 16)?;
        let lower = digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        let number = lower.then(|| u64::from_str_radix(digits, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pol_")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Networks that a tenant trusts: the place of a login from there is not suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedNetwork {
    /// The tenant's name for it: `Office Berlin`.
    pub name: String,
    /// Its addresses.
    pub ranges: Vec<AddressRange>,
}

/// Weights by signal, each in [0, 1]; a signal of weight 0 is muted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignalWeights([f64; SignalKind::ALL.len()]);

impl SignalWeights {
    /// The weight of a signal.
    #[must_use]
    pub const fn get(&self, kind: SignalKind) -> f64 {
        self.0[kind as usize - 1]
    }

    /// Gives a signal another weight, limited to [0, 1].
    pub const fn set(&mut self, kind: SignalKind, weight: f64) {
        self.0[kind as usize - 1] = weight.clamp(0.0, 1.0);
    }
}

impl Default for SignalWeights {
    fn default() -> Self {
        let mut weights = Self([0.0; SignalKind::ALL.len()]);
        for &it in SignalKind::ALL {
            weights.set(it, it.default_weight());
        }
        weights
    }
}

/// How a tenant's logins are judged: thresholds, weights, budgets, and users and networks to leave alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// A hash of the other fields. [`Policy::named`] in `version.rs` keeps it up to date.
    pub version: PolicyVersion,
    /// A known device is recognized at this probability or more.
    pub recognized_from: f64,
    /// A device that is recognized with less than this probability is uncertain, which a weak signal reports.
    pub certain_from: f64,
    /// A score of this or more is [`Level::Medium`].
    pub medium_from: f64,
    /// A score of this or more is [`Level::High`].
    pub high_from: f64,
    /// A signal of this weight or more is strong: two of them are worth a mail about a known device.
    pub strong_from: f64,
    /// What each signal weighs.
    pub weights: SignalWeights,
    /// A country counts as known if the user signed in from it within this time.
    pub country_memory_ms: i64,
    /// No country is new while the user's first login is younger than this …
    pub learning_ms: i64,
    /// … or while there were fewer logins than this.
    pub learning_logins: u32,
    /// A known device that is far away within this time of its last login, while its clock is still at home, looks
    /// copied: then one signal about its place is worth a mail. 0 switches this off.
    pub copied_within_ms: i64,
    /// How many security mails a user gets within an hour.
    pub mails_per_hour: usize,
    /// How many security mails a user gets within a day; at most
    /// [`MAX_RECENT_ALERTS`](crate::domain::user::profile::MAX_RECENT_ALERTS).
    pub mails_per_day: usize,
    /// Logins older than this are recorded but never mailed.
    pub late_after_ms: i64,
    /// Judges as usual, but mails nobody.
    pub muted: bool,
    /// Networks whose place is not suspicious.
    pub trusted_networks: Vec<TrustedNetwork>,
    /// Users and service accounts that are judged but never mailed.
    pub excluded_users: BTreeSet<String>,
}

impl Policy {
    /// The trusted network that contains an address.
    #[must_use]
    pub fn trusted_network(&self, address: IpAddr) -> Option<&TrustedNetwork> {
        self.trusted_networks.iter().find(|it| it.ranges.iter().any(|range| range.contains(address)))
    }

    /// Whether a user is never mailed.
    #[must_use]
    pub fn excludes(&self, user: &UserId) -> bool {
        self.excluded_users.contains(user.as_str())
    }
}

impl Default for Policy {
    fn default() -> Self {
        let policy = Self {
            version: PolicyVersion::default(),
            recognized_from: 0.5,
            certain_from: 0.75,
            medium_from: 0.35,
            high_from: 0.65,
            strong_from: 0.4,
            weights: SignalWeights::default(),
            country_memory_ms: 90 * DAY_MS,
            learning_ms: 14 * DAY_MS,
            learning_logins: 10,
            copied_within_ms: 6 * HOUR_MS,
            mails_per_hour: 5,
            mails_per_day: 20,
            late_after_ms: DAY_MS,
            muted: false,
            trusted_networks: Vec::new(),
            excluded_users: BTreeSet::new(),
        };
        policy.named()
    }
}

/// The policy of every tenant.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// For tenants without a policy of their own.
    pub default: Arc<Policy>,
    /// The tenants' own policies.
    pub tenants: BTreeMap<TenantId, Arc<Policy>>,
}

impl Policies {
    /// A tenant's policy.
    #[must_use]
    pub fn of(&self, tenant: &TenantId) -> &Arc<Policy> {
        self.tenants.get(tenant).unwrap_or(&self.default)
    }
}

/// The same policy for every tenant.
impl From<Policy> for Policies {
    fn from(policy: Policy) -> Self {
        Self { default: Arc::new(policy.named()), tenants: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_named_by_what_it_says() {
        let strict = Policy { medium_from: 0.2, ..Policy::default() };
        assert_eq!(Policy::default().version, Policy::default().named().version);
        assert_ne!(strict.clone().named().version, Policy::default().version);
        assert_eq!(strict.clone().named().version, strict.named().version);
        let version = Policy::default().version;
        assert_eq!(PolicyVersion::parse(&version.to_string()), Some(version));
        for text in ["", "pol_", "pol_0123456789ABCDEF", "pol_+123456789abcdef", "0123456789abcdef"] {
            assert_eq!(PolicyVersion::parse(text), None, "{text}");
        }
    }
}
