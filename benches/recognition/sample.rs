//! A real browser's login, and users who are known by many devices.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use watchlight::{
    adapters::user_agent::UapAgents,
    domain::{
        browser::attributes::{Attribute, Traits},
        decide::{Decision, decide},
        ids::{DeviceId, TenantId},
        keyring::{Keyring, TenantKeys},
        login::login::LoginDraft,
        place::{Country, Network, NetworkUse, Place, Point, Whereabouts},
        policy::policy::Policy,
        recognition::verdict::DeviceStatus,
        risk::Situation,
        time::{DAY_MS, Timestamp},
        user::{
            device::{KnownDevice, Trust},
            profile::{Profile, SeenCountry, SeenNetwork},
        },
    },
    ports::{Clock, DatabaseStatus, Geo},
    service::login::observing::{NewLogin, Observer, Purpose, Seen},
    wire::login_request::LoginRequest,
};

/// How many devices a user is known by. A stored profile keeps no more than 32; 100 shows how the time grows.
pub const DEVICES: [usize; 4] = [1, 5, 20, 100];

/// 2026-11-22T10:15:00Z, when the login happens.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_342_500_000);

const FINGERPRINT: &str = include_str!("../../tests/data/fingerprintjs/fingerprintjs_5_chromium.json");
const HEADERS: &str = include_str!("../../tests/data/fingerprintjs/chromium_headers.json");

/// What of the devices that a user is known by comes closest to the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// The same browser, not changed in anything.
    Exact,
    /// The same browser before an update and at another monitor.
    Similar,
    /// Other machines only.
    None,
}

impl Nearest {
    pub const ALL: [Self; 3] = [Self::Exact, Self::Similar, Self::None];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Similar => "similar",
            Self::None => "none",
        }
    }
}

/// The request that a backend would post of the recorded browser.
pub fn body() -> Bytes {
    let fingerprint: Value = serde_json::from_str(FINGERPRINT).expect("the recorded result is JSON");
    let headers: Value = serde_json::from_str(HEADERS).expect("the recorded headers are JSON");
    let login = json!({
        "event_id": "evt_7f3a",
        "occurred_at": "2026-11-22T10:15:00.000Z",
        "method": "password",
        "user": { "id": "u_42", "email": "ana@example.com", "locale": "fi", "time_zone": "Europe/Helsinki" },
        "client": {
            "ip": "89.160.20.112",
            // The first request after `Accept-CH`: it has all the client hints.
            "headers": headers["headers"][1],
            "fingerprint": { "version": fingerprint["version"], "components": fingerprint["components"] },
        },
    });
    login.to_string().into()
}

/// The request read as `http/api/logins.rs` reads it.
pub fn draft(body: &[u8]) -> LoginDraft {
    let request: LoginRequest = serde_json::from_slice(body).expect("the body is a login request");
    request.into_draft().expect("its times are sound")
}

/// A service's senses, a tenant's keys, and the login as they see it.
pub struct Sample {
    pub observer: Observer,
    pub tenant: TenantId,
    pub keys: TenantKeys,
    pub seen: Seen,
    pub body: Bytes,
    pub policy: Policy,
}

impl Sample {
    pub fn new() -> Self {
        let observer =
            Observer { agents: Arc::new(UapAgents::new()), geo: Arc::new(OneTown), clock: Arc::new(Stopped) };
        let tenant = TenantId::parse("acme").expect("a tenant's name");
        let keys = Keyring::new([7; 32]).tenant(&tenant);
        let body = body();
        let seen = observer.see(&keys, new_login(&body)).expect("the login is sound");
        Self { observer, tenant, keys, seen, body, policy: Policy::default() }
    }

    /// A user of this many devices, all of the login's browser and system so that no gate spares a comparison. The one
    /// that comes closest stands last.
    pub fn profile(&self, devices: usize, nearest: Nearest) -> Profile {
        let mut known: Vec<KnownDevice> = (0..devices).map(|it| self.device(it, stranger(self.traits(), it))).collect();
        let owned = match nearest {
            Nearest::Exact => Some(*self.traits()),
            Nearest::Similar => Some(before_update(self.traits())),
            Nearest::None => None,
        };
        if let (Some(last), Some(traits)) = (known.last_mut(), owned) {
            last.traits = traits;
        }
        let sweden = Country::parse("SE").expect("two letters");
        let network = self.traits().network;
        Profile {
            logins: 400,
            first_login_at: Some(NOW.plus_ms(-400 * DAY_MS)),
            devices: known,
            countries: vec![SeenCountry { country: sweden, last_seen: NOW.plus_ms(-DAY_MS), logins: 400 }],
            networks: vec![SeenNetwork {
                asn: network.origin.asn,
                prefix: network.prefix,
                last_seen: NOW.plus_ms(-DAY_MS),
            }],
            ..Profile::default()
        }
    }

