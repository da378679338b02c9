//! What the settings mean: checked, with defaults filled in.

use std::{fs, path::PathBuf};

use secrecy::SecretString;

use crate::{
    config::{
        console::{self, ConsoleAccess},
        listener::{self, HttpListener},
        policy,
        privacy::{self, Privacy, Retention},
        problems::{Problem, Problems},
        raw::{RawLimits, RawLog, RawMail, RawPolicyFile, RawSettings, RawWebhooks},
        store::{self, StorePlace},
    },
    domain::{
        alert::storm::{MAX_SAMPLE, StormRule},
        policy::policy::Policies,
    },
};

/// Everything that can be set.
#[derive(Debug)]
pub struct Settings {
    /// Where the service listens, and who may reach what.
    pub http: HttpListener,
    /// The store.
    pub store: StorePlace,
    /// For how long records are kept.
    pub retention: Retention,
    /// What persons and authorities are told about the processing.
    pub privacy: Privacy,
    /// The folder of the location databases.
    pub geoip_dir: PathBuf,
    /// The policies by which logins are judged.
    pub policies: Policies,
    /// How mails are sent, and what they say about the product.
    pub mail: MailRoute,
    /// Where messages to webhooks may be posted.
    pub webhooks: WebhookReach,
    /// The file with the master key.
    pub key_file: PathBuf,
    /// The file with the key that wrapped the root key before.
    pub previous_key_file: Option<PathBuf>,
    /// Limits on requests and on mails.
    pub limits: RequestLimits,
    /// The console.
    pub console: ConsoleAccess,
    /// What is logged.
    pub log: Logging,
}

/// Where messages to webhooks may be posted.
#[derive(Debug)]
pub struct WebhookReach {
    /// Whether private addresses, all ports, and URLs without TLS are allowed.
    pub allow_private: bool,
    /// The allowed ports on the public Internet.
    pub allowed_ports: Vec<u16>,
}

/// How mails are sent, and what they say about the product.
#[derive(Debug)]
pub struct MailRoute {
    /// `smtp://…`, `smtps://…` or `file:DIR`; may hold a password.
    pub url: SecretString,
    /// When sessions with the mail server are encrypted.
    pub tls: Tls,
    /// The sender's address.
    pub from: String,
    /// The name of the product that users sign in to.
    pub product: String,
    /// Where users get help: an e-mail address, or a page without its scheme.
    pub support: Option<String>,
    /// Whether mails show IP addresses in full.
    pub full_ip_address: bool,
    /// Where the button of a mail leads, in place of our own page. Contains `{token}` once.
    pub review_url: Option<String>,
    /// The folder of the tenants' own words.
    pub templates_dir: Option<PathBuf>,
    /// The address to which undeliverable mails are returned. Each mail gets a variant of its own.
    pub return_path: Option<String>,
    /// The secret that signs reports about mails, read from its file.
    pub events_secret: Option<SecretString>,
    /// The user name at the mail server.
    pub username: Option<String>,
    /// The password at the mail server, read from its file.
    pub password: Option<SecretString>,
}

/// When sessions with the mail server are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Always. A server that does not offer it gets no mail.
    Required,
    /// If the server offers it.
    Opportunistic,
    /// Never: for a relay on this machine.
    None,
}

/// Limits on requests, as (per second, at once), and on mails. 0 per second switches a limit off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimits {
    /// For one API key.
    pub per_key: (u32, u32),
    /// For one address.
    pub per_address: (u32, u32),
    /// When a tenant's mails are held back.
    pub storm: StormRule,
}

/// What is logged.
#[derive(Debug)]
pub struct Logging {
    /// Whether to write one JSON object a line instead of text.
    pub json: bool,
    /// A level, or a filter by module.
    pub filter: String,
}

/// How many requests a second a key or an address may send by default: more than one machine can serve.
const GENEROUS: u32 = 10_000;

/// The default port of https.
const HTTPS: u16 = 443;

/// The server library's own lines about its start repeat ours, and malformed requests are no errors of ours.
const DEFAULT_FILTER: &str = "info,actix_server=warn,actix_http=off";

