//! Alerts to write mails of, and the files that hold what is expected.

use std::{fs, path::Path, sync::Arc};

use watchlight::{
    adapters::mail::{
        message::{Composer, Wording},
        open::{MailSettings, OpenMail, open},
        smtp_session::TlsMode,
    },
    app::commands::samples::{REFERENCE, Sample, standard},
    domain::{
        alert::{
            alert::Alert,
            notice::{News, Notice},
        },
        ids::TenantId,
    },
    ports::Mail,
};

pub use watchlight::app::commands::samples::{NOW, RECIPIENT};

pub const LINK: &str = "https://login.example.com/a/0192QK7RJ3T6V8XNB5M4CDEFGHWZ6YPA2S9K1T7R3V5X8N0Q4M";

/// The alert of an account that reads English.
pub fn alert() -> Alert {
    Alert { locale: Some("en".to_owned()), ..standard() }
}

/// The mail that tells of an alert.
pub fn notice(alert: &Alert) -> Notice<'_> {
    Notice { news: News::Alert(alert), recipient: RECIPIENT, link: LINK, reference: REFERENCE, bounce_token: "" }
}

/// Every variant of the mail in this language.
pub fn variants(locale: &str) -> Vec<Sample> {
    watchlight::app::commands::samples::variants(&TenantId::parse("acme").unwrap(), locale)
}

pub fn composer() -> Composer {
    Composer::new("security@example.com", "Example", "https://login.example.com/").unwrap()
}

pub fn opened(url: &str, tls: TlsMode) -> OpenMail {
    let settings = MailSettings {
        return_path: None,
        url: url.into(),
        tls,
        from: "security@example.com".to_owned(),
        product: "Example".to_owned(),
        link_start: "https://login.example.com/".to_owned(),
        page_start: "https://login.example.com/".to_owned(),
        wording: Wording::default(),
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
