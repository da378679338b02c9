//! Networks as they are written in settings and policies.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::domain::place::AddressRange;

/// Reads a network such as `10.0.0.0/8`, or an address as a network of one.
#[must_use]
pub fn parse(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// From its lowest address to its highest.
#[must_use]
pub fn to_range(network: IpNet) -> AddressRange {
    AddressRange { first: network.network(), last: network.broadcast() }
}

/// Writes a range that came from a network.
#[must_use]
pub fn to_text(range: &AddressRange) -> String {
    let prefix = match (range.first, range.last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (first.to_bits() ^ last.to_bits()).leading_zeros(),
        (IpAddr::V6(first), IpAddr::V6(last)) => (first.to_bits() ^ last.to_bits()).leading_zeros(),
        (first, last) => return format!("{first}-{last}"),
    };
    format!("{}/{prefix}", range.first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_written_as_it_is_read() {
        for (written, read) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("89.160.20.7", "89.160.20.7/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2a02:1810::/32", "2a02:1810::/32"),
            ("2a02:1810::1", "2a02:1810::1/128"),
        ] {
            assert_eq!(to_text(&to_range(parse(written).unwrap())), read);
        }
        assert_eq!(parse("10/8"), None);
    }
}
