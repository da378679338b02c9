//! How operators get at the console.

use std::fs;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::config::{
    listener::HttpListener,
    problems::{Problem, Problems},
    raw::RawConsole,
};

/// The claim that has the role, if nothing else is said.
const ROLES: &str = "roles";

/// How operators get at the console.
#[derive(Debug)]
pub struct ConsoleAccess {
    /// Whether there is one.
    pub is_enabled: bool,
    /// The issuer of operators' identities, if there is one.
    pub issuer: Option<IssuerAccess>,
    /// The header in which trusted proxies name the operator for whom they vouch, if they do.
    pub proxy_header: Option<String>,
}

/// The issuer of operators' identities.
#[derive(Debug)]
pub struct IssuerAccess {
    /// Its address, as it calls itself.
    pub url: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret that it has given us, read from its file.
    pub client_secret: Option<SecretString>,
    /// The authorities that may have signed its certificate; none stands for those that browsers trust.
    pub authorities: Vec<CertificateDer<'static>>,
    /// The claim that has the role.
    pub role_claim: String,
    /// The claim that has the tenants; without one, it says nothing about them.
    pub tenants_claim: Option<String>,
}

/// Checks the section `[console]`.
pub fn resolve(raw: &RawConsole, http: &HttpListener, problems: &mut Problems) -> ConsoleAccess {
    let proxy_header = written(raw.proxy_header.as_ref()).map(|it| it.to_ascii_lowercase());
    proxies(proxy_header.as_deref(), http, problems);
    ConsoleAccess { is_enabled: raw.enabled.unwrap_or(true), issuer: issuer(raw, problems), proxy_header }
}

fn issuer(raw: &RawConsole, problems: &mut Problems) -> Option<IssuerAccess> {
    let client_secret =
        problems.secret("console.oidc_client_secret_file", written(raw.oidc_client_secret_file.as_ref()));
    let is_empty = client_secret.as_ref().is_some_and(|it| it.expose_secret().is_empty());
    let authority_file = written(raw.oidc_tls_ca.as_ref());
    let [url, client_id, role_claim, tenants_claim] =
        [&raw.oidc_issuer, &raw.oidc_client_id, &raw.oidc_role_claim, &raw.oidc_tenants_claim]
            .map(|it| written(it.as_ref()));
    let Some(url) = url else {
        let others = [
            ("console.oidc_client_id", client_id.is_some()),
            ("console.oidc_client_secret_file", client_secret.is_some()),
            ("console.oidc_tls_ca", authority_file.is_some()),
            ("console.oidc_role_claim", role_claim.is_some()),
            ("console.oidc_tenants_claim", tenants_claim.is_some()),
        ];
        for (setting, _) in others.into_iter().filter(|(_, is_set)| *is_set) {
            problems.0.push(Problem { setting, expected: "is used together with console.oidc_issuer".to_owned() });
        }
        return None;
    };
    let expected =
        "must be the address that the issuer calls itself: https://, or http:// on this machine, with no query";
    problems.check("console.oidc_issuer", expected, is_issuer(&url).then_some(()), ());
    let expected = "must be what the issuer calls this service: set it together with console.oidc_issuer";
    let client_id = problems.check("console.oidc_client_id", expected, client_id, String::new());
    let expected = "must be a file with the secret that the issuer has given us: it is empty";
    problems.check("console.oidc_client_secret_file", expected, (!is_empty || has(problems)).then_some(()), ());
    let authorities = authority_file.map_or(Some(Vec::new()), |file| certificates(&file));
    let expected = "must be a file with the certificate of an authority, in PEM";
    let authorities = problems.check("console.oidc_tls_ca", expected, authorities, Vec::new());
    let role_claim = role_claim.unwrap_or_else(|| ROLES.to_owned());
    Some(IssuerAccess { url, client_id, client_secret, authorities, role_claim, tenants_claim })
}

/// The certificates in a file, at least one.
fn certificates(file: &str) -> Option<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&fs::read(file).ok()?).collect();
    found.ok().filter(|it| !it.is_empty())
}

/// Whether it was said already that the file cannot be read.
fn has(problems: &Problems) -> bool {
    problems.0.iter().any(|it| it.setting == "console.oidc_client_secret_file")
}