impl Settings {
    /// Checks everything and fills in defaults.
    ///
    /// # Errors
    /// Every setting that is wrong, not just the first.
    pub fn resolve(raw: RawSettings) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let key_file: PathBuf = raw.secrets.key_file.unwrap_or_else(|| "data/secret.key".to_owned()).into();
        let http = listener::resolve(raw.http, &mut problems);
        let console = console::resolve(&raw.console, &http, &mut problems);
        let settings = Self {
            http,
            retention: privacy::retention(raw.retention, raw.store.retention_days, &mut problems),
            privacy: privacy::privacy(raw.privacy, &mut problems),
            store: store::resolve(raw.store, &key_file, &mut problems),
            geoip_dir: raw.geoip.dir.unwrap_or_else(|| "geoip".to_owned()).into(),
            policies: policies(raw.policy, &mut problems),
            mail: mail(raw.mail, &mut problems),
            webhooks: webhooks(raw.webhooks, &mut problems),
            key_file,
            previous_key_file: raw.secrets.previous_key_file.map(PathBuf::from),
            limits: limits(&raw.limits, &mut problems),
            console,
            log: logging(raw.log, &mut problems),
        };
        if problems.0.is_empty() { Ok(settings) } else { Err(problems.0) }
    }
}

fn webhooks(raw: RawWebhooks, problems: &mut Problems) -> WebhookReach {
    let written = raw.allowed_ports.unwrap_or_else(|| vec![HTTPS.to_string()]);
    let ports: Option<Vec<u16>> = written.iter().map(|text| text.parse().ok().filter(|port| *port > 0)).collect();
    let ports = ports.filter(|ports| !ports.is_empty());
    let allowed_ports = problems.check("webhooks.allowed_ports", "must be ports such as [443]", ports, vec![HTTPS]);
    WebhookReach { allow_private: raw.allow_private.unwrap_or(false), allowed_ports }
}

fn policies(raw: RawPolicyFile, problems: &mut Problems) -> Policies {
    let Some(file) = raw.file.filter(|it| !it.is_empty()) else { return Policies::default() };
    let read = fs::read_to_string(&file).map_err(|fault| fault.to_string()).and_then(|text| policy::parse(&text));
    read.unwrap_or_else(|fault| {
        let expected = format!("must be a sound file of policies: `{file}`: {fault}");
        problems.check("policy.file", &expected, None, Policies::default())
    })
}

fn mail(raw: RawMail, problems: &mut Problems) -> MailRoute {
    let tls = match raw.tls.as_deref() {
        None | Some("required") => Some(Tls::Required),
        Some("opportunistic") => Some(Tls::Opportunistic),
        Some("none") => Some(Tls::None),
        Some(_) => None,
    };
    let tls = problems.check("mail.tls", "must be required, opportunistic or none", tls, Tls::Required);
    let password = problems.secret("mail.password_file", raw.password_file);
    let review_url = raw.review_url.filter(|it| !it.is_empty());
    let expected = "must start with http:// or https://, name a host and hold {token} once, after the host";
    problems.check("mail.review_url", expected, review_url.as_deref().is_none_or(is_review_url).then_some(()), ());
    let full = match raw.ip_address.as_deref() {
        None | Some("full") => Some(true),
        Some("truncated") => Some(false),
        Some(_) => None,
    };
    MailRoute {
        support: support(raw.support, problems),
        full_ip_address: problems.check("mail.ip_address", "must be full or truncated", full, true),
        review_url,
        templates_dir: raw.templates_dir.filter(|it| !it.is_empty()).map(PathBuf::from),
        url: raw.url.unwrap_or_else(|| "file:data/mail".into()),
        tls,
        from: raw.from.unwrap_or_else(|| "watchlight@localhost.localdomain".to_owned()),
        product: raw.product.unwrap_or_else(|| "Watchlight".to_owned()),
        return_path: raw.return_path.filter(|it| !it.is_empty()),
        events_secret: problems.secret("mail.events_secret_file", raw.events_secret_file),
        username: raw.username,
        password,
    }
}

/// The support page without its scheme: a mail has no link but ours, and people know what to do with
/// `example.com/help`.
fn support(written: Option<String>, problems: &mut Problems) -> Option<String> {
    let written = written.filter(|it| !it.is_empty())?;
    let page = written.strip_prefix("https://").or_else(|| written.strip_prefix("http://"));
    let shown = page.unwrap_or(&written);
    let visible = |letter: char| letter.is_ascii_graphic() && !"<>\"\\^`{|}".contains(letter);
    let sound =
        (3..=80).contains(&shown.len()) && shown.chars().all(visible) && (page.is_some() || shown.contains('@'));
    let expected = "must be a mail address or a page that starts with https://, at most 80 characters";
    problems.check("mail.support", expected, sound.then(|| Some(shown.to_owned())), None)
}

fn is_review_url(url: &str) -> bool {
    let Some((before, after)) = url.split_once("{token}") else { return false };
    let rest = before.strip_prefix("https://").or_else(|| before.strip_prefix("http://"));
    let allowed = |letter: char| letter.is_ascii_graphic() && !"\"<>\\^`{|}'".contains(letter);
    let host_ends = rest.is_some_and(|rest| rest.find('/').is_some_and(|at| at > 0) && !rest.starts_with(':'));
    host_ends && url.len() <= 700 && before.chars().chain(after.chars()).all(allowed)
}

