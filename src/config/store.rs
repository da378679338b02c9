//! Where the store is, and how it is reached.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use url::Host;

use crate::{
    adapters::store::{
        redis::{
            access::{Access, Durability},
            connection::address::Address,
        },
        tls_files::{OwnCertificate, StoreTls},
    },
    config::{
        problems::{Problem, Problems},
        raw::RawStore,
    },
};

/// The most replicas that may have to confirm.
const MAX_REPLICAS: u32 = 10;

/// Where the store is, and how it is reached.
#[derive(Debug)]
pub struct StorePlace {
    /// `memory:`, `sqlite:PATH` or an address of Redis, which may hold a password.
    pub url: SecretString,
    /// What Redis needs beside it.
    pub access: Access,
    /// The file that remembers which store was used before.
    pub identity_file: PathBuf,
}

impl StorePlace {
    /// What passes in clear to another machine, and how to prevent it; `None` if nothing does.
    #[must_use]
    pub fn exposure(&self) -> Option<String> {
        let url = self.url.expose_secret();
        if Address::is_by_tls(url) {
            return None;
        }
        // A scheme that is not of the Web has its host as text.
        let hosts = Address::hosts(url).into_iter().filter_map(|it| Host::parse(&it).ok());
        let elsewhere = hosts.into_iter().find(|host| match host {
            Host::Domain(name) => name != "localhost",
            Host::Ipv4(ip) => !ip.is_loopback(),
            Host::Ipv6(ip) => !ip.is_loopback(),
        });
        elsewhere.map(|host| {
            format!(
                "everything that is stored passes in clear to {host}: give that Redis a certificate, and let store.url \
                 begin with rediss"
            )
        })
    }
}

/// Checks the section `[store]`.
pub fn resolve(raw: RawStore, key_file: &Path, problems: &mut Problems) -> StorePlace {
    let url = raw.url.unwrap_or_else(|| "sqlite:data/watchlight.db".into());
    let is_redis = Address::is_one(url.expose_secret());
    let is_other = ["memory:", "sqlite:"].iter().any(|scheme| url.expose_secret().starts_with(scheme));
    let expected = "must be memory:, sqlite:PATH, redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,…/MASTER/DB or \
                    redis+cluster://HOST:PORT,…; by TLS, rediss";
    problems.check("store.url", expected, (is_redis || is_other).then_some(()), ());
    // Beside the key, so that whoever backs up or mounts one has the other.
    let identity_file = set(raw.identity_file).unwrap_or_else(|| key_file.with_file_name("store.id"));
    let own = own_certificate(set(raw.tls_certificate), set(raw.tls_key), problems);
    let tls = StoreTls { authority: set(raw.tls_ca), own };
    // Files that are not used would look like TLS.
    for (setting, is_set) in [("store.tls_ca", tls.authority.is_some()), ("store.tls_certificate", tls.own.is_some())] {
        let expected = "is used when store.url begins with rediss alone";
        let is_used = Address::is_by_tls(url.expose_secret());
        problems.check(setting, expected, (is_used || !is_set).then_some(()), ());
    }
    let password = problems.secret("store.password_file", raw.password_file.filter(|it| !it.is_empty()));
    let filed = raw.sentinel_password_file.filter(|it| !it.is_empty());
    let sentinel_password = problems.secret("store.sentinel_password_file", filed);
    let of_sentinels = "is used when store.url is of Sentinels alone";
    let is_used = Address::is_of_sentinels(url.expose_secret()) || sentinel_password.is_none();
    problems.check("store.sentinel_password_file", of_sentinels, is_used.then_some(()), ());
    let durability = durability(raw.durability.as_deref(), problems);
    // Without Redis they would promise what nobody keeps.
    for (setting, is_set) in
        [("store.password_file", password.is_some()), ("store.durability", durability != Durability::Unconfirmed)]
    {
        problems.check(setting, "is used when store.url is Redis alone", (is_redis || !is_set).then_some(()), ());
    }
    StorePlace { url, access: Access { tls, password, sentinel_password, durability }, identity_file }
}

fn durability(raw: Option<&str>, problems: &mut Problems) -> Durability {
    let read = match raw {
        None | Some("" | "none") => Some(Durability::Unconfirmed),
        Some(text) => text.strip_prefix("wait:").and_then(|it| it.parse().ok()).map(Durability::Replicas),
    };
    let most = |it: &Durability| !matches!(it, Durability::Replicas(count) if *count > most_replicas());
    let expected = format!("must be none, or wait:N with the number of replicas, 1 to {MAX_REPLICAS}");
    problems.check("store.durability", &expected, read.filter(most), Durability::default())
}

