//! Where the login comes from: country, network, the way from the last place, and what the address is used for.

use crate::domain::{
    browser::extraction::is_mobile,
    place::{NetworkUse, Place},
    policy::policy::{Policy, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::situation::{Situation, Suspicion},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    user::profile::{LastPlace, SeenCountry, SeenNetwork},
};

/// A country from which the user has not signed in lately. While the user's habits are being learned, a known device that
/// may have travelled is no news; a new one is, and so is one whose clock is still at home: a copied fingerprint brings
/// the time zone of the original.
#[must_use]
pub fn new_country(policy: &Policy, it: &Situation<'_>) -> Option<Suspicion> {
    let place = it.place.filter(|_| it.trusted_network.is_none())?;
    let first_login = it.profile.first_login_at?;
    let recent = |seen: Timestamp| it.occurred_at.ms_since(seen) <= policy.country_memory_ms;
    let known = it.profile.countries.iter().any(|seen| seen.country == place.country && recent(seen.last_seen));
    let age_ms = it.occurred_at.ms_since(first_login);
    let learning = age_ms < policy.learning_ms && it.profile.logins < policy.learning_logins;
    if known || it.profile.countries.is_empty() || (learning && it.status != DeviceStatus::New && !it.stayed) {
        return None;
    }
    let usual = usual_country(it)?;
    let logins = it.profile.logins;
    let detail = format!(
        "first login from {} in {} days; {} of the user's {logins} logins came from {}",
        place.country_name,
        policy.country_memory_ms / DAY_MS,
        usual.logins,
        usual.country.as_str(),
    );
    Some(Suspicion::new(SignalKind::NewCountry, detail).weighing(place_share(policy, it)))
}

fn usual_country<'a>(it: &Situation<'a>) -> Option<&'a SeenCountry> {
    it.profile.countries.iter().max_by_key(|seen| (seen.logins, seen.country))
}

/// Neither the autonomous system nor the /24 or /64 is one that the user has signed in from. Weak alone.
#[must_use]
pub fn new_network(policy: &Policy, it: &Situation<'_>) -> Option<Suspicion> {
    let (asn, prefix) = (it.network.origin.asn, it.network.prefix);
    let seen = |known: &SeenNetwork| known.prefix == prefix || (asn.is_some() && known.asn == asn);
    let placed = it.trusted_network.is_none() && (it.place.is_some() || asn.is_some());
    if !placed || it.profile.networks.is_empty() || it.profile.networks.iter().any(seen) {
        return None;
    }
    Some(
        Suspicion::new(SignalKind::NewNetwork, "a network that the user has not signed in from")
            .weighing(place_share(policy, it)),
    )
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
#[must_use]
pub fn impossible_travel(policy: &Policy, it: &Situation<'_>) -> Option<Suspicion> {
    let place = it.place.filter(|_| it.trusted_network.is_none())?;
    let last = it.profile.last_place?;
    let distance_km = least_distance_km(it, place, &last)?;
    let known_network = it.device.is_some() && last_network_is_known(it, &last);
    let elapsed_ms = it.occurred_at.ms_since(last.at);
    // An event from before the last one says nothing of travel since.
    if elapsed_ms < 0 || last.prefix == it.network.prefix || known_network {
        return None;
    }
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
    let share = place_share(policy, it) * if is_another_known_device(it) { OTHER_DEVICE_SHARE } else { 1.0 };
    Some(Suspicion::new(SignalKind::ImpossibleTravel, detail).weighing(share))
}

/// How far the place is from the last one at least: less the uncertainty of both.
fn least_distance_km(it: &Situation<'_>, place: &Place, last: &LastPlace) -> Option<f64> {
    let radius = |accuracy: Option<u16>| match accuracy {
        Some(km) if !is_mobile(it.agent) => f64::from(km).max(MIN_RADIUS_KM),
        _ => MOBILE_RADIUS_KM,
    };
    Some(place.point?.distance_km(last.point) - radius(place.accuracy_km) - radius(last.accuracy_km))
}

/// What it weighs that two devices of one user are far apart: a telephone at home and a laptop behind a VPN often are.
const OTHER_DEVICE_SHARE: f64 = 0.5;

/// Whether it is a known device, and not the one that signed in last.
fn is_another_known_device(it: &Situation<'_>) -> bool {
    it.device.is_some_and(|device| it.profile.devices.iter().any(|other| other.last_seen > device.last_seen))
}

/// Whether the browser that signed in last is abroad within hours, and its clock is not: a copy of it then, or a VPN that
/// no list knows. What is copied is used soon: whoever relays a login to the real page, as phishing kits do, has the
/// browser's words and the session at that moment. Home, to which users come back, is not abroad, nor is what lies beyond
/// a border nearby.
#[must_use]
pub fn looks_copied(policy: &Policy, it: &Situation<'_>) -> bool {
    let (Some(place), Some(device)) = (it.place, it.device) else { return false };
    let soon = (0..policy.copied_within_ms).contains(&it.occurred_at.ms_since(device.last_seen));
    let was = device.traits.network.origin.country;
    let distance_km = it.profile.last_place.and_then(|last| least_distance_km(it, place, &last));
    let far = distance_km.is_some_and(|it| it > MIN_TRAVEL_KM);
    let abroad = far && was.is_some_and(|was| was != place.country);
    let home = usual_country(it).is_some_and(|usual| usual.country == place.country);
    let explained = it.trusted_network.is_some() || it.usage.is_some_and(NetworkUse::is_anonymous);
    it.stayed && soon && abroad && !home && !explained && !is_another_known_device(it)
}

/// Whether a known device is on an autonomous system that the user has signed in from: a place in the database has
/// moved then, rather than the user.
fn last_network_is_known(it: &Situation<'_>, last: &LastPlace) -> bool {
    let asn = it.network.origin.asn;
    asn.is_some() && (last.asn == asn || it.profile.networks.iter().any(|known| known.asn == asn))
}

/// The address is one behind which anybody may be.
#[must_use]
pub fn anonymous_network(it: &Situation<'_>) -> Option<Suspicion> {
    let usage = it.usage.filter(|usage| usage.is_anonymous() && it.trusted_network.is_none())?;
    Some(Suspicion::new(SignalKind::AnonymousNetwork, format!("the address is {}'s", usage.words())))
}

/// The address is a data centre's, where programs sign in rather than people.
#[must_use]
pub fn hosting_network(it: &Situation<'_>) -> Option<Suspicion> {
    let usage = it.usage.filter(|usage| *usage == NetworkUse::Hosting && it.trusted_network.is_none())?;
    Some(Suspicion::new(SignalKind::HostingNetwork, format!("the address is {}'s", usage.words())))
}

/// Where a place says little of where its user is, it weighs half.
const VAGUE_PLACE_SHARE: f64 = 0.5;
/// Who has lately signed in from so many countries goes by changing ways, mostly a VPN's that no list knows: one more
/// country is little news. In the visible population of `docs/accuracy.md` that saves one mail in eight about known devices; with
/// four it would save one in five, and hide more of what is copied.
const MANY_COUNTRIES: usize = 5;

fn place_share(policy: &Policy, it: &Situation<'_>) -> f64 {
    let recent = |seen: &&SeenCountry| it.occurred_at.ms_since(seen.last_seen) <= policy.country_memory_ms;
    let wanders = it.profile.countries.iter().filter(recent).count() >= MANY_COUNTRIES;
    if it.usage.is_some() || wanders { VAGUE_PLACE_SHARE } else { 1.0 }
}
