//! What holds for every browser and every order of events, not only for those in the stories.

use proptest::prelude::*;
use watchlight::domain::{
    agent::{Agent, Browser, Os},
    browser::{
        attributes::{ATTRIBUTES, Attribute, Attributes, Earlier, NetworkTraits, Sketches, Traits},
        fingerprint::Fingerprint,
        sketch::Sketch,
    },
    decide::{Decision, decide},
    ids::{DeviceId, TenantId, UserId},
    keyring::{Keyring, TenantKeys},
    login::{
        components::{Components, Headers},
        login::{Client, Login, Outcome, User},
    },
    observed::Observed,
    place::{Asn, Country, Origin, Place, Point, Whereabouts},
    policy::policy::Policy,
    recognition::{
        matching::{Home, Query, agreement, closest, explain, untold_bits},
        verdict::{Agreement, DeviceStatus},
    },
    time::{HOUR_MS, Timestamp},
    user::{
        device::{KnownDevice, Trust},
        profile::Profile,
    },
};

const BROWSERS: [Browser; 4] = [Browser::Chrome, Browser::Firefox, Browser::Safari, Browser::Unknown];
const SYSTEMS: [Os; 5] = [Os::Windows, Os::MacOs, Os::Ios, Os::Android, Os::Unknown];
/// Later than every login of a test.
const NOW: Timestamp = Timestamp::from_unix_ms(1_000 * HOUR_MS);

/// Few values for each attribute, so that agreement is common; a third is not known.
fn attributes() -> impl Strategy<Value = Attributes> {
    // A version's first number stands in its upper 10 bits.
    let value = prop_oneof![Just(0), Just(142 << 6), Just(143 << 6)];
    prop::collection::vec(value, ATTRIBUTES).prop_map(|it| Attributes(it.try_into().unwrap()))
}

fn sketches() -> impl Strategy<Value = Sketches> {
    let sketch = || prop_oneof![Just(Sketch(0)), Just(Sketch(1)), Just(Sketch(3)), Just(Sketch(u32::MAX))];
    (sketch(), sketch(), sketch()).prop_map(|(fonts, plugins, extensions)| Sketches { fonts, plugins, extensions })
}

fn network() -> impl Strategy<Value = NetworkTraits> {
    (0..3_u32, 0..3_u32, 0..3_u32, prop::sample::select(vec!["", "FI", "BR"])).prop_map(
        |(address, prefix, asn, country)| {
            let origin = Origin { asn: Asn::new(asn), country: Country::parse(country) };
            NetworkTraits { address, prefix, origin }
        },
    )
}

fn traits() -> impl Strategy<Value = Traits> {
    let families = (prop::sample::select(&BROWSERS[..]), prop::sample::select(&SYSTEMS[..]));
    (1..5_u64, families, any::<bool>(), attributes(), sketches(), network()).prop_map(
        |(fingerprint, (browser, os), scripted, attributes, sketches, network)| Traits {
            fingerprint,
            browser,
            os,
            scripted,
            attributes,
            sketches,
            network,
            earlier: Earlier::default(),
        },
    )
}

/// Devices that were seen at different times.
fn devices() -> impl Strategy<Value = Vec<KnownDevice>> {
    prop::collection::vec(traits(), 1..8).prop_map(|all| {
        let numbered = all.into_iter().zip(1_u8..);
        numbered.map(|(traits, number)| known(traits, number, Timestamp::from_unix_ms(i64::from(number)))).collect()
    })
}

fn known(traits: Traits, number: u8, last_seen: Timestamp) -> KnownDevice {
    KnownDevice {
        id: DeviceId([number; 8]),
        agent: Agent { browser: traits.browser, os: traits.os, ..Agent::default() },
        traits,
        first_seen: last_seen,
        last_seen,
        logins: 1,
        trust: Trust::Unconfirmed,
        alert: None,
    }
}

/// What is decided about logins from the outside in: keys, a tenant, and places.
struct Desk {
    tenant: TenantId,
    keys: TenantKeys,
}

impl Desk {
    fn new() -> Self {
        let tenant = TenantId::parse("acme").unwrap();
        let keys = Keyring::new([8; 32]).tenant(&tenant);
        Self { tenant, keys }
    }

    fn decide(&self, profile: &Profile, traits: Traits, occurred_at: Timestamp) -> Decision {
        let login = login(occurred_at);
        let user = self.keys.user(&login.user.id);
        let whereabouts = whereabouts(traits.network.origin.country);
        let number = occurred_at.unix_ms().to_be_bytes();
        let mut name = [0; 16];
        name[..8].copy_from_slice(&number);
        let observed = Observed {
            tenant: &self.tenant,
            keys: &self.keys,
            user,
            id: self.keys.login_id(occurred_at, &user, &name),
            login: &login,
            email: None,
            agent: Agent { browser: traits.browser, os: traits.os, ..Agent::default() },
            traits,
            fingerprint: Fingerprint([traits.fingerprint.to_be_bytes()[7]; 32]),
            whereabouts: &whereabouts,
            contradiction: None,
            run: None,
            rarity: None,
            past: false,
            keeps_email: true,
        };
        decide(NOW, &Policy::default(), profile, &observed)
    }
}

fn login(occurred_at: Timestamp) -> Login {
    let user = User {
        id: UserId::parse("ana").unwrap(),
        email: Some("ana@example.com".to_owned()),
        locale: None,
        time_zone: None,
    };
    let client = Client {
        ip: "89.160.20.112".parse().unwrap(),
        user_agent: Some("a browser".to_owned()),
        headers: Headers::default(),
        device_token: None,
        components: Components::default(),
    };
    Login { occurred_at, outcome: Outcome::Success, method: None, session_id: None, user, client }
}

