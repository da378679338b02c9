//! Values with every part filled, and users to store them for.

use watchlight::{
    domain::{
        agent::{Agent, Browser, DeviceKind, Os, Version},
        alert::alert::{Alert, AlertNote, Delivery, Suppressed},
        browser::{
            attributes::{ATTRIBUTES, Attribute, AttributeSet, Attributes, Earlier, NetworkTraits, Sketches, Traits},
            fingerprint::Fingerprint,
            sketch::Sketch,
        },
        history::{
            cutoffs::Cutoffs,
            login_record::LoginRecord,
            retention::TrimMemory,
            retention_days::RetentionDays,
            session::{Change, Session},
        },
        ids::{
            AlertId, ClueKey, DeviceId, EventId, LoginId, Partition, PrefixKey, TenantId, UserId, UserKey, WebhookId,
            timed_bytes,
        },
        login::login::Outcome,
        place::{Asn, Country, NamedPlace, Network, NetworkUse, Origin, Place, Point, Whereabouts},
        policy::policy::{Level, PolicyVersion, SignalKind},
        privacy::processing::{Mode, Processing},
        recognition::verdict::{Agreement, DeviceStatus, DeviceVerdict, Evidence, Finding, Gate, MatchedBy},
        risk::assessment::{Action, Assessment, Signal},
        tenant::{
            api_key::{ApiKeyRecord, Scope},
            webhook::{Attempt, EventKind, TenantEvent, Webhook},
        },
        time::{DAY_MS, HOUR_MS, Timestamp},
        user::{
            contact::Contact,
            device::{KnownDevice, Trust},
            profile::{Hours, LastPlace, Profile, SeenCountry, SeenNetwork},
        },
    },
    ports::{Commit, Idempotency, LoginWrite},
};

/// Some day in 2026.
pub const NOW_MS: i64 = 1_795_000_000_000;

/// `NOW_MS` and so many milliseconds.
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(NOW_MS + ms)
}

/// The tenant of everything that does not say otherwise.
pub fn acme() -> TenantId {
    TenantId::parse("acme").unwrap()
}

/// A user by number; each lives in another partition.
pub fn user(number: u8) -> UserKey {
    UserKey { hash: [number; 16], partition: Partition(number.wrapping_mul(37)) }
}

fn agent() -> Agent {
    Agent {
        browser: Browser::Chrome,
        browser_version: Version { major: 142, minor: 0, patch: 0 },
        os: Os::Windows,
        os_version: Version { major: 11, minor: 0, patch: 0 },
        kind: DeviceKind::Desktop,
    }
}

/// A device as a fingerprint of a script leaves it: some 20 attributes, half of them hashes.
pub fn device(number: u8) -> KnownDevice {
    let mut attributes = Attributes::default();
    for it in 0..20_u8 {
        let value = if it % 2 == 0 { 0x9E37 ^ u16::from(number) << 8 | u16::from(it) } else { u16::from(it) * 3 };
        attributes.0[usize::from(it)] = value;
    }
    let network = NetworkTraits { address: 0x1122_3344, prefix: 0x99AA_BBCC, origin: origin() };
    let mut earlier = Earlier::default();
    earlier.remember(Attribute::ScreenResolution, 0x0A0B);
    earlier.remember(Attribute::Hdr, 2);
    let traits = Traits {
        fingerprint: u64::from_be_bytes([number; 8]),
        browser: Browser::Chrome,
        os: Os::Windows,
        scripted: true,
        attributes,
        sketches: Sketches { fonts: Sketch(0xF0F0_0F0F), plugins: Sketch(u32::from(number)), ..Sketches::default() },
        network,
        earlier,
    };
    KnownDevice {
        id: DeviceId([number; 8]),
        agent: agent(),
        traits,
        first_seen: at(-30 * DAY_MS),
        last_seen: at(-HOUR_MS),
        logins: 34,
        trust: [Trust::Unconfirmed, Trust::Confirmed, Trust::Denied][usize::from(number % 3)],
        alert: number.is_multiple_of(2).then_some(AlertId([number; 16])),
    }
}

/// A profile with three devices.
pub fn profile() -> Profile {
    let point = Point { latitude: 58.4167, longitude: 15.6167 };
    Profile {
        logins: 102,
        first_login_at: Some(at(-400 * DAY_MS)),
        devices: (1..=3).map(device).collect(),
        countries: vec![SeenCountry { country: Country::parse("SE").unwrap(), last_seen: at(-HOUR_MS), logins: 102 }],
        networks: vec![SeenNetwork {
            asn: Asn::new(29_518),
            prefix: 0x99AA_BBCC,
            last_seen: at(-HOUR_MS).whole_hour(),
        }],
        last_place: Some(LastPlace {
            at: at(-HOUR_MS),
            point,
            accuracy_km: Some(76),
            prefix: 7,
            asn: Asn::new(29_518),
        }),
        recent_alerts: vec![at(-3 * DAY_MS)],
        recent_failures: vec![at(-2 * HOUR_MS), at(-HOUR_MS)],
        hours: Hours::default().with(at(0)).with(at(-HOUR_MS)).with(at(9 * HOUR_MS)),
        contact: Contact {
            // Not the one that mails go to: a test looks for what these leave behind.
            email: Some("ana@home.example".to_owned()),
            locale: Some("pt-BR".to_owned()),
            time_zone: Some("America/Sao_Paulo".to_owned()),
            told_at: Some(at(-HOUR_MS)),
        },
        processing: Processing {
            mode: Mode::Minimal,
            reason: Some("objection of 3 November".to_owned()),
            since: Some(at(-DAY_MS)),
        },
    }
}

