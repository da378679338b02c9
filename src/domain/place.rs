//! Places and networks, as far as a location database knows them.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

/// A country: two letters of ISO 3166-1, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Parses two ASCII letters of either case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::from_letters(code.as_bytes().try_into().ok()?)
    }

    /// The two letters.
    #[must_use]
    pub fn letters(self) -> [u8; 2] {
        self.0
    }

    /// Parses two ASCII letters of either case, as bytes.
    #[must_use]
    pub fn from_letters(letters: [u8; 2]) -> Option<Self> {
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Self(letters.map(|it| it.to_ascii_uppercase())))
    }

    /// The two letters as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

/// A point on the globe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north of the equator, −90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, −180 to 180.
    pub longitude: f64,
}

/// How many steps a degree is rounded to where a place is remembered: 11 m, which is finer than any location database
/// is accurate.
pub const POINT_STEPS: f64 = 1e4;

impl Point {
    /// The point as it is remembered.
    #[must_use]
    pub fn rounded(self) -> Self {
        let rounded = |degrees: f64| (degrees * POINT_STEPS).round() / POINT_STEPS;
        Self { latitude: rounded(self.latitude), longitude: rounded(self.longitude) }
    }

    /// Great-circle distance in kilometres, on a sphere of the mean radius of the Earth (6,371 km, IUGG).
    #[must_use]
    pub fn distance_km(self, other: Self) -> f64 {
        const EARTH_RADIUS_KM: f64 = 6_371.0;
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = (other.longitude - self.longitude).to_radians();
        let half_chord = ((to - from) / 2.0).sin().powi(2) + from.cos() * to.cos() * (across / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_KM * half_chord.min(1.0).sqrt().asin()
    }
}

/// A place, as detailed as the database knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// The country's English name.
    pub country_name: String,
    /// The first subdivision's English name, if known.
    pub region: Option<String>,
    /// The city's English name, if known.
    pub city: Option<String>,
    /// The coordinates, if known.
    pub point: Option<Point>,
    /// Radius in kilometres within which the address probably is, if the database says so.
    pub accuracy_km: Option<u16>,
    /// IANA time zone, if known.
    pub time_zone: Option<String>,
}

/// If the place is less accurate than this, in kilometres, the name of a city would mislead.
const CITY_ACCURACY_KM: u16 = 100;

impl Place {
    /// The place as a warning names it: with the city only if the address is known to be within 100 km.
    #[must_use]
    pub fn named(&self) -> NamedPlace {
        let is_exact = self.accuracy_km.is_none_or(|radius_km| radius_km <= CITY_ACCURACY_KM);
        NamedPlace {
            country: self.country,
            country_name: self.country_name.clone(),
            city: self.city.clone().filter(|_| is_exact),
        }
    }
}

/// A place as a warning names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPlace {
    /// The country.
    pub country: Country,
    /// The country's English name; empty if the database does not have it.
    pub country_name: String,
    /// The city's English name, if the place is accurate enough.
    pub city: Option<String>,
}

/// The number of an autonomous system, which is a network of one operator. 0 means none (RFC 7607).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asn(NonZeroU32);

impl Asn {
    /// The system with this number; `None` for 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

/// The network and country that a login or an activity comes from, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The autonomous system.
    pub asn: Option<Asn>,
    /// The country.
    pub country: Option<Country>,
}

/// Who runs the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Autonomous system number.
    pub asn: u32,
    /// The operator's name; empty if unknown.
    pub name: String,
}

/// A special use of an address. It then says little about where the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkUse {
    /// A virtual private network for the public.
    Vpn,
    /// A proxy for the public, or one in somebody's home that is rented out.
    Proxy,
    /// An exit of the Tor network.
    Tor,
    /// A relay that hides the address but keeps the region: iCloud Private Relay, WARP.
    Relay,
    /// A data centre.
    Hosting,
    /// A satellite network: the address is where its ground station is.
    Satellite,
}

impl NetworkUse {
    /// Every use. The index in this list is the stored form.
    pub const ALL: [Self; 6] = [Self::Vpn, Self::Proxy, Self::Tor, Self::Relay, Self::Hosting, Self::Satellite];

    /// In words, with the article.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Vpn => "a VPN",
            Self::Proxy => "a proxy",
            Self::Tor => "an exit of the Tor network",
            Self::Relay => "a relay that hides addresses",
            Self::Hosting => "a data centre",
            Self::Satellite => "a satellite network",
        }
    }

    /// Whether it hides its user.
    #[must_use]
    pub const fn is_anonymous(self) -> bool {
        matches!(self, Self::Vpn | Self::Proxy | Self::Tor | Self::Relay)
    }
}

/// Everything that is known about an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whereabouts {
    /// The place; `None` for addresses that are not on the public Internet.
    pub place: Option<Place>,
    /// The network; `None` for addresses that are not on the public Internet.
    pub network: Option<Network>,
    /// What the address is used for, if that is special.
    pub usage: Option<NetworkUse>,
}

