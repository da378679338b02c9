//! Invented alerts and requests, from which `watchlight templates preview` writes mails and pages.

use crate::domain::{
    agent::{Browser, Os},
    alert::{
        alert::Alert,
        digest::Digest,
        notice::{News, Notice, RequestNews},
    },
    ids::{AlertId, DeviceId, LoginId, Partition, RequestId, TenantId, UserId, UserKey, timed_bytes},
    place::{Country, NamedPlace},
    policy::policy::{Level, SignalKind},
    privacy::{
        request::{PersonRequest, RequestKind, RequestPerson},
        request_steps::{Opening, RequestEvent, after, opened},
    },
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};

/// Monday 23 November 2026, 13:05 UTC.
pub const OCCURRED_AT: Timestamp = Timestamp::from_unix_ms(1_795_439_100_000);
/// When the mails that are not late are sent.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_439_160_000);
/// The recipient's address.
pub const RECIPIENT: &str = "jonathan@example.com";
/// The reference of the alerts.
pub const REFERENCE: &str = "7KQ2RX";
/// The receipt of an erasure.
pub const RECEIPT: &str = "rcp_01M88BR29V3GDW5B0V94C9ZXMS";

/// What a sample is about.
#[derive(Clone, Debug)]
pub enum Told {
    /// One alert.
    Alert(Box<Alert>),
    /// Several alerts.
    Digest(Box<Digest>),
    /// A person's request.
    Request(Box<PersonRequest>),
}

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its variant: `standard`, `high_risk`, `late`, `digest`; `request_export`, `done_export` and so on.
    pub name: &'static str,
    /// When it is sent.
    pub now: Timestamp,
    /// What it is about.
    pub told: Told,
}

impl Sample {
    /// The notice for a mail system.
    #[must_use]
    pub fn notice<'a>(&'a self, link: &'a str) -> Notice<'a> {
        let news = match &self.told {
            Told::Alert(alert) => News::Alert(alert),
            Told::Digest(digest) => News::Digest(digest),
            Told::Request(request) => {
                let locale = request.person.as_ref().and_then(|it| it.locale.as_deref());
                News::Request(RequestNews { request, locale })
            }
        };
        // Of what was done only a copy is to be fetched.
        let has_link = !matches!(news, News::Request(it) if it.is_done() && it.request.kind != RequestKind::Export);
        let link = if has_link { link } else { "" };
        Notice { news, recipient: RECIPIENT, link, reference: REFERENCE, bounce_token: "" }
    }
}

/// Every variant of the mail, for an account of this tenant with this locale.
#[must_use]
pub fn variants(tenant: &TenantId, locale: &str) -> Vec<Sample> {
    let of = |alert: Alert| Alert { tenant: tenant.clone(), locale: Some(locale.to_owned()), ..alert };
    let (standard, high_risk, late) = (of(standard()), of(high_risk()), of(late()));
    let digest = (0..12).map(|it| numbered(&standard, it)).fold(Digest::new(high_risk.clone()), Digest::with);
    let sample = |name, now, told| Sample { name, now, told };
    vec![
        sample("standard", NOW, Told::Alert(Box::new(standard))),
        sample("high_risk", NOW, Told::Alert(Box::new(high_risk))),
        sample("late", NOW.plus_ms(HOUR_MS), Told::Alert(Box::new(late))),
        sample("digest", NOW, Told::Digest(Box::new(digest))),
    ]
}

/// Every mail about a request, for an account of this tenant with this locale.
#[must_use]
pub fn request_variants(tenant: &TenantId, locale: &str) -> Vec<Sample> {
    let names = [
        (RequestKind::Export, "request_export", "done_export"),
        (RequestKind::Erase, "request_erase", "done_erase"),
        (RequestKind::Restrict, "request_restrict", "done_restrict"),
        (RequestKind::Object, "request_object", "done_object"),
    ];
    let samples = names.into_iter().flat_map(|(kind, asked, done)| {
        let request = request(tenant, locale, kind);
        let told = |name, request| Sample { name, now: NOW, told: Told::Request(Box::new(request)) };
        [told(asked, request.clone()), told(done, carried_out(request))]
    });
    samples.collect()
}