    pub fn traits(&self) -> &Traits {
        &self.seen.browser.traits
    }

    /// What the signals look at, where the device nearest to the login is known or not.
    pub fn situation<'a>(&'a self, profile: &'a Profile, nearest: Nearest) -> Situation<'a> {
        let known = profile.devices.last().filter(|_| nearest != Nearest::None);
        Situation {
            occurred_at: NOW,
            succeeded: true,
            profile,
            status: if known.is_some() { DeviceStatus::Recognized } else { DeviceStatus::New },
            device: known,
            probability: if known.is_some() { 1.0 } else { 0.0 },
            agent: &self.seen.browser.agent,
            place: self.seen.whereabouts.place.as_ref(),
            usage: known.is_none().then_some(NetworkUse::Hosting),
            trusted_network: None,
            network: &self.traits().network,
            stayed: known.is_some(),
            token_mismatch: false,
            contradiction: None,
            run: None,
            rarity: None,
        }
    }

    fn device(&self, number: usize, traits: Traits) -> KnownDevice {
        let number = u8::try_from(number).expect("at most 100 devices");
        KnownDevice {
            id: DeviceId([number; 8]),
            agent: self.seen.browser.agent,
            traits,
            first_seen: NOW.plus_ms(-400 * DAY_MS),
            last_seen: NOW.plus_ms(-DAY_MS * (1 + i64::from(number))),
            logins: 12,
            trust: Trust::Unconfirmed,
            alert: None,
        }
    }
}

/// One login's way, from the parsed login to the decision. It must come to what the service comes to, as the benches check before they measure.
pub fn walk(sample: &Sample, profile: &Profile) -> Decision {
    let seen = &sample.seen;
    let browser = sample.observer.read_browser(&sample.keys, &seen.login, &seen.whereabouts);
    let mut observed = seen.observed(&sample.tenant, &sample.keys);
    observed.agent = browser.agent;
    observed.fingerprint = browser.fingerprint;
    observed.traits = browser.traits;
    observed.contradiction = browser.contradiction;
    decide(NOW, &sample.policy, profile, &observed)
}

/// A login as a caller has it recorded.
pub fn new_login(body: &Bytes) -> NewLogin {
    NewLogin {
        draft: draft(body),
        body: body.clone(),
        idempotency_key: None,
        request_id: "req_1".to_owned(),
        purpose: Purpose::Live,
    }
}

/// Another machine with the same browser: the hardware and what is drawn by it differ.
fn stranger(traits: &Traits, number: usize) -> Traits {
    const HARDWARE: [Attribute; 6] = [
        Attribute::GpuRenderer,
        Attribute::CanvasGeometry,
        Attribute::CanvasText,
        Attribute::ScreenResolution,
        Attribute::HardwareConcurrency,
        Attribute::DeviceMemory,
    ];
    let other = u16::try_from(number).expect("at most 100 devices") + 1;
    let mut stranger = changed(traits, &HARDWARE, other);
    stranger.network.address ^= u32::from(other);
    stranger.network.prefix ^= u32::from(other);
    stranger
}

/// The same machine an update and a monitor ago.
fn before_update(traits: &Traits) -> Traits {
    let mut earlier = changed(traits, &[Attribute::ScreenResolution, Attribute::ScreenFrame], 1);
    let major = 1 << 6;
    earlier.attributes.set(Attribute::BrowserVersion, traits.attributes.get(Attribute::BrowserVersion) - major);
    earlier
}

fn changed(traits: &Traits, attributes: &[Attribute], by: u16) -> Traits {
    let mut changed = *traits;
    changed.fingerprint ^= 1;
    for &it in attributes {
        // Never 0, which would mean “not told”.
        changed.attributes.set(it, (traits.attributes.get(it) ^ by).max(1));
    }
    changed
}

/// A clock that stands at [`NOW`].
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Knows one town, in which everybody is: the database's own time is measured elsewhere.
struct OneTown;

impl Geo for OneTown {
    fn locate(&self, _: std::net::IpAddr) -> Whereabouts {
        Whereabouts {
            place: Some(Place {
                country: Country::parse("SE").expect("two letters"),
                country_name: "Sweden".to_owned(),
                region: Some("Östergötland".to_owned()),
                city: Some("Linköping".to_owned()),
                point: Some(Point { latitude: 58.4, longitude: 15.6 }),
                accuracy_km: Some(76),
                time_zone: Some("Europe/Stockholm".to_owned()),
            }),
            network: Some(Network { asn: 29_518, name: "Bredband2 AB".to_owned() }),
            usage: None,
        }
    }

    fn databases(&self) -> Vec<DatabaseStatus> {
        Vec::new()
    }
}
