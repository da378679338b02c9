//! Where the service listens, and who may reach what.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use crate::{
    config::{
        problems::{Problem, Problems},
        raw::RawHttp,
    },
    http::{door::state::Audience, tls::TlsFiles},
    wire::network,
};

/// Where the service listens, and who may reach what.
#[derive(Debug)]
pub struct HttpListener {
    /// The address and port to listen on. Port 0 takes any free port.
    pub bind: SocketAddr,
    /// The files of the certificate for TLS; `None` without TLS.
    pub tls: Option<TlsFiles>,
    /// The start of links in mails, without a slash at the end.
    pub public_url: String,
    /// The proxies that are trusted to give the caller's address.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they give it.
    pub client_ip_header: Option<String>,
    /// Who may see the mails that were written to a folder.
    pub mailbox: Audience,
    /// Who may see the metrics.
    pub metrics: Audience,
    /// Who may see the description of the API.
    pub docs: Audience,
}

impl HttpListener {
    /// What strangers can reach that is not meant for them, each with how to prevent it. `in_folder`: whether mails are
    /// written to a folder instead of sent.
    #[must_use]
    pub fn exposures(&self, in_folder: bool) -> Vec<String> {
        let (bind, url) = (self.bind, &self.public_url);
        let reachable = !bind.ip().is_loopback();
        let mut exposures = Vec::new();
        if in_folder && self.mailbox != Audience::Nobody && (reachable || !is_loopback_url(url)) {
            let place = if reachable { format!("it listens on {bind}") } else { format!("it is reached at {url}") };
            exposures.push(format!(
                "{place}, and mails are not sent but shown on /mailbox, with the links that answer for their users: set \
                 mail.url to a mail server, or http.mailbox to off"
            ));
        }
        let proxied = url.starts_with("https://") && !self.trusted_proxies.is_empty();
        if reachable && !proxied && self.tls.is_none() {
            exposures.push(format!(
                "it listens on {bind} with no TLS: API keys and links pass in clear; set http.tls_certificate and http.tls_key; \
                 or put a proxy in front, and set http.public_url to its https address, and http.trusted_proxies; or listen \
                 on 127.0.0.1"
            ));
        }
        if self.tls.is_some() && url.starts_with("http://") {
            exposures.push(format!(
                "links in mails begin with {url}, where nothing answers without TLS: set http.public_url"
            ));
        }
        exposures
    }
}

/// Whether a URL leads to this machine.
fn is_loopback_url(url: &str) -> bool {
    let authority = url.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(ipv6) => ipv6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Checks the section `[http]`.
pub fn resolve(raw: RawHttp, problems: &mut Problems) -> HttpListener {
    let otherwise = SocketAddr::from(([127, 0, 0, 1], 8080));
    let bind = raw.bind.map_or(Some(otherwise), |it| it.parse().ok());
    let bind = problems.check("http.bind", "must be an address and a port, such as 127.0.0.1:8080", bind, otherwise);
    let public_url = raw.public_url.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let public_url = public_url.trim_end_matches('/').to_owned();
    let expected = "must start with http:// or https:// and name a host, without a query or a fragment";
    problems.check("http.public_url", expected, is_base_url(&public_url).then_some(()), ());
    let proxies = raw.trusted_proxies.unwrap_or_default();
    let proxies: Option<Vec<IpNet>> = proxies.iter().map(|it| network::parse(it)).collect();
    let trusted_proxies =
        problems.check("http.trusted_proxies", "must be networks such as 10.0.0.0/8 or addresses", proxies, Vec::new());
    let header = raw.client_ip_header.filter(|name| !name.is_empty()).map(|name| name.to_ascii_lowercase());
    let named = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    problems.check(
        "http.client_ip_header",
        "must be the name of a header",
        header.as_ref().is_none_or(named).then_some(()),
        (),
    );
    if header.is_some() == trusted_proxies.is_empty() {
        let expected = "is used together with http.trusted_proxies: set both or neither";
        problems.0.push(Problem { setting: "http.client_ip_header", expected: expected.to_owned() });
    }
    let tls = tls_files(raw.tls_certificate, raw.tls_key, problems);
    let mut audience = |setting, written: Option<String>, otherwise| {
        let sound = written.map_or(Some(otherwise), |it| Audience::parse(&it));
        problems.check(setting, "must be everyone, loopback or off", sound, otherwise)
    };
    HttpListener {
        bind,
        tls,
        public_url,
        trusted_proxies,
        client_ip_header: header,
        mailbox: audience("http.mailbox", raw.mailbox, Audience::Loopback),
        metrics: audience("http.metrics", raw.metrics, Audience::Everyone),
        docs: audience("http.docs", raw.docs, Audience::Everyone),
    }
}

/// The certificate's files, if both are set.
fn tls_files(certificate: Option<String>, key: Option<String>, problems: &mut Problems) -> Option<TlsFiles> {
    let set = |written: Option<String>| written.filter(|path| !path.is_empty());
    match (set(certificate), set(key)) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.into(), key: key.into() }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let expected = "is used together with http.tls_certificate: set both or neither";
            problems.0.push(Problem { setting: "http.tls_key", expected: expected.to_owned() });
            None
        }
    }
}