const fn most_replicas() -> NonZeroU32 {
    NonZeroU32::new(MAX_REPLICAS).unwrap()
}

fn own_certificate(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    problems: &mut Problems,
) -> Option<OwnCertificate> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(OwnCertificate { certificate, key }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let expected = "is used together with store.tls_certificate: set both or neither";
            problems.0.push(Problem { setting: "store.tls_key", expected: expected.to_owned() });
            None
        }
    }
}

fn set(written: Option<String>) -> Option<PathBuf> {
    written.filter(|it| !it.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> (StorePlace, Vec<&'static str>) {
        let mut problems = Problems::default();
        let place = resolve(toml::from_str(toml).unwrap(), Path::new("key"), &mut problems);
        (place, problems.0.iter().map(|it| it.setting).collect())
    }

    #[test]
    fn what_passes_in_clear_to_another_machine_is_told() {
        for (url, exposed) in [
            ("redis://127.0.0.1", false),
            ("redis://:secret@localhost:6379/1", false),
            ("redis://[::1]:6379", false),
            ("redis+unix:///run/redis.sock", false),
            ("sqlite:data/watchlight.db", false),
            ("rediss://redis.example", false),
            ("redis://redis.example", true),
            ("redis://user:secret@10.0.0.5:6379/1", true),
            ("redis://127.0.0.1.example", true),
            ("redis+sentinel://:secret@localhost,10.0.0.5/main", true),
            ("redis+cluster://localhost:7000,[::1]:7001", false),
            ("rediss+cluster://redis.example", false),
        ] {
            let exposure = read(&format!("url = \"{url}\"")).0.exposure();
            assert_eq!(exposure.is_some(), exposed, "{url}");
            assert!(exposure.is_none_or(|it| !it.contains("secret")), "{url}");
        }
    }

    #[test]
    fn how_many_replicas_have_to_confirm_is_read() {
        let read = |durability: &str| read(&format!("url = \"redis://x\"\ndurability = \"{durability}\""));
        assert_eq!(read("none").0.access.durability, Durability::Unconfirmed);
        let replicas = |count| Durability::Replicas(NonZeroU32::new(count).unwrap());
        assert_eq!(read("wait:2").0.access.durability, replicas(2));
        for wrong in ["wait:0", "wait:11", "wait", "always", "wait:-1"] {
            assert_eq!(read(wrong).1, ["store.durability"], "{wrong}");
        }
        assert_eq!(super::tests::read("url = \"sqlite:x\"\ndurability = \"wait:1\"").1, ["store.durability"]);
        assert_eq!(super::tests::read("url = \"redis://x\"\npassword_file = \"none\"").1, ["store.password_file"]);
    }

    #[test]
    fn a_password_of_sentinels_is_for_sentinels() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "guard\n").unwrap();
        let read = |url: &str| read(&format!("url = \"{url}\"\nsentinel_password_file = {:?}", file.path()));
        let (place, named) = read("redis+sentinel://a/main");
        assert_eq!(named, [""; 0]);
        assert_eq!(place.access.sentinel_password.unwrap().expose_secret(), "guard");
        for url in ["redis://a", "redis+cluster://a", "sqlite:x"] {
            assert_eq!(read(url).1, ["store.sentinel_password_file"], "{url}");
        }
        let none = "url = \"redis+sentinel://a/main\"\nsentinel_password_file = \"none\"";
        assert_eq!(super::tests::read(none).1, ["store.sentinel_password_file"]);
    }

    #[test]
    fn files_for_tls_that_would_not_be_used_are_refused() {
        let (place, named) = read("url = \"rediss://x\"\ntls_ca = \"ca\"\ntls_certificate = \"c\"\ntls_key = \"k\"");
        assert_eq!(named, [""; 0]);
        assert_eq!(place.access.tls.own.unwrap().key, Path::new("k"));
        assert_eq!(read("url = \"rediss://x\"\ntls_key = \"k\"").1, ["store.tls_key"]);
        assert_eq!(read("url = \"redis://x\"\ntls_ca = \"ca\"").1, ["store.tls_ca"]);
        let both = "url = \"sqlite:x\"\ntls_certificate = \"c\"\ntls_key = \"k\"";
        assert_eq!(read(both).1, ["store.tls_certificate"]);
    }
}
