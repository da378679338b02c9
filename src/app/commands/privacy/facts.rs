//! What the papers tell that stands in no setting: who gets data, and how the keys are kept.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path};

use secrecy::ExposeSecret;
use url::Url;

use crate::{
    app::{compose::Foundation, fault::Fault},
    config::settings::{Settings, Tls},
    domain::{history::retention_days::RetentionClass, ids::TenantId, time::Timestamp},
    wire::time,
};

/// Where a setting belongs that nobody has made.
pub const NOT_SET: &str = "**not said**: set";

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// What the papers tell that stands in no setting.
#[derive(Debug)]
pub struct Facts {
    /// When the paper is written.
    pub written_at: Timestamp,
    /// The tenants that have an API key.
    pub tenants: BTreeSet<TenantId>,
    /// Tenants and the hosts that their webhooks post to.
    pub hooked: BTreeSet<(TenantId, String)>,
    /// The permissions of the key's file, if it can be looked at.
    pub key_mode: Option<u32>,
}

impl Facts {
    /// Looks at the store and the key's file.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn gather(settings: &Settings, foundation: &Foundation) -> Result<Self, Fault> {
        let keys = foundation.api_keys().list().await?;
        let tenants: BTreeSet<TenantId> = keys.into_iter().map(|it| it.tenant).collect();
        let mut hooked = BTreeSet::new();
        for tenant in &tenants {
            let webhooks = foundation.store.webhooks(tenant).await?;
            hooked.extend(webhooks.iter().map(|it| (tenant.clone(), host(&it.url))));
        }
        let key_mode = mode(&settings.key_file);
        Ok(Self { written_at: foundation.clock.now(), tenants, hooked, key_mode })
    }

    /// The day on which the paper is written.
    #[must_use]
    pub fn day(&self) -> String {
        time::to_text(self.written_at)[..10].to_owned()
    }

    /// Who gets personal data.
    #[must_use]
    pub fn recipients(&self, settings: &Settings) -> Vec<String> {
        let mail = settings.mail.url.expose_secret();
        let mail = if mail.starts_with("file:") {
            "nobody by mail: mails are written to a folder of this machine".to_owned()
        } else {
            format!("the mail server {}, which gets the address of the person and the warning", host(mail))
        };
        let store = settings.store.url.expose_secret();
        let store = match store.split_once(':') {
            Some(("redis" | "rediss", _)) => {
                format!("the operator of the Redis {}, which keeps everything", host(store))
            }
            _ => "nobody for storage: the store is on this machine".to_owned(),
        };
        let hooks = self.hooked.iter().map(|(tenant, host)| {
            format!(
                "{host}, by a webhook of the tenant {}: logins with a warning, and the answers to it",
                tenant.as_str()
            )
        });
        [mail, store].into_iter().chain(hooks).collect()
    }

    /// How the data is protected, as it is configured.
    #[must_use]
    pub fn measures(&self, settings: &Settings) -> Vec<String> {
        let listener = match (&settings.http.tls, settings.http.public_url.starts_with("https://")) {
            (Some(_), _) => "The API and the pages are reached by TLS 1.2 or 1.3.".to_owned(),
            (None, true) => "TLS ends at a proxy in front of the service.".to_owned(),
            (None, false) => format!("**The API and the pages are reached without TLS**, at {}.", settings.http.bind),
        };
        let store = match (settings.store.exposure(), settings.store.url.expose_secret().starts_with("rediss:")) {
            (Some(exposure), _) => format!("**Without TLS to the store:** {exposure}."),
            (None, true) => "The store is reached by TLS.".to_owned(),
            (None, false) => "The store is reached within this machine.".to_owned(),
        };
        let mail = match settings.mail.tls {
            Tls::Required => "Mails leave by TLS, or not at all.",
            Tls::Opportunistic => "Mails leave by TLS if the mail server offers it.",
            Tls::None => "**Mails leave without TLS**, to a relay.",
        };
        let key = match self.key_mode {
            Some(mode) if mode & OTHERS == 0 => {
                format!("Only the service can read the file of the key (mode {mode:o}).")
            }
            Some(mode) => format!("**Others can read the file of the key** (mode {mode:o}): make it 600."),
            None => "The file of the key could not be looked at.".to_owned(),
        };
        let always = [
            "What is kept of a person is sealed (XChaCha20-Poly1305) with a key of that person, which comes from a random salt that is \
             kept apart: once the salt is destroyed, nothing of it can be read again, wherever a copy is.",
            "Users, addresses, networks and fingerprints stand in keys and indexes as hashes with a key of their tenant.",
            "Access to the API needs a key of the tenant with the scope of the call; keys are stored as hashes.",
            "Logs and metrics name no person.",
            "What is old is deleted every hour, and a metric tells how old the oldest record is.",
        ];
        let configured = [listener, store, mail.to_owned(), key];
        configured.into_iter().chain(always.map(str::to_owned)).collect()
    }
}

/// Class, days and purpose of everything that is kept for a time.
#[must_use]
pub fn retention(settings: &Settings) -> Vec<[String; 3]> {
    let row = |class: RetentionClass| {
        let days = settings.retention.days.of(class);
        [class.as_str().to_owned(), format!("{days} days"), class.purpose().to_owned()]
    };
    RetentionClass::ALL.into_iter().map(row).collect()
}

/// The host of a URL, without anything that may be a secret.
fn host(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|it| it.host_str().map(str::to_owned));
    host.filter(|it| !it.is_empty()).unwrap_or_else(|| "on this machine".to_owned())
}

fn mode(file: &Path) -> Option<u32> {
    fs::metadata(file).ok().map(|it| it.permissions().mode() & 0o777)
}
