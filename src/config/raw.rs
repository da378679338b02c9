//! Settings as they are written: a TOML file, overridden by `WATCHLIGHT_SECTION__KEY` variables. Unknown settings are
//! errors.

use std::{fs, io::ErrorKind, path::Path};

use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

use crate::config::written::{flag, list, number};

/// The prefix of variables that are settings. Variables with this prefix but without `__` after the section are not
/// ours.
const PREFIX: &str = "WATCHLIGHT_";

/// Every setting as it is written; `None` if it is not.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSettings {
    /// `[http]`
    pub http: RawHttp,
    /// `[store]`
    pub store: RawStore,
    /// `[retention]`
    pub retention: RawRetention,
    /// `[privacy]`
    pub privacy: RawPrivacy,
    /// `[geoip]`
    pub geoip: RawGeoip,
    /// `[policy]`
    pub policy: RawPolicyFile,
    /// `[mail]`
    pub mail: RawMail,
    /// `[webhooks]`
    pub webhooks: RawWebhooks,
    /// `[secrets]`
    pub secrets: RawSecrets,
    /// `[limits]`
    pub limits: RawLimits,
    /// `[console]`
    pub console: RawConsole,
    /// `[log]`
    pub log: RawLog,
}

/// `[http]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHttp {
    /// Address and port to listen on.
    pub bind: Option<String>,
    /// The file with the certificate, in PEM.
    pub tls_certificate: Option<String>,
    /// The file with its key, in PEM.
    pub tls_key: Option<String>,
    /// The start of links in mails and pages.
    pub public_url: Option<String>,
    /// The networks of trusted proxies.
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Option<Vec<String>>,
    /// The header in which they give the caller's address.
    pub client_ip_header: Option<String>,
    /// Who may see the mails that were written to a folder.
    pub mailbox: Option<String>,
    /// Who may see the metrics.
    pub metrics: Option<String>,
    /// Who may see the description of the API.
    pub docs: Option<String>,
}

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawStore {
    /// The store: `memory:`, `sqlite:PATH`, or Redis.
    pub url: Option<SecretString>,
    /// The file with the password of Redis.
    pub password_file: Option<String>,
    /// The file with the password of Sentinels, if it is another one.
    pub sentinel_password_file: Option<String>,
    /// When Redis counts as having stored something.
    pub durability: Option<String>,
    /// For `rediss://`: the file of the authority that is trusted, in PEM.
    pub tls_ca: Option<String>,
    /// For `rediss://`: the file of the certificate to show, in PEM.
    pub tls_certificate: Option<String>,
    /// For `rediss://`: the file of its key, in PEM.
    pub tls_key: Option<String>,
    /// The file that remembers which store was used before.
    pub identity_file: Option<String>,
    /// The earlier name of `retention.logins_days`.
    #[serde(deserialize_with = "number")]
    pub retention_days: Option<i64>,
}

/// `[retention]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRetention {
    /// For how many days logins are kept.
    #[serde(deserialize_with = "number")]
    pub logins_days: Option<i64>,
    /// For how many of them with the exact address.
    #[serde(deserialize_with = "number")]
    pub full_address_days: Option<i64>,
    /// After how many days a device is forgotten that was not seen.
    #[serde(deserialize_with = "number")]
    pub devices_idle_days: Option<i64>,
    /// For how many days sessions are kept.
    #[serde(deserialize_with = "number")]
    pub sessions_days: Option<i64>,
    /// For how many days alerts are kept.
    #[serde(deserialize_with = "number")]
    pub alerts_days: Option<i64>,
    /// For how many days notes are kept.
    #[serde(deserialize_with = "number")]
    pub notes_days: Option<i64>,
    /// For how many days it is kept who has looked at what.
    #[serde(deserialize_with = "number")]
    pub audit_days: Option<i64>,
    /// For how many days logins are kept of users whose processing is minimal.
    #[serde(deserialize_with = "number")]
    pub minimal_days: Option<i64>,
    /// Why logins are kept for more than a year.
    pub justification: Option<String>,
}