fn proxies(header: Option<&str>, http: &HttpListener, problems: &mut Problems) {
    let Some(header) = header else { return };
    let is_name = header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let expected = match (is_name, http.trusted_proxies.is_empty()) {
        (false, _) => "must be the name of a header",
        (true, true) => "is believed only from http.trusted_proxies: set those too",
        (true, false) if http.client_ip_header.as_deref() == Some(header) => {
            "must be another header than http.client_ip_header"
        }
        (true, false) => return,
    };
    problems.0.push(Problem { setting: "console.proxy_header", expected: expected.to_owned() });
}

fn written(text: Option<&String>) -> Option<String> {
    text.filter(|it| !it.is_empty()).cloned()
}

fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_local = match url.host() {
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_scheme = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    let is_bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    is_scheme && is_bare
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::listener;

    fn resolved(console: &str, http: &str) -> (ConsoleAccess, Vec<&'static str>) {
        let mut problems = Problems::default();
        let http = listener::resolve(toml::from_str(http).unwrap(), &mut problems);
        let console = resolve(&toml::from_str(console).unwrap(), &http, &mut problems);
        (console, problems.0.iter().map(|it| it.setting).collect())
    }

    #[test]
    fn an_issuer_needs_an_address_and_a_client() {
        let (console, problems) =
            resolved("oidc_issuer = \"https://id.example/realms/a/\"\noidc_client_id = \"w\"", "");
        let issuer = console.issuer.unwrap();
        assert_eq!((issuer.url.as_str(), issuer.role_claim.as_str()), ("https://id.example/realms/a/", "roles"));
        assert!(issuer.client_secret.is_none() && issuer.tenants_claim.is_none() && problems.is_empty());
        assert!(resolved("", "").0.issuer.is_none());
        assert_eq!(resolved("oidc_issuer = \"https://id.example\"", "").1, ["console.oidc_client_id"]);
        let alone = "oidc_client_id = \"w\"\noidc_role_claim = \"groups\"\noidc_tenants_claim = \"tenants\"";
        let expected = ["console.oidc_client_id", "console.oidc_role_claim", "console.oidc_tenants_claim"];
        assert_eq!(resolved(alone, "").1, expected);
        let no_file =
            "oidc_issuer = \"https://id.example\"\noidc_client_id = \"w\"\noidc_client_secret_file = \"no-such-file\"";
        assert_eq!(resolved(no_file, "").1, ["console.oidc_client_secret_file"]);
        for file in ["no-such-file", "Cargo.toml"] {
            let no_ca =
                format!("oidc_issuer = \"https://id.example\"\noidc_client_id = \"w\"\noidc_tls_ca = \"{file}\"");
            assert_eq!(resolved(&no_ca, "").1, ["console.oidc_tls_ca"]);
        }
    }

    #[test]
    fn an_issuer_is_asked_in_clear_only_on_this_machine() {
        let refused =
            |url: &str| !resolved(&format!("oidc_issuer = \"{url}\"\noidc_client_id = \"w\""), "").1.is_empty();
        for url in [
            "https://id.example",
            "https://10.0.0.1:8443/x",
            "http://127.0.0.1:9000",
            "http://[::1]",
            "http://localhost:1",
        ] {
            assert!(!refused(url), "{url}");
        }
        for url in [
            "id.example",
            "http://id.example",
            "http://localhost.example",
            "https://id.example/?a=b",
            "https://id.example/#a",
            "https://ana@id.example",
            "ftp://id.example",
        ] {
            assert!(refused(url), "{url}");
        }
    }

    #[test]
    fn a_proxys_word_needs_proxies_that_are_trusted() {
        let http = "trusted_proxies = [\"10.0.0.1\"]\nclient_ip_header = \"x-real-ip\"";
        let (console, problems) = resolved("proxy_header = \"X-User\"", http);
        assert_eq!((console.proxy_header.as_deref(), problems.len()), (Some("x-user"), 0));
        for (header, http) in [("x-user", ""), ("x user", http), ("X-Real-IP", http)] {
            assert_eq!(resolved(&format!("proxy_header = \"{header}\""), http).1, ["console.proxy_header"], "{header}");
        }
        assert_eq!(resolved("proxy_header = \"\"", "").0.proxy_header, None);
    }
}
