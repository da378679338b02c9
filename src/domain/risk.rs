//! How suspicious a login is: the signals, one function each, and what they come to together.
//!
//! A signal's detail is a sentence for a security engineer. It holds only what this service knows, names of countries and
//! numbers, never a text that came with the login.

use crate::domain::{
    agent::Agent,
    attributes::NetworkTraits,
    device::{KnownDevice, Trust},
    extraction::is_mobile,
    place::Place,
    policy::{Level, Policy, SignalKind},
    profile::{LastPlace, Profile, SeenNetwork},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    verdict::{Assessment, DeviceStatus, Signal},
};

/// What a login is judged by.
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
    /// The probability, in [0, 1], that it is the known device that comes closest; 1 where a token vouches for it.
    pub probability: f64,
    /// Browser and system.
    pub agent: &'a Agent,
    /// The place, if it has one.
    pub place: Option<&'a Place>,
    /// The network.
    pub network: &'a NetworkTraits,
    /// Whether it is a known device that tells the same time zone as ever.
    pub stayed: bool,
    /// Whether a valid token named a device that this cannot be.
    pub token_mismatch: bool,
    /// Why the browser's words cannot all be true.
    pub contradiction: Option<&'static str>,
}

/// Judges a login: a score in [0, 1], its level, and the signals with the weightiest first.
#[must_use]
pub fn assess(policy: &Policy, situation: &Situation<'_>) -> Assessment {
    let found = [
        denied_device(situation),
        impossible_travel(situation),
        token_mismatch(situation),
        new_device(policy, situation),
        new_country(policy, situation),
        failed_attempts(situation),
        user_agent_mismatch(situation),
        new_network(situation),
    ];
    let mut signals: Vec<Signal> = found.into_iter().flatten().collect();
    signals.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    // Each signal is harmless with probability 1 − weight, and they are taken to be independent.
    let harmless: f64 = signals.iter().map(|it| 1.0 - it.weight).product();
    // To four decimals, which is finer than it is known.
    let score = ((1.0 - harmless) * 1e4).round() / 1e4;
    Assessment { score, level: level(policy, score), signals }
}

fn level(policy: &Policy, score: f64) -> Level {
    if score >= policy.high_from {
        Level::High
    } else if score >= policy.medium_from {
        Level::Medium
    } else {
        Level::Low
    }
}

fn signal(kind: SignalKind, detail: String) -> Signal {
    Signal { kind, weight: kind.default_weight(), detail }
}

/// What it weighs that a device is recognized, but only just: enough to be seen, never to be mailed.
const UNCERTAIN_WEIGHT: f64 = 0.1;

/// The browser is none of the user's, who has signed in before, or it can hardly be told.
fn new_device(policy: &Policy, it: &Situation<'_>) -> Option<Signal> {
    let devices = it.profile.devices.len();
    let plural = if devices == 1 { "device" } else { "devices" };
    let uncertain = it.status == DeviceStatus::Recognized && it.probability < policy.certain_from;
    match it.status {
        DeviceStatus::New => {
            let detail = format!("not among the {devices} known {plural} of this user");
            Some(signal(SignalKind::NewDevice, detail))
        }
        DeviceStatus::Recognized if uncertain => {
            let percent = it.probability * 100.0;
            let detail = format!("probably, but not certainly ({percent:.0} %), one of the {devices} known {plural}");
            Some(Signal { kind: SignalKind::NewDevice, weight: UNCERTAIN_WEIGHT, detail })
        }
        DeviceStatus::Recognized | DeviceStatus::First => None,
    }
}

/// The user has said that this device is not theirs.
fn denied_device(it: &Situation<'_>) -> Option<Signal> {
    let denied = it.device.is_some_and(|it| it.trust == Trust::Denied);
    denied.then(|| signal(SignalKind::DeniedDevice, "the user has said that this device is not theirs".to_owned()))
}

/// A valid token came from a browser that cannot be the device it was given to: the cookie may have been copied.
fn token_mismatch(it: &Situation<'_>) -> Option<Signal> {
    let detail = "the device token belongs to a known device that this browser cannot be";
    it.token_mismatch.then(|| signal(SignalKind::TokenMismatch, detail.to_owned()))
}

/// User agent, client hints and script contradict each other.
fn user_agent_mismatch(it: &Situation<'_>) -> Option<Signal> {
    it.contradiction.map(|detail| signal(SignalKind::UserAgentMismatch, detail.to_owned()))
}