fn limits(raw: &RawLimits, problems: &mut Problems) -> RequestLimits {
    let storm = storm(raw, problems);
    let mut rate = |settings: [&'static str; 2], per_second: Option<i64>, burst: Option<i64>| {
        let mut number = |setting, written: Option<i64>, otherwise: u32| {
            let sound = written.map_or(Some(otherwise), |number| u32::try_from(number).ok());
            problems.check(setting, "must be a whole number, 0 or more", sound, otherwise)
        };
        let per_second = number(settings[0], per_second, GENEROUS);
        // By default, as many may come at once as are allowed in a second.
        (per_second, number(settings[1], burst, per_second).max(1))
    };
    RequestLimits {
        storm,
        per_key: rate(["limits.per_key_per_second", "limits.per_key_burst"], raw.per_key_per_second, raw.per_key_burst),
        per_address: rate(["limits.per_ip_per_second", "limits.per_ip_burst"], raw.per_ip_per_second, raw.per_ip_burst),
    }
}

fn storm(raw: &RawLimits, problems: &mut Problems) -> StormRule {
    let StormRule { percent, sample } = StormRule::default();
    let written =
        raw.storm_percent.map_or(Some(percent), |number| u32::try_from(number).ok().filter(|share| *share < 100));
    let percent = problems.check("limits.storm_percent", "must be 1 to 99, or 0 for never", written, percent);
    let written = raw.storm_sample.map_or(Some(sample), |it| usize::try_from(it).ok());
    let sound = written.filter(|users| (10..=MAX_SAMPLE).contains(users));
    StormRule { percent, sample: problems.check("limits.storm_sample", "must be 10 to 1000 users", sound, sample) }
}

fn logging(raw: RawLog, problems: &mut Problems) -> Logging {
    let json = match raw.format.as_deref() {
        None | Some("text") => Some(false),
        Some("json") => Some(true),
        Some(_) => None,
    };
    let json = problems.check("log.format", "must be text or json", json, false);
    Logging { json, filter: raw.level.unwrap_or_else(|| DEFAULT_FILTER.to_owned()) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn resolve(toml: &str) -> Result<Settings, Vec<&'static str>> {
        let raw = toml::from_str(toml).unwrap();
        Settings::resolve(raw).map_err(|problems| problems.iter().map(|it| it.setting).collect())
    }

    #[test]
    fn nothing_needs_to_be_written() {
        let settings = resolve("").unwrap();
        assert_eq!(settings.http.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.retention.days.logins, 180);
        assert_eq!(settings.mail.tls, Tls::Required);
        assert_eq!(settings.store.identity_file, Path::new("data/store.id"));
        assert_eq!(settings.limits.per_key, (GENEROUS, GENEROUS));
    }

    #[test]
    fn which_store_was_used_is_remembered_beside_the_key() {
        let file = |toml| resolve(toml).unwrap().store.identity_file;
        assert_eq!(file("secrets.key_file = \"/run/secrets/key\""), Path::new("/run/secrets/store.id"));
        assert_eq!(file("secrets.key_file = \"key\""), Path::new("store.id"));
        let both = "secrets.key_file = \"/run/secrets/key\"\nstore.identity_file = \"/var/lib/watchlight/id\"";
        assert_eq!(file(both), Path::new("/var/lib/watchlight/id"));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let toml = r#"
            http = { bind = "8080", public_url = "javascript:alert(1)", trusted_proxies = ["10.0.0.0/99"] }
            store = { url = "mysql://x", retention_days = 0 }
            privacy = { answer_days = 31 }
            mail = { tls = "maybe", password_file = "no-such-file", support = "help", review_url = "https://x{token}", ip_address = "none" }
            limits = { per_key_per_second = -1, storm_percent = 100, storm_sample = 1 }
            log = { format = "xml" }
        "#;
        let expected = [
            "http.bind",
            "http.public_url",
            "http.trusted_proxies",
            "store.retention_days",
            "privacy.answer_days",
            "store.url",
            "mail.tls",
            "mail.password_file",
            "mail.review_url",
            "mail.support",
            "mail.ip_address",
            "limits.storm_percent",
            "limits.storm_sample",
            "limits.per_key_per_second",
            "log.format",
        ];
        assert_eq!(resolve(toml).unwrap_err(), expected);
        assert_eq!(resolve("http.client_ip_header = \"x-real-ip\"").unwrap_err(), ["http.client_ip_header"]);
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = resolve("store.url = \"redis://:hunter2@localhost\"").unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