/// The name of a user's login or alert at a time.
pub fn id(user: &UserKey, time: Timestamp, number: u8) -> [u8; 16] {
    timed_bytes(time, user.partition, &[number; 32])
}

/// A login with every part filled.
pub fn login(user: &UserKey, time: Timestamp, number: u8) -> LoginRecord {
    let mut attributes = [Finding::default(); ATTRIBUTES];
    attributes[0] = Finding { agreement: Agreement::Agreed, centibits: 812 };
    attributes[27] = Finding { agreement: Agreement::Changed, centibits: -1_534 };
    let signal = Signal { kind: SignalKind::NewCountry, weight: 0.4, detail: "first login from Brazil".to_owned() };
    LoginRecord {
        id: LoginId(id(user, time, number)),
        tenant: acme(),
        user: UserId::parse("u_42").unwrap(),
        occurred_at: time,
        received_at: time.plus_ms(412),
        outcome: Outcome::Success,
        method: Some("social:example".to_owned()),
        session_id: Some("s_19".to_owned()),
        email: Some(ClueKey([0xE5; 8])),
        ip: "2a02:1810::1".parse::<std::net::IpAddr>().unwrap().into(),
        fingerprint: Fingerprint([number; 32]),
        whereabouts: Whereabouts { place: Some(place()), network: Some(network()), usage: Some(NetworkUse::Relay) },
        device: verdict(time),
        assessment: Assessment { score: 0.64, level: Level::Medium, signals: vec![signal] },
        action: Action::Notify,
        alert: Some(AlertNote { id: AlertId(id(user, time, number)), suppressed: Some(Suppressed::Late) }),
        evidence: Some(Evidence {
            closest: DeviceId([9; 8]),
            attributes,
            network: Finding { agreement: Agreement::Changed, centibits: -20 },
            gate: Some(Gate::OlderBrowser),
        }),
        policy: Some(PolicyVersion([1, 2, 3, 4, 5, 6, 7, 8])),
        processing: Mode::Full,
    }
}

fn place() -> Place {
    Place {
        country: Country::parse("SE").unwrap(),
        country_name: "Sweden".to_owned(),
        region: Some("Östergötland".to_owned()),
        city: Some("Linköping".to_owned()),
        point: Some(Point { latitude: 58.4167, longitude: 15.6167 }),
        accuracy_km: Some(76),
        time_zone: Some("Europe/Stockholm".to_owned()),
    }
}

fn network() -> Network {
    Network { asn: 29_518, name: "Bredband2 AB".to_owned() }
}

fn verdict(time: Timestamp) -> DeviceVerdict {
    DeviceVerdict {
        id: DeviceId([9; 8]),
        status: DeviceStatus::Recognized,
        matched_by: Some(MatchedBy::Similar),
        score: Some(0.9931),
        changed: AttributeSet(1 << 27 | 1),
        agent: agent(),
        first_seen: time.plus_ms(-DAY_MS),
        last_seen: time,
        trust: Trust::Confirmed,
    }
}

/// A login of which almost nothing is known.
pub fn bare_login(user: &UserKey, time: Timestamp) -> LoginRecord {
    let device = DeviceVerdict {
        status: DeviceStatus::First,
        matched_by: None,
        score: None,
        changed: AttributeSet::default(),
        agent: Agent::default(),
        trust: Trust::Unconfirmed,
        ..verdict(time)
    };
    LoginRecord {
        outcome: Outcome::Failure,
        method: None,
        session_id: None,
        email: None,
        ip: [192, 0, 2, 7].into(),
        whereabouts: Whereabouts::default(),
        device,
        assessment: Assessment::default(),
        action: Action::Allow,
        alert: None,
        evidence: None,
        policy: None,
        processing: Mode::Full,
        ..login(user, time, 0)
    }
}