fn request(tenant: &TenantId, locale: &str, kind: RequestKind) -> PersonRequest {
    let Some(user) = UserId::parse("u_42") else { unreachable!("it is a name") };
    let key = UserKey { hash: [7; 16], partition: Partition(7) };
    let person = RequestPerson { user, address: RECIPIENT.to_owned(), locale: Some(locale.to_owned()) };
    let id = RequestId(timed_bytes(OCCURRED_AT, Partition(7), &[0x5B; 32]));
    opened(OCCURRED_AT, Opening { id, tenant: tenant.clone(), user: key, kind, person }, 30 * DAY_MS)
}

fn carried_out(request: PersonRequest) -> PersonRequest {
    let receipt = (request.kind == RequestKind::Erase).then(|| RECEIPT.to_owned());
    let events = [RequestEvent::Mailed, RequestEvent::Confirmed(30 * DAY_MS), RequestEvent::CarriedOut(receipt)];
    let step = |request: PersonRequest, event| after(request.clone(), NOW, event).unwrap_or(request);
    events.into_iter().fold(request, step)
}

/// A new device, in a country that is new as well.
#[must_use]
pub fn standard() -> Alert {
    let bytes = timed_bytes(OCCURRED_AT, Partition(7), &[0x5A; 32]);
    let (tenant, user) = (TenantId::parse("acme"), UserId::parse("u_42"));
    let (Some(tenant), Some(user)) = (tenant, user) else { unreachable!("both are names") };
    Alert {
        id: AlertId(bytes),
        tenant,
        user,
        login: LoginId(bytes),
        device: DeviceId([1, 2, 3, 4, 5, 6, 7, 8]),
        new_device: true,
        level: Level::Medium,
        reasons: vec![SignalKind::NewDevice, SignalKind::NewCountry, SignalKind::NewNetwork],
        occurred_at: OCCURRED_AT,
        created_at: OCCURRED_AT,
        ip: [89, 160, 20, 112].into(),
        browser: Browser::Firefox,
        os: Os::Windows,
        place: place("SE", "Sweden", Some("Linköping")),
        method: Some("password".to_owned()),
        locale: None,
        time_zone: Some("Europe/Zurich".to_owned()),
    }
}

/// A known device, in a place that nobody can have reached in the time.
fn high_risk() -> Alert {
    Alert {
        level: Level::High,
        new_device: false,
        reasons: vec![SignalKind::ImpossibleTravel, SignalKind::HostingNetwork],
        occurred_at: OCCURRED_AT.plus_ms(-20 * MINUTE_MS),
        browser: Browser::Chrome,
        os: Os::Android,
        place: place("BR", "Brazil", None),
        method: Some("social:google".to_owned()),
        time_zone: Some("America/Sao_Paulo".to_owned()),
        ..standard()
    }
}

/// A login about which little is known, mailed an hour later.
fn late() -> Alert {
    Alert {
        ip: [10, 1, 2, 3].into(),
        browser: Browser::Unknown,
        os: Os::Unknown,
        place: None,
        method: Some("passkey".to_owned()),
        time_zone: Some("Mars/Olympus".to_owned()),
        reasons: Vec::new(),
        ..standard()
    }
}

fn place(code: &str, name: &str, city: Option<&str>) -> Option<NamedPlace> {
    let (country_name, city) = (name.to_owned(), city.map(str::to_owned));
    Some(NamedPlace { country: Country::parse(code)?, country_name, city })
}

fn numbered(alert: &Alert, number: u8) -> Alert {
    let occurred_at = alert.occurred_at.plus_ms(-MINUTE_MS * i64::from(number));
    Alert { id: AlertId(timed_bytes(occurred_at, Partition(7), &[number; 32])), occurred_at, ..alert.clone() }
}
