//! Where the login comes from: the country, the network, the distance from the last place, and the use of the address.

use crate::domain::{
    agent::Agent,
    browser::extraction::is_mobile,
    country_names::{country_name, in_a_sentence},
    place::{NetworkUse, Place},
    policy::policy::{Policy, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::situation::{Situation, Suspicion},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    user::profile::{LastPlace, SeenCountry, SeenNetwork},
    wording::figures::{count, duration, grouped, kilometres},
};

/// The user has not signed in from this country lately. While the user's habits are being learned, this says nothing
/// about a known device that may have travelled. It does about a new device, and about one whose clock is still at
/// home: a copied fingerprint comes with the time zone of the original.
#[must_use]
pub fn new_country(policy: &Policy, login: &Situation<'_>) -> Option<Suspicion> {
    let place = login.place.filter(|_| login.trusted_network.is_none())?;
    let first_login = login.profile.first_login_at?;
    let recent = |seen: Timestamp| login.occurred_at.ms_since(seen) <= policy.country_memory_ms;
    let known = login.profile.countries.iter().any(|seen| seen.country == place.country && recent(seen.last_seen));
    let age_ms = login.occurred_at.ms_since(first_login);
    let learning = age_ms < policy.learning_ms && login.profile.logins < policy.learning_logins;
    if known || login.profile.countries.is_empty() || (learning && login.status != DeviceStatus::New && !login.stayed) {
        return None;
    }
    let usual = usual_country(login)?;
    let here = if place.country_name.is_empty() { place.country.as_str() } else { &place.country_name };
    let here = in_a_sentence(here);
    let days = count(usize::try_from(policy.country_memory_ms / DAY_MS).unwrap_or_default(), "day");
    let detail = format!("first login from {here} in {days}; {}", came_from(usual, login.profile.logins));
    Some(Suspicion::new(SignalKind::NewCountry, detail).weighing(place_share(policy, login)))
}

/// How many of the user's logins came from where most did.
fn came_from(usual: &SeenCountry, logins: u32) -> String {
    let country = in_a_sentence(country_name(usual.country).unwrap_or_else(|| usual.country.as_str()));
    match (usual.logins, logins) {
        (1, 1) => format!("the user's one login before came from {country}"),
        (here, all) if here >= all => format!("all {} of the user's logins came from {country}", grouped(all)),
        (here, all) => format!("{} of the user's {} logins came from {country}", grouped(here), grouped(all)),
    }
}

fn usual_country<'a>(login: &Situation<'a>) -> Option<&'a SeenCountry> {
    login.profile.countries.iter().max_by_key(|seen| (seen.logins, seen.country))
}

/// The user has signed in neither from this autonomous system nor from this /24 or /64. Weak on its own.
#[must_use]
pub fn new_network(policy: &Policy, login: &Situation<'_>) -> Option<Suspicion> {
    let (asn, prefix) = (login.network.origin.asn, login.network.prefix);
    let seen = |known: &SeenNetwork| known.prefix == prefix || (asn.is_some() && known.asn == asn);
    let placed = login.trusted_network.is_none() && (login.place.is_some() || asn.is_some());
    if !placed || login.profile.networks.is_empty() || login.profile.networks.iter().any(seen) {
        return None;
    }
    Some(
        Suspicion::new(SignalKind::NewNetwork, "a network that the user has not signed in from")
            .weighing(place_share(policy, login)),
    )
}

/// Faster than an airliner.
pub const IMPOSSIBLE_KM_PER_HOUR: f64 = 900.0;
/// Shorter distances are within the errors of location databases.
pub const MIN_TRAVEL_KM: f64 = 500.0;
/// The least uncertainty of a place …
const MIN_RADIUS_KM: f64 = 100.0;
/// … and that of a phone's address, or where the database does not say: medians of 179 to 207 km were measured.
const MOBILE_RADIUS_KM: f64 = 250.0;

