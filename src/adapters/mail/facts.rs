//! What a mail tells, in no language yet: every field of an alert cleaned, cut and known by name.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{
    adapters::mail::clean::{mask_address, place_name},
    domain::{
        agent::Agent,
        alert::{Alert, LATE_MS},
        keyring::checksum,
        place::{canonical_address, is_public},
        policy::{Level, SignalKind},
        time::Timestamp,
    },
};

/// At most so many reasons are given: more are not read.
const MAX_REASONS: usize = 2;
/// Longest name of a place, in characters: a long city and a long country.
const MAX_PLACE_CHARS: usize = 80;
/// Longest name of a time zone; the longest of IANA's has 32.
const MAX_ZONE_BYTES: usize = 40;

/// The bundled database, so that a mail does not depend on the machine that writes it.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// How the user signed in, as far as it has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// With a password.
    Password,
    /// With a passkey.
    Passkey,
    /// With a link that was mailed.
    MagicLink,
    /// With a code that works once.
    OneTimeCode,
    /// With the employer's or school's sign-in.
    SingleSignOn,
    /// With an account elsewhere, by its name: `Google`.
    Social(&'static str),
}

impl Method {
    /// Reads the name in the API; `None` for a name that is not in the list, which may be any text.
    fn parse(name: &str) -> Option<Self> {
        const PROVIDERS: [(&str, &str); 7] = [
            ("apple", "Apple"),
            ("facebook", "Facebook"),
            ("github", "GitHub"),
            ("gitlab", "GitLab"),
            ("google", "Google"),
            ("linkedin", "LinkedIn"),
            ("microsoft", "Microsoft"),
        ];
        match name {
            "password" => Some(Self::Password),
            "passkey" => Some(Self::Passkey),
            "magic_link" => Some(Self::MagicLink),
            "otp" => Some(Self::OneTimeCode),
            "sso" => Some(Self::SingleSignOn),
            _ => {
                let provider = name.strip_prefix("social:")?;
                PROVIDERS.iter().find(|(it, _)| *it == provider).map(|&(_, shown)| Self::Social(shown))
            }
        }
    }
}

/// Where the login came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// From an address that has no place in the world.
    PrivateNetwork,
    /// Nobody knows.
    Unknown,
    /// From this country.
    Country(String),
    /// From the surroundings of this city: `Linköping, Sweden`.
    Near(String),
}

/// What is told about the login.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The product's name.
    pub product: String,
    /// The account, masked.
    pub account: String,
    /// When the login happened, by the account's clock; by UTC where that is not known.
    pub at: jiff::Zoned,
    /// Browser and system; only their families are set.
    pub agent: Agent,
    /// Where the login came from.
    pub place: Where,
    /// The address.
    pub ip: String,
    /// How the user signed in.
    pub method: Option<Method>,
    /// Whether the device is new.
    pub new_device: bool,
    /// Whether more is strange about the login than that its device is new.
    pub high_risk: bool,
    /// Whether the mail leaves long after the login.
    pub late: bool,
    /// Why, the weightiest first; at most two.
    pub reasons: Vec<SignalKind>,
    /// Six characters by which people name this alert on the telephone.
    pub reference: String,
}

impl Facts {
    /// What a mail that leaves `now` tells of `alert`.
    #[must_use]
    pub fn new(now: Timestamp, alert: &Alert, recipient: &str, product: &str) -> Self {
        let agent = Agent { browser: alert.browser, os: alert.os, ..Agent::default() };
        Self {
            product: product.to_owned(),
            account: mask_address(recipient),
            at: local_time(alert.occurred_at, alert.time_zone.as_deref()),
            agent,
            place: place(alert),
            ip: canonical_address(alert.ip).to_string(),
            method: alert.method.as_deref().and_then(Method::parse),
            new_device: alert.new_device,
            high_risk: alert.level == Level::High || !alert.new_device,
            late: now.ms_since(alert.occurred_at) > LATE_MS,
            reasons: alert.reasons.iter().copied().take(MAX_REASONS).collect(),
            reference: checksum(&alert.id.to_string()),
        }
    }
}

fn place(alert: &Alert) -> Where {
    if !is_public(alert.ip) {
        return Where::PrivateNetwork;
    }
    let name = place_name(&alert.place_name, MAX_PLACE_CHARS);
    match name.as_str() {
        "" => Where::Unknown,
        it if it.contains(", ") => Where::Near(name),
        _ => Where::Country(name),
    }
}

/// A time that the calendar does not reach (the year 9999) is its end.
fn local_time(at: Timestamp, zone: Option<&str>) -> jiff::Zoned {
    let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
    let ms = at.unix_ms().clamp(first.as_millisecond(), last.as_millisecond());
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(last);
    let known = zone.filter(|it| it.len() <= MAX_ZONE_BYTES).and_then(|it| ZONES.get(it).ok());
    at.to_zoned(known.unwrap_or(TimeZone::UTC))
}
