//! Parses a URL, and decides whether a request may go there.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use url::{Host, Url};

use crate::domain::place::is_public;

/// Longest URL, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// Which addresses requests may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses by https, at these ports. At other ports there is much that is not a webhook and should not get
    /// requests in our name.
    Public(Arc<[u16]>),
    /// The same, and for development also private addresses and plain http.
    Everywhere,
    /// Wherever a setting says, also within our own network: by https, or on this machine in clear.
    Named,
}

impl Reach {
    /// Whether a connection to this address is allowed, by https or in clear.
    #[must_use]
    pub fn allows(&self, address: SocketAddr, is_https: bool) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Named => is_https || address.ip().is_loopback(),
            Self::Public(ports) => ports.contains(&address.port()) && is_public(address.ip()),
        }
    }
}

/// A URL, parsed.
#[derive(Clone, Debug)]
pub struct Target {
    url: Url,
}

impl Target {
    /// Parses a URL, and refuses one that could not be allowed whatever its name resolves to. How the host is written
    /// does not matter: `0x7f.1` is read as 127.0.0.1.
    ///
    /// # Errors
    /// What is wrong, in words that continue a sentence after the field's name.
    pub fn parse(text: &str, reach: &Reach) -> Result<Self, &'static str> {
        let sound =
            text.len() <= MAX_URL_BYTES && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace());
        let url: Url = Some(text).filter(|_| sound).and_then(|it| it.parse().ok()).ok_or("must be an address (URL)")?;
        match (url.scheme(), reach) {
            ("https", _) | ("http", Reach::Everywhere) => {}
            ("http", Reach::Named) if is_loopback(&url) => {}
            (_, Reach::Public(_) | Reach::Everywhere | Reach::Named) => return Err("must start with https://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or a password");
        }
        if url.fragment().is_some() {
            return Err("must not have a fragment");
        }
        let target = Self { url };
        let Reach::Public(ports) = reach else { return Ok(target) };
        let local = target.host().trim_end_matches('.').rsplit('.').next() == Some("localhost");
        if local || target.literal().is_some_and(|it| !is_public(it)) {
            return Err("must lead to the public Internet");
        }
        if !ports.contains(&target.port()) {
            return Err("must lead to port 443, or to another that the operator allows");
        }
        Ok(target)
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> url::Origin {
        self.url.origin()
    }

    /// Whether the connection uses TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host's name, or its IP address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(host)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// The host as an IP address, if it is written as one.
    #[must_use]
    pub fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(it) => Some(it.into()),
            Host::Ipv6(it) => Some(it.into()),
            Host::Domain(_) => None,
        }
    }

    /// The `Host` header: with the port, unless it is the scheme's default.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

/// Whether a URL leads to this machine, as it is written.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(ports: &[u16]) -> Reach {
        Reach::Public(ports.into())
    }

    #[test]
    fn an_address_is_taken_apart() {
        let target = Target::parse("https://Hooks.Example:8443/a%20b?c=d", &public(&[443, 8443])).unwrap();
        assert_eq!((target.host(), target.port(), target.path()), ("hooks.example", 8443, "/a%20b?c=d"));
        assert_eq!((target.authority().as_str(), target.is_https()), ("hooks.example:8443", true));
        let bare = Target::parse("https://[2a02:1810::1]", &public(&[443])).unwrap();
        assert_eq!((bare.host(), bare.port(), bare.path()), ("2a02:1810::1", 443, "/"));
        assert_eq!(bare.authority(), "[2a02:1810::1]");
    }

    #[test]
    fn what_cannot_be_public_is_refused_however_it_is_written() {
        let hosts = [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.88.99.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "localhost",
            "localhost.",
            "a.localhost",
            "LOCALHOST",
            "１２７.0.0.1",
        ];
        for host in hosts {
            let refused = Target::parse(&format!("https://{host}/hook"), &public(&[443]));
            assert_eq!(refused.err(), Some("must lead to the public Internet"), "{host}");
            assert!(Target::parse(&format!("http://{host}/hook"), &Reach::Everywhere).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_is_no_address_of_ours_is_refused() {
        let long = format!("https://hooks.example/{}", "x".repeat(MAX_URL_BYTES));
        let texts = [
            "",
            "hooks.example",
            "//hooks.example",
            "https://",
            "ftp://hooks.example",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user@hooks.example",
            "https://:pass@hooks.example",
            "https://hooks.example/#x",
            "https://hooks.example/a b",
            "https://hooks.example/\r\nHost: x",
            "https://hooks.example:99999",
            &long,
        ];
        for text in texts {
            assert!(Target::parse(text, &Reach::Everywhere).is_err(), "{text}");
        }
        assert!(Target::parse("http://hooks.example", &public(&[443, 80])).is_err(), "plain http is for development");
    }

    #[test]
    fn on_the_public_internet_only_allowed_ports_are_reached() {
        let refused = |url: &str, ports: &[u16]| Target::parse(url, &public(ports)).is_err();
        assert!(
            !refused("https://hooks.example:443/x", &[443]) && !refused("https://hooks.example:8443", &[443, 8443])
        );
        for url in [
            "https://hooks.example:22",
            "https://hooks.example:6379/",
            "https://89.160.20.112:25",
            "https://h.example:0",
        ] {
            assert!(refused(url, &[443]), "{url}");
            assert!(Target::parse(url, &Reach::Everywhere).is_ok(), "{url}");
        }
        assert!(refused("https://hooks.example", &[8443]), "443 is one of them only if it is said");
        let allowed = |address: &str| public(&[443]).allows(address.parse().unwrap(), true);
        assert!(allowed("89.160.20.112:443") && !allowed("89.160.20.112:80") && !allowed("192.88.99.1:443"));
    }
    #[test]
    fn where_a_setting_leads_is_asked_in_clear_only_on_this_machine() {
        for url in
            ["https://id.intern:8443/realms/a", "https://10.0.0.1", "http://127.0.0.1:9000", "http://localhost/x"]
        {
            assert!(Target::parse(url, &Reach::Named).is_ok(), "{url}");
        }
        for url in ["http://id.example", "http://10.0.0.1", "http://localhost.example", "ftp://127.0.0.1"] {
            assert_eq!(Target::parse(url, &Reach::Named).err(), Some("must start with https://"), "{url}");
        }
        let allows = |address: &str, is_https| Reach::Named.allows(address.parse().unwrap(), is_https);
        assert!(allows("10.0.0.1:443", true) && allows("[::1]:80", false) && !allows("10.0.0.1:80", false));
    }
}