/// Farther from the last place than anybody can have travelled since then, allowing for the uncertainty of both places.
#[must_use]
pub fn impossible_travel(policy: &Policy, login: &Situation<'_>) -> Option<Suspicion> {
    let place = login.place.filter(|_| login.trusted_network.is_none())?;
    let last = login.profile.last_place?;
    let distance_km = least_distance_km(login, place, &last)?;
    let known_network = login.device.is_some() && last_network_is_known(login, &last);
    let elapsed_ms = login.occurred_at.ms_since(last.at);
    // An event from before the last one says nothing about travel since.
    if elapsed_ms < 0 || last.prefix == login.network.prefix || known_network {
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
    let detail = format!(
        "at least {} km from the last login, within {} of it: {} km/h",
        kilometres(distance_km),
        duration(elapsed_ms.max(MINUTE_MS)),
        kilometres(speed),
    );
    let share = place_share(policy, login) * if is_another_known_device(login) { OTHER_DEVICE_SHARE } else { 1.0 };
    Some(Suspicion::new(SignalKind::ImpossibleTravel, detail).weighing(share))
}

/// The least distance between this place and the last one, allowing for the uncertainty of both.
fn least_distance_km(login: &Situation<'_>, place: &Place, last: &LastPlace) -> Option<f64> {
    let radius = |accuracy| radius_km(login.agent, accuracy);
    Some(place.point?.distance_km(last.point) - radius(place.accuracy_km) - radius(last.accuracy_km))
}

/// How far from where the database says a login may have been, in kilometres.
#[must_use]
pub fn radius_km(agent: &Agent, accuracy_km: Option<u16>) -> f64 {
    match accuracy_km {
        Some(km) if !is_mobile(agent) => f64::from(km).max(MIN_RADIUS_KM),
        _ => MOBILE_RADIUS_KM,
    }
}

/// The weight if two devices of one user are far apart, as a share: a phone at home and a laptop behind a VPN often
/// are.
const OTHER_DEVICE_SHARE: f64 = 0.5;

/// Whether it is a known device, and not the one that signed in last.
fn is_another_known_device(login: &Situation<'_>) -> bool {
    login.device.is_some_and(|device| login.profile.devices.iter().any(|other| other.last_seen > device.last_seen))
}

/// Whether the browser that signed in last is abroad within hours while its clock is not. Then it is a copy, or behind
/// a VPN that no list knows. A copy is used soon: an attacker who relays a login to the real page, as phishing kits do,
/// gets the browser's words and the session at that moment. Home is not abroad, since users come back to it, nor is a
/// place just beyond a border.
#[must_use]
pub fn looks_copied(policy: &Policy, login: &Situation<'_>) -> bool {
    let (Some(place), Some(device)) = (login.place, login.device) else { return false };
    let soon = (0..policy.copied_within_ms).contains(&login.occurred_at.ms_since(device.last_seen));
    let was = device.traits.network.origin.country;
    let distance_km = login.profile.last_place.and_then(|last| least_distance_km(login, place, &last));
    let far = distance_km.is_some_and(|it| it > MIN_TRAVEL_KM);
    let abroad = far && was.is_some_and(|was| was != place.country);
    let home = usual_country(login).is_some_and(|usual| usual.country == place.country);
    let explained = login.trusted_network.is_some() || login.usage.is_some_and(NetworkUse::is_anonymous);
    login.stayed && soon && abroad && !home && !explained && !is_another_known_device(login)
}

/// Whether a known device is on an autonomous system that the user has signed in from. Then the database has moved the
/// place, rather than the user.
fn last_network_is_known(login: &Situation<'_>, last: &LastPlace) -> bool {
    let asn = login.network.origin.asn;
    asn.is_some() && (last.asn == asn || login.profile.networks.iter().any(|known| known.asn == asn))
}

/// Anybody may be behind the address.
#[must_use]
pub fn anonymous_network(login: &Situation<'_>) -> Option<Suspicion> {
    let usage = login.usage.filter(|usage| usage.is_anonymous() && login.trusted_network.is_none())?;
    Some(Suspicion::new(SignalKind::AnonymousNetwork, format!("the address belongs to {}", usage.words())))
}

/// The address belongs to a data centre, from which programs sign in rather than people.
#[must_use]
pub fn hosting_network(login: &Situation<'_>) -> Option<Suspicion> {
    let usage = login.usage.filter(|usage| *usage == NetworkUse::Hosting && login.trusted_network.is_none())?;
    Some(Suspicion::new(SignalKind::HostingNetwork, format!("the address belongs to {}", usage.words())))
}

/// The weight of a place that says little about where the user is, as a share.
const VAGUE_PLACE_SHARE: f64 = 0.5;
/// A user who has lately signed in from this many countries mostly uses VPNs that no list knows, so one more country
/// says little. In the visible population of `docs/accuracy.md` that saves one mail in eight about known devices. With
/// four countries it would save one in five, and hide more copies.
const MANY_COUNTRIES: usize = 5;

fn place_share(policy: &Policy, login: &Situation<'_>) -> f64 {
    let recent = |seen: &&SeenCountry| login.occurred_at.ms_since(seen.last_seen) <= policy.country_memory_ms;
    let wanders = login.profile.countries.iter().filter(recent).count() >= MANY_COUNTRIES;
    if login.usage.is_some() || wanders { VAGUE_PLACE_SHARE } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::Country;

    #[test]
    fn where_a_user_mostly_was_is_told_by_its_name() {
        let told = |country: &str, here: u32, all: u32| {
            let country = Country::parse(country).unwrap();
            came_from(&SeenCountry { country, logins: here, last_seen: Timestamp::from_unix_ms(0) }, all)
        };
        assert_eq!(told("SE", 42, 42), "all 42 of the user's logins came from Sweden");
        assert_eq!(told("SE", 1_200, 4_096), "1,200 of the user's 4,096 logins came from Sweden");
        assert_eq!(told("SE", 1, 1), "the user's one login before came from Sweden");
        assert_eq!(told("US", 1, 1), "the user's one login before came from the United States");
        assert_eq!(told("NL", 2, 2), "all 2 of the user's logins came from the Netherlands");
        assert_eq!(told("ZZ", 1, 2), "1 of the user's 2 logins came from ZZ", "a code that no country has");
    }
}
