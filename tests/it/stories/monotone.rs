//! Evidence that is less known never makes a login less suspicious.

use proptest::prelude::*;
use watchlight::domain::{
    agent::{Agent, Browser, Os},
    browser::attributes::{NetworkTraits, Traits},
    ids::DeviceId,
    place::{Asn, Country, NetworkUse, Origin, Place, Point},
    policy::policy::Policy,
    recognition::verdict::DeviceStatus,
    risk::{
        Situation, assess,
        freeman::Rarity,
        guessing::{Run, Source},
    },
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    user::{
        device::{KnownDevice, Trust},
        profile::{Hours, LastPlace, Profile, SeenCountry, SeenNetwork},
    },
};

const NOW: Timestamp = Timestamp::from_unix_ms(20_000 * HOUR_MS);

/// What can be known, and what is not. Each flag is one thing that is less known, or worse.
#[derive(Clone, Copy, Debug, Default)]
struct Unknown {
    flags: [bool; 9],
}

impl Unknown {
    fn new_device(self) -> bool {
        self.flags[0]
    }
}

/// Circumstances that are neither better nor worse.
#[derive(Clone, Copy, Debug)]
struct Circumstances {
    usage: Option<NetworkUse>,
    logins: u32,
    hours_since: i64,
    probability: f64,
    stayed: bool,
    denied: bool,
}

fn circumstances() -> impl Strategy<Value = Circumstances> {
    let usage = prop_oneof![Just(None), prop::sample::select(&NetworkUse::ALL[..]).prop_map(Some)];
    (usage, 1..60_u32, 0..100_i64, 0.5..1.0_f64, any::<bool>(), any::<bool>()).prop_map(
        |(usage, logins, hours_since, probability, stayed, denied)| Circumstances {
            usage,
            logins,
            hours_since,
            probability,
            stayed,
            denied,
        },
    )
}

fn score(it: Circumstances, unknown: Unknown) -> f64 {
    let [_, country, network, far, failures, contradicts, token_mismatch, run, unusual] = unknown.flags;
    let known = |code: &str| SeenCountry { country: Country::parse(code).unwrap(), last_seen: NOW, logins: it.logins };
    let point = |latitude| Point { latitude, longitude: 25.0 };
    let device = KnownDevice {
        id: DeviceId([1; 8]),
        agent: Agent { browser: Browser::Chrome, os: Os::Windows, ..Agent::default() },
        traits: Traits::default(),
        first_seen: NOW,
        last_seen: NOW,
        logins: it.logins,
        trust: if it.denied { Trust::Denied } else { Trust::Unconfirmed },
        alert: None,
    };
    let own_hour = if unusual { NOW.plus_ms(12 * HOUR_MS) } else { NOW };
    let profile = Profile {
        logins: it.logins,
        first_login_at: Some(NOW.plus_ms(-40 * DAY_MS)),
        countries: vec![known("SE"), known(if country { "DE" } else { "FI" })],
        networks: vec![SeenNetwork { asn: Asn::new(if network { 9 } else { 5 }), prefix: 70, last_seen: NOW }],
        last_place: Some(LastPlace {
            at: NOW.plus_ms(-it.hours_since * HOUR_MS),
            point: point(if far { -40.0 } else { 60.0 }),
            accuracy_km: Some(10),
            prefix: 71,
            asn: Asn::new(77),
        }),
        recent_failures: vec![NOW.plus_ms(-MINUTE_MS); if failures { 6 } else { 0 }],
        hours: (0..40).fold(Hours::default(), |hours, _| hours.with(own_hour)),
        devices: vec![device],
        ..Profile::default()
    };
    let place = Place {
        country: Country::parse("FI").unwrap(),
        country_name: "Finland".to_owned(),
        region: None,
        city: None,
        point: Some(point(60.0)),
        accuracy_km: Some(10),
        time_zone: None,
    };
    let origin = Origin { asn: Asn::new(5), country: Some(place.country) };
    let situation = Situation {
        occurred_at: NOW,
        succeeded: true,
        profile: &profile,
        status: if unknown.new_device() { DeviceStatus::New } else { DeviceStatus::Recognized },
        device: (!unknown.new_device()).then_some(&device),
        probability: it.probability,
        agent: &device.agent,
        place: Some(&place),
        usage: it.usage,
        trusted_network: None,
        network: &NetworkTraits { address: 1, prefix: 6, origin },
        stayed: it.stayed && !unknown.new_device(),
        token_mismatch,
        contradiction: contradicts.then_some("they differ"),
        run: run.then_some(Run { source: Source::Address }),
        rarity: run.then_some(Rarity { above_share: 0.99 }),
    };
    assess(&Policy::default(), &situation).score
}

proptest! {
    #[test]
    fn what_is_less_known_never_lowers_the_score(
        it in circumstances(),
        flags in any::<[bool; 9]>(),
        less in 0..9_usize,
    ) {
        // A device that was denied is known: another one is less bad.
        prop_assume!(!(it.denied && less == 0));
        let (mut before, mut after) = (Unknown { flags }, Unknown { flags });
        (before.flags[less], after.flags[less]) = (false, true);
        prop_assert!(score(it, before) <= score(it, after), "{before:?} {after:?}");
    }
}