fn is_base_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let allowed = |letter: char| letter.is_ascii_graphic() && !"?#\"<>\\@".contains(letter);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ':']) && rest.chars().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposures(toml: &str, in_folder: bool) -> Vec<&'static str> {
        let mut problems = Problems::default();
        let listener = resolve(toml::from_str(toml).unwrap(), &mut problems);
        assert!(problems.0.is_empty(), "{:?}", problems.0);
        let exposures = listener.exposures(in_folder);
        exposures
            .iter()
            .map(|exposure| match exposure {
                mails if mails.contains("/mailbox") => "mailbox",
                links if links.contains("links in mails begin") => "links",
                _ => "no TLS",
            })
            .collect()
    }

    #[test]
    fn what_strangers_can_get_at_is_told() {
        let proxied = "bind = \"10.0.0.5:8080\"\npublic_url = \"https://watch.example\"\n\
                       trusted_proxies = [\"10.0.0.1\"]\nclient_ip_header = \"x-real-ip\"\n";
        for (toml, in_folder, expected) in [
            ("", true, &[][..]),
            ("bind = \"[::1]:80\"\npublic_url = \"http://[::1]:80\"", true, &[]),
            ("public_url = \"http://localhost:8080/here\"", true, &[]),
            ("bind = \"0.0.0.0:8080\"", true, &["mailbox", "no TLS"]),
            ("bind = \"[::]:8080\"\nmailbox = \"off\"", true, &["no TLS"]),
            (
                "bind = \"192.0.2.1:8080\"\ntls_certificate = \"a\"\ntls_key = \"b\"\npublic_url = \"https://watch.example\"",
                false,
                &[],
            ),
            ("tls_certificate = \"a\"\ntls_key = \"b\"", false, &["links"]),
            ("bind = \"192.0.2.1:8080\"\npublic_url = \"https://watch.example\"", false, &["no TLS"]),
            ("public_url = \"https://watch.example\"", true, &["mailbox"]),
            ("public_url = \"http://127.0.0.1.example\"", true, &["mailbox"]),
            ("public_url = \"https://watch.example\"", false, &[]),
            (proxied, false, &[]),
            (proxied, true, &["mailbox"]),
        ] {
            assert_eq!(exposures(toml, in_folder), expected, "{toml}");
        }
    }

    #[test]
    fn an_audience_is_one_of_three() {
        let mut problems = Problems::default();
        let raw = "mailbox = \"yes\"\nmetrics = \"loopback\"\ndocs = \"off\"";
        let listener = resolve(toml::from_str(raw).unwrap(), &mut problems);
        assert_eq!(problems.0.iter().map(|it| it.setting).collect::<Vec<_>>(), ["http.mailbox"]);
        assert_eq!((listener.metrics, listener.docs), (Audience::Loopback, Audience::Nobody));
        let usual = resolve(RawHttp::default(), &mut problems);
        assert_eq!((usual.mailbox, usual.metrics), (Audience::Loopback, Audience::Everyone));
    }
}
