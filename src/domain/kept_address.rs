//! An address as it is kept: whole at first, and after a time only its network.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::domain::place::{AddressRange, canonical_address};

/// Bits of a network that stay: a /24, or a /48 of IPv6, which is what a provider gives one customer at least.
const NETWORK_BITS: (u32, u32) = (24, 48);

/// An address as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAddress {
    /// The whole address.
    Whole(IpAddr),
    /// Its network. What stands in the other bits means nothing, and is never shown.
    Network(IpAddr),
}

impl KeptAddress {
    /// The address; in the case of a network, its lowest.
    #[must_use]
    pub fn lowest(self) -> IpAddr {
        match self {
            Self::Whole(ip) => ip,
            Self::Network(ip) => masked(ip),
        }
    }

    /// The network alone.
    #[must_use]
    pub fn shortened(self) -> Self {
        Self::Network(self.lowest()).masked()
    }

    /// The network, with the other bits hidden under a pad: [`KeptAddress::found`] finds them again.
    #[must_use]
    pub fn hidden(self, pad: &[u8; 16]) -> Self {
        match self {
            Self::Whole(ip) => Self::Network(padded(canonical_address(ip), pad)),
            Self::Network(_) => self,
        }
    }

    /// The address that was hidden under this pad.
    #[must_use]
    pub fn found(self, pad: &[u8; 16]) -> Self {
        match self {
            Self::Whole(_) => self,
            Self::Network(ip) => Self::Whole(padded(ip, pad)),
        }
    }

    /// The lowest byte. Of a hidden address it is hidden as well.
    #[must_use]
    pub fn lowest_byte(self) -> u8 {
        match self {
            Self::Whole(IpAddr::V4(ip)) | Self::Network(IpAddr::V4(ip)) => ip.octets()[3],
            Self::Whole(IpAddr::V6(ip)) | Self::Network(IpAddr::V6(ip)) => ip.octets()[15],
        }
    }

    /// An address in the same /24 or /64; `None` if that is not kept.
    #[must_use]
    pub fn in_prefix(self) -> Option<IpAddr> {
        match self {
            Self::Whole(ip) => Some(ip),
            Self::Network(IpAddr::V4(ip)) => Some(masked(ip.into())),
            Self::Network(IpAddr::V6(_)) => None,
        }
    }

    /// Whether the address lies in a range, as far as is known.
    #[must_use]
    pub fn may_lie_in(self, range: &AddressRange) -> bool {
        match self {
            Self::Whole(ip) => range.contains(ip),
            Self::Network(ip) => {
                let (first, last) = (masked(ip), highest(ip));
                first.is_ipv4() == range.first.is_ipv4() && range.first <= last && first <= range.last
            }
        }
    }

    /// Whether the address lies in a range for certain.
    #[must_use]
    pub fn surely_lies_in(self, range: &AddressRange) -> bool {
        match self {
            Self::Whole(ip) => range.contains(ip),
            Self::Network(ip) => range.contains(masked(ip)) && range.contains(highest(ip)),
        }
    }

    fn masked(self) -> Self {
        match self {
            Self::Whole(_) => self,
            Self::Network(ip) => Self::Network(masked(ip)),
        }
    }
}

impl<T: Into<IpAddr>> From<T> for KeptAddress {
    fn from(ip: T) -> Self {
        Self::Whole(ip.into())
    }
}

/// As an address, or as a network: `203.0.113.0/24`.
impl fmt::Display for KeptAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(ip) => write!(f, "{ip}"),
            Self::Network(ip @ IpAddr::V4(_)) => write!(f, "{}/{}", masked(*ip), NETWORK_BITS.0),
            Self::Network(ip @ IpAddr::V6(_)) => write!(f, "{}/{}", masked(*ip), NETWORK_BITS.1),
        }
    }
}

fn masked(ip: IpAddr) -> IpAddr {
    match canonical_address(ip) {
        IpAddr::V4(it) => Ipv4Addr::from(u32::from(it) & !host_of_v4()).into(),
        IpAddr::V6(it) => Ipv6Addr::from(u128::from(it) & !host_of_v6()).into(),
    }
}

fn highest(ip: IpAddr) -> IpAddr {
    match canonical_address(ip) {
        IpAddr::V4(it) => Ipv4Addr::from(u32::from(it) | host_of_v4()).into(),
        IpAddr::V6(it) => Ipv6Addr::from(u128::from(it) | host_of_v6()).into(),
    }
}

/// Changes the bits behind the network by those of a pad; twice changes nothing.
fn padded(ip: IpAddr, pad: &[u8; 16]) -> IpAddr {
    let [a, b, c, d, ..] = *pad;
    match ip {
        IpAddr::V4(it) => Ipv4Addr::from(u32::from(it) ^ (u32::from_be_bytes([a, b, c, d]) & host_of_v4())).into(),
        IpAddr::V6(it) => Ipv6Addr::from(u128::from(it) ^ (u128::from_be_bytes(*pad) & host_of_v6())).into(),
    }
}

const fn host_of_v4() -> u32 {
    u32::MAX >> NETWORK_BITS.0
}

const fn host_of_v6() -> u128 {
    u128::MAX >> NETWORK_BITS.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> KeptAddress {
        KeptAddress::Whole(text.parse().unwrap())
    }

    #[test]
    fn what_is_hidden_is_found_again_with_its_pad_alone() {
        for text in ["203.0.113.77", "2a02:1810:1:2:3:4:5:6"] {
            let hidden = whole(text).hidden(&[0xA5; 16]);
            assert_eq!(hidden.found(&[0xA5; 16]), whole(text));
            assert_ne!(hidden.found(&[0xA6; 16]), whole(text));
            assert_eq!(hidden.to_string(), whole(text).shortened().to_string());
        }
        assert_eq!(whole("203.0.113.77").shortened().to_string(), "203.0.113.0/24");
        assert_eq!(whole("2a02:1810:1:2:3:4:5:6").shortened().to_string(), "2a02:1810:1::/48");
        assert_eq!(whole("::ffff:203.0.113.77").hidden(&[1; 16]).to_string(), "203.0.113.0/24");
    }

    #[test]
    fn a_network_may_lie_in_every_range_that_it_touches() {
        let range =
            |first: &str, last: &str| AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() };
        let network = whole("203.0.113.77").hidden(&[0x5A; 16]);
        assert!(network.may_lie_in(&range("203.0.113.9", "203.0.113.9")));
        assert!(network.may_lie_in(&range("203.0.0.0", "203.0.255.255")));
        assert!(!network.may_lie_in(&range("203.0.114.0", "203.0.114.255")));
        assert!(network.surely_lies_in(&range("203.0.113.0", "203.0.113.255")));
        assert!(!network.surely_lies_in(&range("203.0.113.0", "203.0.113.254")));
        assert!(!network.surely_lies_in(&range("203.0.113.1", "203.0.113.255")));
        assert!(!network.may_lie_in(&range("2a02::", "2a02::1")));
        assert!(!whole("203.0.113.77").may_lie_in(&range("203.0.113.9", "203.0.113.9")));
    }

    #[test]
    fn only_what_is_known_names_a_prefix() {
        assert_eq!(whole("203.0.113.77").shortened().in_prefix(), Some("203.0.113.0".parse().unwrap()));
        assert_eq!(whole("2a02::1").shortened().in_prefix(), None);
        assert_eq!(whole("2a02::1").in_prefix(), Some("2a02::1".parse().unwrap()));
    }
}
