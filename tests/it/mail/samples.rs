//! Alerts to write mails of, and the files that hold what is expected.

use std::{fs, path::Path, sync::Arc};

use watchlight::{
    adapters::mail::{
        message::Composer,
        open::{MailSettings, OpenMail, open},
        smtp_session::TlsMode,
    },
    domain::{
        agent::{Browser, Os},
        alert::Alert,
        ids::{AlertId, DeviceId, LoginId, Partition, TenantId, UserId, timed_bytes},
        place::Country,
        policy::{Level, SignalKind},
        time::{HOUR_MS, Timestamp},
    },
    ports::Mail,
};

pub const RECIPIENT: &str = "jonathan@example.com";
pub const LINK: &str = "https://login.example.com/a/0192QK7RJ3T6V8XNB5M4CDEFGHWZ6YPA2S9K1T7R3V5X8N0Q4M";
/// Monday 23 November 2026, 13:05 UTC.
pub const OCCURRED_AT: Timestamp = Timestamp::from_unix_ms(1_795_439_100_000);
/// A minute later.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_439_160_000);

pub fn alert() -> Alert {
    let bytes = timed_bytes(OCCURRED_AT, Partition(7), &[0x5A; 32]);
    Alert {
        id: AlertId(bytes),
        tenant: TenantId::parse("acme").unwrap(),
        user: UserId::parse("u_42").unwrap(),
        login: LoginId(bytes),
        device: DeviceId([1, 2, 3, 4, 5, 6, 7, 8]),
        new_device: true,
        level: Level::Medium,
        reasons: vec![SignalKind::NewDevice, SignalKind::NewCountry, SignalKind::NewNetwork],
        occurred_at: OCCURRED_AT,
        created_at: OCCURRED_AT,
        ip: "89.160.20.112".parse().unwrap(),
        browser: Browser::Firefox,
        os: Os::Windows,
        country: Country::parse("SE"),
        place_name: "Linköping, Sweden".to_owned(),
        method: Some("password".to_owned()),
        locale: Some("de".to_owned()),
        time_zone: Some("Europe/Zurich".to_owned()),
    }
}

/// Every variant of the mail: its name, when it leaves, and the alert.
pub fn variants() -> Vec<(&'static str, Timestamp, Alert)> {
    let high_risk = Alert {
        level: Level::High,
        new_device: false,
        reasons: vec![SignalKind::ImpossibleTravel, SignalKind::HostingNetwork],
        browser: Browser::Chrome,
        os: Os::Android,
        country: Country::parse("BR"),
        place_name: "Brazil".to_owned(),
        method: Some("social:google".to_owned()),
        time_zone: Some("America/Sao_Paulo".to_owned()),
        ..alert()
    };
    let late = Alert {
        ip: "10.1.2.3".parse().unwrap(),
        browser: Browser::Unknown,
        os: Os::Unknown,
        place_name: String::new(),
        method: Some("passkey".to_owned()),
        time_zone: Some("Mars/Olympus".to_owned()),
        reasons: vec![],
        ..alert()
    };
    vec![("standard", NOW, alert()), ("high_risk", NOW, high_risk), ("late", NOW.plus_ms(HOUR_MS), late)]
}

pub fn composer() -> Composer {
    Composer::new("security@example.com", "Example", "https://login.example.com/").unwrap()
}

pub fn opened(url: &str, tls: TlsMode) -> OpenMail {
    let settings = MailSettings {
        url: url.into(),
        tls,
        from: "security@example.com".to_owned(),
        product: "Example".to_owned(),
        credit: None,
        public_url: "https://login.example.com/".to_owned(),
        username: None,
        password: None,
    };
    open(settings).unwrap()
}

pub fn mail(url: &str, tls: TlsMode) -> Arc<dyn Mail> {
    opened(url, tls).mail
}

/// Compares with the file `tests/data/{name}`; with `WATCHLIGHT_BLESS=1` the file is written instead.
#[expect(clippy::disallowed_methods, reason = "a switch for whoever changes the words, not a setting")]
pub fn expect_file(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    if std::env::var("WATCHLIGHT_BLESS").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} has changed; look at it, then run with WATCHLIGHT_BLESS=1:\n{actual}");
}