impl Whereabouts {
    /// Only network and country, which are compared with other logins.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            asn: self.network.as_ref().and_then(|network| Asn::new(network.asn)),
            country: self.place.as_ref().map(|place| place.country),
        }
    }
}

/// The address that is meant: an IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) becomes that IPv4 address.
#[must_use]
pub fn canonical_address(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether an address can be on the public Internet: not private, loopback, link-local, shared (CGNAT), for
/// documentation or benchmarks, multicast, reserved or unspecified (IANA special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match canonical_address(address) {
        IpAddr::V4(it) => {
            let [a, b, c, _] = it.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let benchmark = a == 198 && (b == 18 || b == 19);
            let protocol = (a, b, c) == (192, 0, 0);
            // Once the relays of 6to4 (RFC 7526). Whoever answers there now is nobody in particular.
            let relay = (a, b, c) == (192, 88, 99);
            let special = it.is_private() || it.is_loopback() || it.is_link_local() || it.is_documentation();
            !(special || shared || benchmark || protocol || relay || a == 0 || a >= 224)
        }
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global_unicast = first & 0xE000 == 0x2000;
    let documentation = (first, second) == (0x2001, 0x0db8) || first & 0xFFF0 == 0x3FF0;
    // 2001::/23 is for protocols (Teredo, benchmarking, ORCHID); 2002::/16 wraps an IPv4 address (6to4).
    let protocol = first == 0x2001 && second < 0x0200;
    global_unicast && !documentation && !protocol && first != 0x2002
}

/// The network of an address, for comparison: a /24, or a /64 of IPv6, which is what one household or phone gets.
/// Written as the bytes of a masked IPv6 address, so that both kinds are distinct.
#[must_use]
pub fn network_prefix(address: IpAddr) -> [u8; 16] {
    match canonical_address(address) {
        IpAddr::V4(it) => {
            let [a, b, c, _] = it.octets();
            std::net::Ipv4Addr::new(a, b, c, 0).to_ipv6_mapped().octets()
        }
        IpAddr::V6(it) => (u128::from(it) & !u128::from(u64::MAX)).to_be_bytes(),
    }
}

/// Addresses from `first` to `last`, both of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// The lowest.
    pub first: IpAddr,
    /// The highest.
    pub last: IpAddr,
}

impl AddressRange {
    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = canonical_address(address);
        address.is_ipv4() == self.first.is_ipv4() && self.first <= address && address <= self.last
    }

    /// An address whose /24 or /64 contains the whole range, if there is one.
    #[must_use]
    pub fn within_one_prefix(&self) -> Option<IpAddr> {
        (network_prefix(self.first) == network_prefix(self.last)).then_some(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_can_have_a_place() {
        let public = ["89.160.20.112", "1.1.1.1", "2a02:1810::1", "::ffff:8.8.8.8", "198.20.0.1", "100.128.0.1"];
        let other = [
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "192.0.2.9",
            "198.51.100.1",
            "203.0.113.5",
            "198.18.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "2001:db8::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "2001::1",
            "2002:a00:1::",
            "3fff::1",
            "192.0.0.8",
        ];
        for address in public {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in other {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        let prefix = |it: &str| network_prefix(it.parse().unwrap());
        assert_eq!(prefix("::ffff:192.0.2.77"), prefix("192.0.2.1"));
        assert_eq!(prefix("2a02:1:2:3:ffff::1"), prefix("2a02:1:2:3::2"));
        assert_ne!(prefix("2a02:1:2:3::1"), prefix("2a02:1:2:4::1"));
    }

    #[test]
    fn a_city_is_named_where_it_is_known_well_enough() {
        let place = |accuracy_km| Place {
            country: Country::parse("SE").unwrap(),
            country_name: "Sweden".to_owned(),
            region: None,
            city: Some("Linköping".to_owned()),
            point: None,
            accuracy_km,
            time_zone: None,
        };
        let city = |accuracy_km| place(accuracy_km).named().city;
        assert_eq!((city(None), city(Some(100))), (Some("Linköping".to_owned()), Some("Linköping".to_owned())));
        assert_eq!(city(Some(101)), None);
    }

    #[test]
    fn distances_follow_the_globe() {
        let (helsinki, zurich) =
            (Point { latitude: 60.17, longitude: 24.94 }, Point { latitude: 47.37, longitude: 8.54 });
        assert!((helsinki.distance_km(zurich) - 1_779.0).abs() < 5.0, "{}", helsinki.distance_km(zurich));
        let poles = Point { latitude: 90.0, longitude: 0.0 }.distance_km(Point { latitude: -90.0, longitude: 0.0 });
        assert!((poles - 20_015.0).abs() < 1.0);
    }
}