fn whereabouts(country: Option<Country>) -> Whereabouts {
    let place = country.map(|country| Place {
        country,
        country_name: country.as_str().to_owned(),
        region: None,
        city: None,
        point: Some(Point { latitude: if country.as_str() == "FI" { 60.0 } else { -23.0 }, longitude: 25.0 }),
        accuracy_km: None,
        time_zone: None,
    });
    Whereabouts { place, network: None, usage: None }
}

fn profile(devices: Vec<KnownDevice>) -> Profile {
    Profile { logins: 20, first_login_at: Some(Timestamp::from_unix_ms(0)), devices, ..Profile::default() }
}

fn query(seen: &Traits) -> Query<'_> {
    Query { occurred_at: NOW, seen, token: None, home: Home::Unknown }
}

proptest! {
    #[test]
    fn the_order_of_known_devices_does_not_matter(
        (devices, shuffled) in devices().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        seen in traits(),
    ) {
        let desk = Desk::new();
        let [one, other] = [devices, shuffled].map(|it| desk.decide(&profile(it), seen, NOW));
        prop_assert_eq!(one.record, other.record);
        prop_assert_eq!(one.alert, other.alert);
    }

    #[test]
    fn an_attribute_more_that_agrees_never_speaks_against_a_device(
        known_traits in traits(),
        mut seen in traits(),
        attribute in prop::sample::select(&Attribute::ALL[..]),
        value in 1..=u16::MAX,
    ) {
        let mut known_traits = known_traits;
        // A version is of no other class than none.
        let value = if attribute == Attribute::BrowserVersion { 142 << 6 } else { value };
        let score = |known_traits: Traits, seen: &Traits| {
            closest(&[known(known_traits, 1, NOW)], &query(seen)).unwrap().centibits
        };
        known_traits.attributes.set(attribute, 0);
        seen.attributes.set(attribute, 0);
        let without = score(known_traits, &seen);
        known_traits.attributes.set(attribute, value);
        seen.attributes.set(attribute, value);
        prop_assert!(score(known_traits, &seen) >= without);
    }

    #[test]
    fn the_explanation_adds_up_to_the_score(known_traits in traits(), mut seen in traits()) {
        seen.fingerprint = 9;
        let device = known(known_traits, 1, NOW);
        let found = closest(std::slice::from_ref(&device), &query(&seen)).unwrap();
        let evidence = explain(&device, &query(&seen));
        let attributes: i32 = evidence.attributes.iter().map(|it| i32::from(it.centibits)).sum();
        let untold = i32::from(untold_bits(&known_traits, &seen));
        prop_assert_eq!(found.centibits, attributes + i32::from(evidence.network.centibits) + untold);
        prop_assert_eq!(found.gate, evidence.gate);
    }

    #[test]
    fn two_browsers_compare_the_same_both_ways(one in traits(), other in traits()) {
        for attribute in Attribute::ALL {
            let [there, back] = [agreement(&one, &other, attribute), agreement(&other, &one, attribute)];
            // A version that has risen one way has fallen the other.
            let told = |it| matches!(it, Agreement::Agreed | Agreement::Absent);
            prop_assert_eq!(told(there), told(back));
            prop_assert!(!told(there) || there == back);
        }
    }

    #[test]
    fn what_a_browser_does_not_tell_never_makes_it_another(
        traits in traits(),
        untold_before in prop::collection::vec(any::<bool>(), ATTRIBUTES),
        untold_now in prop::collection::vec(any::<bool>(), ATTRIBUTES),
    ) {
        let without = |untold: &[bool]| {
            let mut left = traits;
            left.attributes.0.iter_mut().zip(untold).filter(|(_, untold)| **untold).for_each(|(it, _)| *it = 0);
            // Whoever tells less has another fingerprint.
            let hash = blake3::hash(format!("{:?}", left.attributes).as_bytes());
            left.fingerprint = u64::from_be_bytes(*hash.as_bytes().first_chunk().unwrap());
            left
        };
        let before = profile(vec![known(without(&untold_before), 1, NOW)]);
        let decision = Desk::new().decide(&before, without(&untold_now), NOW);
        prop_assert_eq!(decision.record.device.status, DeviceStatus::Recognized);
        prop_assert!(decision.alert.is_none());
    }

    #[test]
    fn events_in_any_order_end_with_the_same_times_and_place(
        (hours, shuffled) in prop::collection::hash_set(0..900_i64, 1..12).prop_flat_map(|it| {
            let mut hours: Vec<i64> = it.into_iter().collect();
            hours.sort_unstable();
            (Just(hours.clone()), Just(hours).prop_shuffle())
        }),
        mut traits in traits(),
    ) {
        traits.network.origin.country = Country::parse("FI");
        let desk = Desk::new();
        let tell = |hours: &[i64]| {
            hours.iter().fold(Profile::default(), |profile, hour| {
                desk.decide(&profile, traits, Timestamp::from_unix_ms(hour * HOUR_MS)).profile
            })
        };
        let [one, other] = [tell(&hours), tell(&shuffled)];
        let times = |it: &Profile| (it.devices.len(), it.devices[0].first_seen, it.devices[0].last_seen);
        prop_assert_eq!(times(&one), times(&other));
        prop_assert_eq!(one.first_login_at, other.first_login_at);
        prop_assert_eq!(one.last_place, other.last_place);
        prop_assert_eq!(one.countries, other.countries);
        prop_assert_eq!(one.networks, other.networks);
    }

    #[test]
    fn the_same_is_decided_again(devices in devices(), seen in traits(), hour in 0..1_000_i64) {
        let (profile, at) = (profile(devices), Timestamp::from_unix_ms(hour * HOUR_MS));
        prop_assert_eq!(Desk::new().decide(&profile, seen, at), Desk::new().decide(&profile, seen, at));
    }
}
