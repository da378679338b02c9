//! The caller's address. Only listed proxies are believed about it, and only in one header, because callers can write
//! headers too.

use std::net::IpAddr;

use actix_web::dev::RequestHead;
use ipnet::IpNet;

use crate::domain::place::canonical_address;

/// Headers by which a proxy says that it calls for somebody else. A caller who adds them falsely only gets less.
const FORWARDING: [&str; 5] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Whom to believe about the caller's address.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    /// The networks of our own proxies.
    pub networks: Vec<IpNet>,
    /// The header in which they write where a request came from: addresses separated by commas, the nearest last.
    pub header: Option<String>,
}

impl TrustedProxies {
    /// The caller's address: the peer's. If that is one of our proxies, the last address in the header that is not.
    #[must_use]
    pub fn caller(&self, request: &RequestHead) -> Option<IpAddr> {
        let peer = canonical_address(request.peer_addr?.ip());
        let Some(header) = &self.header else { return Some(peer) };
        let lines: Vec<&str> = request.headers.get_all(header).filter_map(|line| line.to_str().ok()).collect();
        Some(self.walk(peer, &lines.join(",")))
    }

    /// Whether the caller is on this machine, as far as can be told: the peer is, is none of our proxies, and does not
    /// say that it calls for somebody else.
    #[must_use]
    pub fn is_local(&self, request: &RequestHead) -> bool {
        let peer = request.peer_addr.map(|peer| canonical_address(peer.ip()));
        let forwards =
            FORWARDING.into_iter().chain(self.header.as_deref()).any(|header| request.headers.contains_key(header));
        peer.is_some_and(|peer| peer.is_loopback() && !self.trusts(peer)) && !forwards
    }

    /// Goes from the peer to the left as long as the address is a proxy's. If an address cannot be parsed, the peer's
    /// is used.
    fn walk(&self, peer: IpAddr, forwarded: &str) -> IpAddr {
        let mut caller = peer;
        for hop in forwarded.rsplit(',').map(str::trim) {
            if !self.trusts(caller) || hop.is_empty() {
                break;
            }
            let Some(address) = read(hop) else { return peer };
            caller = address;
        }
        caller
    }

    /// Whether the peer is one of our proxies.
    #[must_use]
    pub fn is_ours(&self, request: &RequestHead) -> bool {
        request.peer_addr.is_some_and(|peer| self.trusts(canonical_address(peer.ip())))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// An address, with or without a port.
fn read(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse().ok().map(|socket: std::net::SocketAddr| socket.ip()));
    address.map(canonical_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_proxies_are_believed_and_only_from_the_right() {
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|it| it.parse().unwrap()).to_vec();
        let proxies = TrustedProxies { networks, header: Some("x-forwarded-for".into()) };
        let walk = |peer: &str, header: &str| proxies.walk(peer.parse().unwrap(), header).to_string();
        assert_eq!(walk("198.51.100.7", "1.1.1.1"), "198.51.100.7", "the peer is no proxy");
        assert_eq!(walk("10.0.0.1", "6.6.6.6, 1.1.1.1"), "1.1.1.1", "the caller wrote 6.6.6.6");
        assert_eq!(walk("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.2.3.4"), "1.1.1.1");
        assert_eq!(walk("10.0.0.1", "10.9.9.9, 10.2.3.4"), "10.9.9.9", "nobody but proxies: the farthest");
        assert_eq!(walk("10.0.0.1", "1.1.1.1, nonsense"), "10.0.0.1");
        assert_eq!(walk("10.0.0.1", "nonsense, 1.1.1.1"), "1.1.1.1", "what lies beyond is not looked at");
        assert_eq!(walk("10.0.0.1", ""), "10.0.0.1");
        assert_eq!(walk("2001:db8::1", "[2a02::5]:443"), "2a02::5");
        assert_eq!(walk("2001:db8::1", "::ffff:9.9.9.9"), "9.9.9.9");
    }

    #[test]
    fn who_asks_from_elsewhere_or_for_somebody_else_is_not_on_this_machine() {
        let asks = |peer: &str, headers: &[(&'static str, &'static str)], proxies: &TrustedProxies| {
            let request = actix_web::test::TestRequest::default().peer_addr(peer.parse().unwrap());
            let request = headers.iter().fold(request, |it, header| it.insert_header(*header)).to_http_request();
            proxies.is_local(request.head())
        };
        let none = TrustedProxies::default();
        for peer in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert!(asks(peer, &[], &none), "{peer}");
            assert!(!asks(peer, &[("x-forwarded-for", "127.0.0.1")], &none), "{peer}");
        }
        for peer in ["10.0.0.1:1", "192.168.1.2:1", "203.0.113.7:1", "[2001:db8::1]:1", "0.0.0.0:1"] {
            assert!(!asks(peer, &[], &none), "{peer}");
        }
        let proxies = TrustedProxies {
            networks: vec!["10.0.0.0/8".parse().unwrap()],
            header: Some("cf-connecting-ip".to_owned()),
        };
        assert!(asks("127.0.0.1:1", &[], &proxies), "it does not come by the proxy");
        assert!(!asks("127.0.0.1:1", &[("cf-connecting-ip", "127.0.0.1")], &proxies));
        assert!(!asks("10.0.0.1:1", &[("cf-connecting-ip", "127.0.0.1")], &proxies), "what the proxy says of itself");
    }
}
