//! Where the store is, and how it is reached.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::{
    adapters::store::tls_files::{OwnCertificate, StoreTls},
    config::{
        problems::{Problem, Problems},
        raw::RawStore,
    },
};

/// Where the store is, and how it is reached.
#[derive(Debug)]
pub struct StorePlace {
    /// `memory:`, `sqlite:PATH`, `redis://…` or `rediss://…`, which may hold a password.
    pub url: SecretString,
    /// The files for TLS; used by `rediss://` alone.
    pub tls: StoreTls,
    /// The file that remembers which store was used before.
    pub identity_file: PathBuf,
}

impl StorePlace {
    /// What passes in clear to another machine, and how to prevent it; `None` if nothing does.
    #[must_use]
    pub fn exposure(&self) -> Option<String> {
        let url = Url::parse(self.url.expose_secret()).ok().filter(|it| it.scheme() == "redis")?;
        let host = url.host_str()?;
        // A scheme that is not of the Web has its host as text.
        let host = Host::parse(host).ok()?;
        let is_here = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        (!is_here).then(|| {
            format!(
                "everything that is stored passes in clear to {host}: give that Redis a certificate, and let store.url \
                 begin with rediss://"
            )
        })
    }
}

/// Checks the section `[store]`.
pub fn resolve(raw: RawStore, key_file: &Path, problems: &mut Problems) -> StorePlace {
    let url = raw.url.unwrap_or_else(|| "sqlite:data/watchlight.db".into());
    let known = ["memory:", "sqlite:", "redis://", "rediss://", "redis+unix://", "unix://"];
    let sound = known.iter().any(|scheme| url.expose_secret().starts_with(scheme));
    let expected = "must be memory:, sqlite:PATH, redis://host:port/database or rediss://host:port/database";
    problems.check("store.url", expected, sound.then_some(()), ());
    let by_tls = url.expose_secret().starts_with("rediss://");
    // Beside the key, so that whoever backs up or mounts one has the other.
    let identity_file = set(raw.identity_file).unwrap_or_else(|| key_file.with_file_name("store.id"));
    let own = own_certificate(set(raw.tls_certificate), set(raw.tls_key), problems);
    let tls = StoreTls { authority: set(raw.tls_ca), own };
    // Files that are not used would look like TLS.
    for (setting, is_set) in [("store.tls_ca", tls.authority.is_some()), ("store.tls_certificate", tls.own.is_some())] {
        let expected = "is used when store.url begins with rediss:// alone";
        problems.check(setting, expected, (by_tls || !is_set).then_some(()), ());
    }
    StorePlace { url, tls, identity_file }
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
        ] {
            let exposure = read(&format!("url = \"{url}\"")).0.exposure();
            assert_eq!(exposure.is_some(), exposed, "{url}");
            assert!(exposure.is_none_or(|it| !it.contains("secret")), "{url}");
        }
    }

    #[test]
    fn files_for_tls_that_would_not_be_used_are_refused() {
        let (place, named) = read("url = \"rediss://x\"\ntls_ca = \"ca\"\ntls_certificate = \"c\"\ntls_key = \"k\"");
        assert_eq!(named, [""; 0]);
        assert_eq!(place.tls.own.unwrap().key, Path::new("k"));
        assert_eq!(read("url = \"rediss://x\"\ntls_key = \"k\"").1, ["store.tls_key"]);
        assert_eq!(read("url = \"redis://x\"\ntls_ca = \"ca\"").1, ["store.tls_ca"]);
        let both = "url = \"sqlite:x\"\ntls_certificate = \"c\"\ntls_key = \"k\"";
        assert_eq!(read(both).1, ["store.tls_certificate"]);
    }
}