/// `[privacy]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawPrivacy {
    /// Whether a user's e-mail address is kept in the profile.
    #[serde(deserialize_with = "flag")]
    pub keep_email: Option<bool>,
    /// Within how many days a person's request is answered.
    #[serde(deserialize_with = "number")]
    pub answer_days: Option<i64>,
    /// Who decides about the processing: name and address.
    pub controller: Option<String>,
    /// How the controller is reached.
    pub contact: Option<String>,
    /// The data protection officer, and how to reach them.
    pub dpo: Option<String>,
    /// The file of checkpoints of the audit.
    pub audit_checkpoint_file: Option<String>,
}

/// `[geoip]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGeoip {
    /// The folder of the location databases.
    pub dir: Option<String>,
}

/// `[policy]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawPolicyFile {
    /// The file of policies.
    pub file: Option<String>,
}

/// `[mail]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMail {
    /// How mails are sent: `smtp://…`, `smtps://…` or `file:DIR`.
    pub url: Option<SecretString>,
    /// When sessions with the mail server are encrypted.
    pub tls: Option<String>,
    /// The sender's address.
    pub from: Option<String>,
    /// The name of the product that users sign in to.
    pub product: Option<String>,
    /// Where users get help.
    pub support: Option<String>,
    /// How much of an IP address mails show.
    pub ip_address: Option<String>,
    /// Where the button of a mail leads, in place of our own page.
    pub review_url: Option<String>,
    /// The folder of the tenants' own words.
    pub templates_dir: Option<String>,
    /// The address to which undeliverable mails are returned.
    pub return_path: Option<String>,
    /// The file with the secret that signs reports about mails.
    pub events_secret_file: Option<String>,
    /// The user name at the mail server.
    pub username: Option<String>,
    /// The file with the password.
    pub password_file: Option<String>,
}

/// `[webhooks]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawWebhooks {
    /// Whether webhooks may have private addresses and plain http.
    #[serde(deserialize_with = "flag")]
    pub allow_private: Option<bool>,
    /// The ports on the public Internet to which messages may be posted.
    #[serde(deserialize_with = "list")]
    pub allowed_ports: Option<Vec<String>>,
}

/// `[secrets]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSecrets {
    /// The file with the key that wraps the root key.
    pub key_file: Option<String>,
    /// The file with the key that wrapped it before.
    pub previous_key_file: Option<String>,
}

/// `[limits]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    /// How many requests one API key may send a second.
    #[serde(deserialize_with = "number")]
    pub per_key_per_second: Option<i64>,
    /// How many of them may come at once.
    #[serde(deserialize_with = "number")]
    pub per_key_burst: Option<i64>,
    /// How many requests one address may send a second.
    #[serde(deserialize_with = "number")]
    pub per_ip_per_second: Option<i64>,
    /// How many of them may come at once.
    #[serde(deserialize_with = "number")]
    pub per_ip_burst: Option<i64>,
    /// The percentage of users on unknown devices from which a tenant's mails are held back.
    #[serde(deserialize_with = "number")]
    pub storm_percent: Option<i64>,
    /// How many established users that takes at least.
    #[serde(deserialize_with = "number")]
    pub storm_sample: Option<i64>,
}

/// `[console]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawConsole {
    /// Whether there is a console.
    #[serde(deserialize_with = "flag")]
    pub enabled: Option<bool>,
    /// The issuer of operators' identities.
    pub oidc_issuer: Option<String>,
    /// What it calls us.
    pub oidc_client_id: Option<String>,
    /// The file with the secret that it has given us.
    pub oidc_client_secret_file: Option<String>,
    /// The file of the authority that is trusted there, in PEM.
    pub oidc_tls_ca: Option<String>,
    /// The claim that has the role.
    pub oidc_role_claim: Option<String>,
    /// The claim that has the tenants.
    pub oidc_tenants_claim: Option<String>,
    /// The header in which trusted proxies name the operator.
    pub proxy_header: Option<String>,
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLog {
    /// `text` or `json`.
    pub format: Option<String>,
    /// `error`, `warn`, `info`, `debug`, or a filter by module.
    pub level: Option<String>,
}

