//! Networks as they are written in settings.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads a network such as `10.0.0.0/8`, or an address as a network of one.
#[must_use]
pub fn parse(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