/// An alert with every part filled.
pub fn alert(user: &UserKey, time: Timestamp, number: u8) -> Alert {
    Alert {
        id: AlertId(id(user, time, number)),
        tenant: acme(),
        user: UserId::parse("u_42").unwrap(),
        login: LoginId(id(user, time, number)),
        device: DeviceId([9; 8]),
        new_device: true,
        level: Level::High,
        reasons: vec![SignalKind::NewDevice, SignalKind::ImpossibleTravel],
        occurred_at: time.plus_ms(-412),
        created_at: time,
        ip: [198, 51, 100, 7].into(),
        browser: Browser::Firefox,
        os: Os::Linux,
        place: Some(NamedPlace {
            country: Country::parse("BR").unwrap(),
            country_name: "Brazil".to_owned(),
            city: Some("São Paulo".to_owned()),
        }),
        method: Some("password".to_owned()),
        locale: Some("pt-BR".to_owned()),
        time_zone: Some("America/Sao_Paulo".to_owned()),
    }
}

/// An alert of which as little is known as can be.
pub fn bare_alert() -> Alert {
    Alert {
        new_device: false,
        reasons: Vec::new(),
        place: None,
        method: None,
        locale: None,
        time_zone: None,
        ..alert(&user(3), at(0), 5)
    }
}

fn origin() -> Origin {
    Origin { asn: Asn::new(29_518), country: Country::parse("SE") }
}

/// A key's record.
pub fn api_key(id: &str, created_at: Timestamp) -> ApiKeyRecord {
    ApiKeyRecord {
        id: id.to_owned(),
        hash: [0xC4; 32],
        tenant: acme(),
        scopes: vec![Scope::LoginsWrite, Scope::DevicesWrite],
        created_at,
        revoked_at: Some(created_at.plus_ms(HOUR_MS)),
    }
}

/// An event about a user's alert, by time and number.
pub fn event(user: &UserKey, time: Timestamp, number: u8) -> TenantEvent {
    TenantEvent {
        id: EventId(id(user, time, number)),
        kind: EventKind::Repudiated,
        tenant: acme(),
        topic: AlertId(id(user, time, number)).into(),
        at: time,
    }
}

/// A webhook of a tenant that has been rotated.
pub fn webhook(tenant: &TenantId, number: u8) -> Webhook {
    let created_at = at(i64::from(number));
    Webhook {
        id: WebhookId(timed_bytes(created_at, Partition(0), &[number; 32])),
        tenant: tenant.clone(),
        url: "https://acme.example/hooks?from=watchlight".to_owned(),
        description: "Security desk".to_owned(),
        events: vec![EventKind::NewDevice, EventKind::AlertFailed],
        enabled: true,
        created_at,
        secret: 3,
        rotated_until: Some(created_at.plus_ms(DAY_MS)),
    }
}

/// An attempt that failed and is made again.
pub fn attempt(number: u32) -> Attempt {
    Attempt {
        event: EventId(id(&user(3), at(0), 5)),
        kind: EventKind::Suspicious,
        number,
        at: at(i64::from(number)),
        duration_ms: 412,
        status: Some(503),
        error: Some("answered 503".to_owned()),
        next_at: Some(at(HOUR_MS)),
    }
}

/// An idempotency key by number, for a day.
pub fn once(number: u8, now: Timestamp) -> Idempotency {
    Idempotency { key: [number; 16], body: [number ^ 0xFF; 16], expires_at: now.plus_ms(DAY_MS), is_claimed: false }
}

/// A commit of one login and a next profile.
pub fn commit(user: &UserKey, version: u64, time: Timestamp, number: u8) -> Commit {
    let write = LoginWrite {
        record: login(user, time, number),
        idempotency: None,
        alert: None,
        prefix: PrefixKey([number; 16]),
        browser: Some(crate::store::person_samples::kept_browser(number)),
    };
    let profile = Profile { logins: u32::try_from(version).unwrap() + 1, ..profile() };
    Commit {
        tenant: acme(),
        user: *user,
        version,
        profile: Some(profile),
        logins: vec![write],
        answers: Vec::new(),
        events: Vec::new(),
        now: time,
    }
}

/// The same, raising an alert to be mailed.
pub fn commit_with_alert(user: &UserKey, version: u64, time: Timestamp, number: u8) -> Commit {
    let mut commit = commit(user, version, time, number);
    let delivery = Delivery::queued(time, "ana@example.com".to_owned());
    commit.logins[0].alert = Some((alert(user, time, number), delivery));
    commit
}

/// A session with every part filled.
pub fn session() -> Session {
    Session {
        id: Some("s_19".to_owned()),
        started_at: at(-HOUR_MS),
        last_active_at: at(-1),
        ended_at: Some(at(0)),
        calls: 41,
        agent: agent(),
        origin: origin(),
        changed: Some((at(-2), Change { browser: true, system: false, network: true, after_end: false })),
        named: vec![7, u64::MAX],
    }
}

/// What is remembered of a trim that waits.
pub fn trim_memory() -> TrimMemory {
    TrimMemory {
        steady_since: at(-HOUR_MS),
        seen_at: at(0),
        forgotten: Cutoffs::at(at(0), &RetentionDays::default(), at(-2)),
        waits_since: Some(at(-1)),
        held_back_since: Some(at(-3)),
    }
}