/// Why the settings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened.
    #[error("the settings file `{path}` cannot be read: {reason}")]
    File {
        /// The path as it was given.
        path: String,
        /// The system's error.
        reason: std::io::Error,
    },
    /// The file is not TOML, or contains an unknown setting.
    #[error("the settings file `{path}` is not right:\n{reason}")]
    Toml {
        /// The path as it was given.
        path: String,
        /// The parser's message: line, column and name.
        reason: String,
    },
    /// A variable names an unknown setting or has a value that it cannot have.
    #[error("the variable `{name}` is not right: {reason}")]
    Variable {
        /// The variable's name. Its value may be a secret, so it is not shown.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// Reads the file, if there is one, and the variables, which override it. A file that was asked for must exist.
///
/// # Errors
/// Which file or variable cannot be read, and why.
pub fn read(
    file: Option<&Path>,
    default_file: &Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<RawSettings, ReadError> {
    let path = file.unwrap_or(default_file);
    let shown = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(fault) if file.is_none() && fault.kind() == ErrorKind::NotFound => String::new(),
        Err(reason) => return Err(ReadError::File { path: shown, reason }),
    };
    let not_right = |fault: toml::de::Error| ReadError::Toml { path: shown.clone(), reason: without_values(&fault) };
    let mut table: Table = text.parse().map_err(not_right)?;
    parse::<RawSettings>(table.clone()).map_err(not_right)?;
    for (name, value) in variables {
        let Some((section, key)) = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once("__")) else { continue };
        let (section, key) = (section.to_lowercase(), key.to_lowercase());
        let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = entry {
            section.insert(key, Value::String(value));
        }
        // Applied one at a time, so that an error is about this variable.
        let not_right =
            |fault: toml::de::Error| ReadError::Variable { name: name.clone(), reason: without_values(&fault) };
        parse::<RawSettings>(table.clone()).map_err(not_right)?;
    }
    parse(table).map_err(not_right)
}

/// The variables of this process. Those that are not Unicode are not ours.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn parse<T: DeserializeOwned>(table: Table) -> Result<T, toml::de::Error> {
    T::deserialize(table)
}

/// The parser's message without the line that it quotes: a value may be a secret.
fn without_values(fault: &toml::de::Error) -> String {
    fault.message().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(toml: &str, variables: &[(&str, &str)]) -> Result<RawSettings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("watchlight.toml");
        fs::write(&file, toml).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        read(Some(&file), &file, variables).map_err(|it| it.to_string())
    }

    #[test]
    fn variables_win_over_the_file() {
        let toml = "[http]\nbind = \"127.0.0.1:1\"\n[store]\nretention_days = 7";
        let variables = [
            ("WATCHLIGHT_HTTP__BIND", "127.0.0.1:2"),
            ("WATCHLIGHT_HTTP__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("WATCHLIGHT_WEBHOOKS__ALLOW_PRIVATE", "true"),
            ("PATH", "/bin"),
        ];
        let raw = read_with(toml, &variables).unwrap();
        assert_eq!(raw.http.bind.as_deref(), Some("127.0.0.1:2"));
        assert_eq!(raw.http.trusted_proxies, Some(vec!["10.0.0.0/8".to_owned(), "::1".to_owned()]));
        assert_eq!(raw.store.retention_days, Some(7));
        assert_eq!(raw.webhooks.allow_private, Some(true));
    }

    #[test]
    fn what_there_is_not_is_refused_by_name() {
        assert!(read_with("[http]\nbnid = \"x\"", &[]).unwrap_err().contains("bnid"));
        assert!(read_with("[htpt]\nbind = \"x\"", &[]).unwrap_err().contains("htpt"));
        let fault = read_with("", &[("WATCHLIGHT_MAIL__PASWORD", "hunter2")]).unwrap_err();
        assert!(fault.contains("WATCHLIGHT_MAIL__PASWORD") && !fault.contains("hunter2"), "{fault}");
        let fault = read_with("", &[("WATCHLIGHT_STORE__RETENTION_DAYS", "ten")]).unwrap_err();
        assert!(fault.contains("whole number"), "{fault}");
        let fault = read_with("[webhooks]\nallow_private = 1", &[]).unwrap_err();
        assert!(fault.contains("true or false"), "{fault}");
        assert!(read_with("", &[("WATCHLIGHT_BIN", "x")]).is_ok(), "no setting of ours");
    }

    #[test]
    fn a_file_that_was_asked_for_must_be_there() {
        let missing = Path::new("no-such-file.toml");
        assert!(read(Some(missing), missing, std::iter::empty()).is_err());
        assert!(read(None, missing, std::iter::empty()).is_ok());
    }
}