/// A country from which the user has not signed in lately. While the user's habits are being learned, a known device that
/// may have travelled is no news; a new one is, and so is one whose clock is still at home: a copied fingerprint brings
/// the time zone of the original.
fn new_country(policy: &Policy, it: &Situation<'_>) -> Option<Signal> {
    let place = it.place?;
    let first_login = it.profile.first_login_at?;
    let recent = |seen: Timestamp| it.occurred_at.ms_since(seen) <= policy.country_memory_ms;
    let known = it.profile.countries.iter().any(|seen| seen.country == place.country && recent(seen.last_seen));
    let age_ms = it.occurred_at.ms_since(first_login);
    let learning = age_ms < policy.learning_ms && it.profile.logins < policy.learning_logins;
    if known || it.profile.countries.is_empty() || (learning && it.status != DeviceStatus::New && !it.stayed) {
        return None;
    }
    let usual = it.profile.countries.iter().max_by_key(|seen| (seen.logins, seen.country))?;
    let logins = it.profile.logins;
    let detail = format!(
        "first login from {} in {} days; {} of the user's {logins} logins came from {}",
        place.country_name,
        policy.country_memory_ms / DAY_MS,
        usual.logins,
        usual.country.as_str(),
    );
    Some(signal(SignalKind::NewCountry, detail))
}

/// Neither the autonomous system nor the /24 or /64 is one that the user has signed in from. Weak alone.
fn new_network(it: &Situation<'_>) -> Option<Signal> {
    let (asn, prefix) = (it.network.asn, it.network.prefix);
    let seen = |known: &SeenNetwork| known.prefix == prefix || (asn != 0 && known.asn == asn);
    let placed = it.place.is_some() || asn != 0;
    if !placed || it.profile.networks.is_empty() || it.profile.networks.iter().any(seen) {
        return None;
    }
    Some(signal(SignalKind::NewNetwork, "a network that the user has not signed in from".to_owned()))
}

/// Faster than an airliner.
const IMPOSSIBLE_KM_PER_HOUR: f64 = 900.0;
/// Shorter distances are within what databases of places get wrong.
const MIN_TRAVEL_KM: f64 = 500.0;
/// The least that a place is uncertain by …
const MIN_RADIUS_KM: f64 = 100.0;
/// … and where the address is a telephone's, or the database does not say: medians of 179 to 207 km were measured.
const MOBILE_RADIUS_KM: f64 = 250.0;

/// Farther from the last place than anybody can have travelled since, less the uncertainty of both places.
fn impossible_travel(it: &Situation<'_>) -> Option<Signal> {
    let (place, last) = (it.place?, it.profile.last_place?);
    let point = place.point?;
    let known_network = it.device.is_some() && last_network_is_known(it, &last);
    let elapsed_ms = it.occurred_at.ms_since(last.at);
    // An event from before the last one says nothing of travel since.
    if elapsed_ms < 0 || last.prefix == it.network.prefix || known_network {
        return None;
    }
    let radius = |accuracy: Option<u16>| match accuracy {
        Some(km) if !is_mobile(it.agent) => f64::from(km).max(MIN_RADIUS_KM),
        _ => MOBILE_RADIUS_KM,
    };
    let distance_km = point.distance_km(last.point) - radius(place.accuracy_km) - radius(last.accuracy_km);
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds between two logins are exact in f64 for 285,000 years"
    )]
    let hours = elapsed_ms.max(MINUTE_MS) as f64 / HOUR_MS as f64;
    let speed = distance_km / hours;
    if distance_km <= MIN_TRAVEL_KM || speed <= IMPOSSIBLE_KM_PER_HOUR {
        return None;
    }
    let minutes = elapsed_ms.max(MINUTE_MS) / MINUTE_MS;
    let detail =
        format!("at least {distance_km:.0} km from the last login, within {minutes} minutes of it: {speed:.0} km/h");
    Some(signal(SignalKind::ImpossibleTravel, detail))
}

/// Whether a known device is on an autonomous system that the user has signed in from: a place in the database has
/// moved then, rather than the user.
fn last_network_is_known(it: &Situation<'_>, last: &LastPlace) -> bool {
    let asn = it.network.asn;
    asn != 0 && (last.asn == asn || it.profile.networks.iter().any(|known| known.asn == asn))
}

/// Attempts on the account that failed before one succeeded.
const MANY_FAILURES: usize = 5;
/// How long a failed attempt counts.
const FAILURE_MEMORY_MS: i64 = 30 * MINUTE_MS;

/// The login succeeded after many attempts that did not.
fn failed_attempts(it: &Situation<'_>) -> Option<Signal> {
    let counts = |at: &&Timestamp| (0..=FAILURE_MEMORY_MS).contains(&it.occurred_at.ms_since(**at));
    let failures = it.profile.recent_failures.iter().filter(counts).count();
    let detail = || format!("a success after {failures} or more failed attempts within 30 minutes");
    (it.succeeded && failures >= MANY_FAILURES).then(|| signal(SignalKind::FailedAttempts, detail()))
}
