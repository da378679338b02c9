//! The facts that a mail tells, before they are put in any language: every field of an alert cleaned, cut to length and
//! recognized.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{
    domain::{
        agent::{Browser, Os},
        alert::{
            alert::{Alert, LATE_MS},
            notice::{News, Notice},
        },
        place::{Country, canonical_address, is_public},
        policy::policy::{Level, SignalKind},
        time::Timestamp,
    },
    words::clean::{mask_address, place_name},
};

/// How many reasons are given at most: readers skip more.
const MAX_REASONS: usize = 2;
/// Longest name of a place, in characters: a long city and a long country.
const MAX_PLACE_CHARS: usize = 80;
/// Longest name of a time zone; the longest of IANA's has 32.
const MAX_ZONE_BYTES: usize = 40;

/// The bundled database, so that mails do not depend on the machine that writes them.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
static ZONE_NAMES: LazyLock<Vec<String>> = LazyLock::new(|| ZONES.available().map(|it| it.to_string()).collect());

/// The names of all time zones.
#[must_use]
pub fn time_zones() -> &'static [String] {
    &ZONE_NAMES
}

/// How the user signed in, where we have words for it.
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
    /// Reads the method's name in the API. `None` for a name that is not in the list, since callers may write any text.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
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
            "sso" | "oidc" => Some(Self::SingleSignOn),
            _ => {
                let provider = name.strip_prefix("social:")?;
                PROVIDERS.iter().find(|(name, _)| *name == provider).map(|&(_, shown)| Self::Social(shown))
            }
        }
    }
}

/// Where the login came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// From an address that is not on the public Internet.
    PrivateNetwork,
    /// The place is not known.
    Unknown,
    /// From this country.
    In(CountryName),
    /// From near this city.
    Near(String, CountryName),
}

/// A country. Its code has a name in every language; the English name of the database is the fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryName {
    /// The code.
    pub code: Country,
    /// The English name, cleaned. Empty if the database has none.
    pub english: String,
}

/// How much of an IP address is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressForm {
    /// All of it.
    #[default]
    Full,
    /// Only the part that many households share: three numbers of IPv4, four groups of IPv6.
    Truncated,
}

/// The facts of one login.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// When it happened, in the account's time zone; in UTC if that is not known.
    pub at: jiff::Zoned,
    /// The browser family.
    pub browser: Browser,
    /// The operating system family.
    pub os: Os,
    /// Where it came from.
    pub place: Where,
    /// The IP address, in the form that the operator has chosen.
    pub ip: String,
    /// How the user signed in.
    pub method: Option<Method>,
    /// Whether the device is new.
    pub new_device: bool,
    /// Whether there is more to warn of than a new device.
    pub unusual: bool,
    /// The reasons, the strongest first; at most two.
    pub reasons: Vec<SignalKind>,
}

impl SignIn {
    /// The facts of the login that raised `alert`.
    #[must_use]
    pub fn new(alert: &Alert, addresses: AddressForm) -> Self {
        Self {
            at: local_time(alert.occurred_at, alert.time_zone.as_deref()),
            browser: alert.browser,
            os: alert.os,
            place: place(alert),
            ip: shown_address(alert.ip.lowest(), addresses),
            method: alert.method.as_deref().and_then(Method::parse),
            new_device: alert.new_device,
            unusual: alert.level == Level::High || !alert.new_device,
            reasons: alert.reasons.iter().copied().take(MAX_REASONS).collect(),
        }
    }
}

/// The facts of one mail.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The account, masked.
    pub account: String,
    /// The login that the mail is about; in a digest, the riskiest.
    pub sign_in: SignIn,
    /// In a digest, how many logins it tells of.
    pub total: Option<u64>,
    /// In a digest, the newest login, if it is not the riskiest.
    pub newest: Option<SignIn>,
    /// Whether the mail is sent long after the login; in a digest, after the last login.
    pub late: bool,
    /// The six letters by which the mail and the product identify this alert.
    pub reference: String,
}

impl Facts {
    /// The facts of a mail that is sent `now`; `None` if it is not about logins.
    #[must_use]
    pub fn new(now: Timestamp, notice: &Notice<'_>, addresses: AddressForm) -> Option<Self> {
        let alert = notice.alert()?;
        let (total, newest) = match notice.news {
            News::Digest(digest) => (Some(digest.total), &digest.newest),
            News::Alert(_) | News::Request(_) => (None, alert),
        };
        Some(Self {
            account: mask_address(notice.recipient),
            sign_in: SignIn::new(alert, addresses),
            total,
            newest: (newest.id != alert.id).then(|| SignIn::new(newest, addresses)),
            late: now.ms_since(newest.occurred_at) > LATE_MS,
            reference: notice.reference.to_owned(),
        })
    }
}

fn place(alert: &Alert) -> Where {
    let named = alert.place.as_ref();
    place_of(alert.ip.lowest(), named.map(|it| (it.country, it.country_name.as_str(), it.city.as_deref())))
}

/// Where an address is: its country with its English name, and its city, as far as they are known.
#[must_use]
pub fn place_of(address: IpAddr, named: Option<(Country, &str, Option<&str>)>) -> Where {
    if !is_public(address) {
        return Where::PrivateNetwork;
    }
    let Some((country, country_name, city)) = named else { return Where::Unknown };
    let clean = |text: &str| place_name(text, MAX_PLACE_CHARS / 2);
    let country = CountryName { code: country, english: clean(country_name) };
    match city.map(clean).filter(|city| !city.is_empty()) {
        Some(city) => Where::Near(city, country),
        None => Where::In(country),
    }
}

fn shown_address(address: IpAddr, form: AddressForm) -> String {
    match (form, canonical_address(address)) {
        (AddressForm::Full, ip) => ip.to_string(),
        (AddressForm::Truncated, IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            Ipv4Addr::new(a, b, c, 0).to_string().trim_end_matches('0').to_owned() + "x"
        }
        (AddressForm::Truncated, IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string() + "x"
        }
    }
}

/// A time in the account's zone. Times beyond the calendar (the year 9999) become its last moment.
#[must_use]
pub fn local_time(at: Timestamp, zone: Option<&str>) -> jiff::Zoned {
    let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
    let ms = at.unix_ms().clamp(first.as_millisecond(), last.as_millisecond());
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(last);
    let known = zone.filter(|name| name.len() <= MAX_ZONE_BYTES).and_then(|name| ZONES.get(name).ok());
    at.to_zoned(known.unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_address_tells_the_network_only() {
        let shown = |address: &str| shown_address(address.parse().unwrap(), AddressForm::Truncated);
        assert_eq!(shown("89.160.20.112"), "89.160.20.x");
        assert_eq!(shown("10.0.0.0"), "10.0.0.x");
        assert_eq!(shown("2a02:1810:1:2:3:4:5:6"), "2a02:1810:1:2::x");
        assert_eq!(shown("::ffff:8.8.8.8"), "8.8.8.x");
        assert_eq!(shown_address("2a02::1".parse().unwrap(), AddressForm::Full), "2a02::1");
    }
}
