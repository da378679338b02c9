//! One record of a database, in any of the shapes in use, and what we read from it.

use std::fmt;

use maxminddb::{LookupResult, MaxMindDbError};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, Visitor},
};

use crate::domain::{
    country_names::country_name,
    place::{Country, Network, NetworkUse, Place, Point, Whereabouts},
};

/// How records are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nested maps, as MaxMind and DB-IP build them: `country.iso_code`, `city.names.en`.
    Nested,
    /// One map of plain values, as the npm packages `@ip-location-db/…` build them: `country_code`, `city`. What is
    /// absent is "".
    Flat,
    /// One map of flags, of which only the true ones are written, as in MaxMind's Anonymous-IP.
    Uses,
}

/// A record that was read, and whether it can be true.
#[derive(Debug, Default)]
pub struct Reading {
    /// Place and network, as far as the record has them.
    pub whereabouts: Whereabouts,
    /// Whether it had a country that is not a code, or coordinates that are not on the globe. They are left out of
    /// `whereabouts`.
    pub absurd: bool,
}

/// The shape of a record; `None` if it has neither place nor network.
///
/// # Errors
/// The record is damaged.
pub fn shape_of<S: AsRef<[u8]>>(found: &LookupResult<'_, S>) -> Result<Option<Shape>, MaxMindDbError> {
    Ok(match found.decode::<Keys<'_>>()? {
        Some(Keys { country_code: Some(_), .. }) => Some(Shape::Flat),
        Some(Keys { autonomous_system_number: Some(_), .. } | Keys { country: Some(_), .. }) => Some(Shape::Nested),
        Some(keys) if keys.uses.usage().is_some() => Some(Shape::Uses),
        _ => None,
    })
}

/// Reads the fields that we use, and no others.
///
/// # Errors
/// The record is damaged, or built in another shape.
pub fn read<S: AsRef<[u8]>>(found: &LookupResult<'_, S>, shape: Shape) -> Result<Reading, MaxMindDbError> {
    let reading = match shape {
        Shape::Nested => found.decode::<Nested<'_>>()?.map(Reading::from),
        Shape::Flat => found.decode::<Flat<'_>>()?.map(Reading::from),
        Shape::Uses => found.decode::<Uses>()?.map(Reading::from),
    };
    Ok(reading.unwrap_or_default())
}

#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(borrow)]
    country_code: Option<&'a str>,
    country: Option<IgnoredAny>,
    autonomous_system_number: Option<u32>,
    #[serde(flatten)]
    uses: Uses,
}

/// The flags of MaxMind's Anonymous-IP, which its Enterprise database also has among its traits.
#[derive(Deserialize, Default)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the database's own flags")]
struct Uses {
    is_anonymous: bool,
    is_anonymous_vpn: bool,
    is_hosting_provider: bool,
    is_public_proxy: bool,
    is_residential_proxy: bool,
    is_satellite_provider: bool,
    is_tor_exit_node: bool,
}

impl Uses {
    /// The most telling use. An anonymous address without a named kind counts as a proxy.
    fn usage(&self) -> Option<NetworkUse> {
        let uses = [
            (self.is_tor_exit_node, NetworkUse::Tor),
            (self.is_anonymous_vpn, NetworkUse::Vpn),
            (self.is_public_proxy || self.is_residential_proxy, NetworkUse::Proxy),
            (self.is_hosting_provider, NetworkUse::Hosting),
            (self.is_anonymous, NetworkUse::Proxy),
            (self.is_satellite_provider, NetworkUse::Satellite),
        ];
        uses.into_iter().find(|it| it.0).map(|it| it.1)
    }
}

impl From<Uses> for Reading {
    fn from(uses: Uses) -> Self {
        let whereabouts = Whereabouts { usage: uses.usage(), ..Whereabouts::default() };
        Self { whereabouts, absurd: false }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Nested<'a> {
    #[serde(borrow)]
    country: Named<'a>,
    city: Named<'a>,
    subdivisions: Vec<Named<'a>>,
    location: Location<'a>,
    /// Enterprise databases have the network in here; ASN and ISP databases have it in the record itself.
    traits: Operator<'a>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named<'a> {
    iso_code: Option<&'a str>,
    #[serde(borrow)]
    names: Names<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Names<'a> {
    en: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location<'a> {
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
    accuracy_radius: Option<u16>,
    time_zone: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Operator<'a> {
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Flat<'a> {
    country_code: &'a str,
    state1: &'a str,
    city: &'a str,
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
    timezone: &'a str,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
}

/// A coordinate. MaxMind writes doubles. The npm packages write floats, which are rounded to the four decimals (11 m)
/// that were meant, so that 59.3327 does not become 59.332698822021484.
#[derive(Clone, Copy)]
struct Degrees(f64);

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Degrees;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a double or a float")
            }

            fn visit_f64<E: Error>(self, degrees: f64) -> Result<Degrees, E> {
                Ok(Degrees(degrees))
            }

            fn visit_f32<E: Error>(self, degrees: f32) -> Result<Degrees, E> {
                Ok(Degrees((f64::from(degrees) * 10_000.0).round() / 10_000.0))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl From<Nested<'_>> for Reading {
    fn from(record: Nested<'_>) -> Self {
        let here = Operator {
            autonomous_system_number: record.autonomous_system_number,
            autonomous_system_organization: record.autonomous_system_organization,
        };
        let operator = if here.autonomous_system_number.is_some() { here } else { record.traits };
        let raw = RawPlace {
            country_code: record.country.iso_code.unwrap_or_default(),
            country_name: record.country.names.en.unwrap_or_default(),
            region: record.subdivisions.first().and_then(|it| it.names.en).unwrap_or_default(),
            city: record.city.names.en.unwrap_or_default(),
            coordinates: record.location.latitude.zip(record.location.longitude),
            accuracy_km: record.location.accuracy_radius,
            time_zone: record.location.time_zone.unwrap_or_default(),
        };
        reading(&raw, network(&operator))
    }
}

impl From<Flat<'_>> for Reading {
    fn from(record: Flat<'_>) -> Self {
        let operator = Operator {
            autonomous_system_number: record.autonomous_system_number,
            autonomous_system_organization: record.autonomous_system_organization,
        };
        let raw = RawPlace {
            country_code: record.country_code,
            country_name: "",
            region: record.state1,
            city: record.city,
            coordinates: record.latitude.zip(record.longitude),
            accuracy_km: None,
            time_zone: record.timezone,
        };
        reading(&raw, network(&operator))
    }
}

/// A place in any shape. What is absent is empty.
struct RawPlace<'a> {
    country_code: &'a str,
    country_name: &'a str,
    region: &'a str,
    city: &'a str,
    coordinates: Option<(Degrees, Degrees)>,
    accuracy_km: Option<u16>,
    time_zone: &'a str,
}

fn reading(raw: &RawPlace<'_>, network: Option<Network>) -> Reading {
    let text = |written: &str| (!written.is_empty()).then(|| written.to_owned());
    let point = raw.coordinates.and_then(|(latitude, longitude)| point(latitude.0, longitude.0));
    let country = Country::parse(raw.country_code);
    let place = country.map(|country| Place {
        country,
        country_name: text(raw.country_name)
            .or_else(|| country_name(country).map(str::to_owned))
            .unwrap_or_else(|| country.as_str().to_owned()),
        region: text(raw.region),
        city: text(raw.city),
        point,
        accuracy_km: raw.accuracy_km.filter(|_| point.is_some()),
        time_zone: text(raw.time_zone),
    });
    let absurd = country.is_none() && !raw.country_code.is_empty() || point.is_none() && raw.coordinates.is_some();
    Reading { whereabouts: Whereabouts { place, network, usage: None }, absurd }
}

/// The point, if it is on the globe. What is not a number is not.
fn point(latitude: f64, longitude: f64) -> Option<Point> {
    let on_the_globe = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    on_the_globe.then_some(Point { latitude, longitude })
}

/// The network. Number 0 is reserved (RFC 7607) and means none.
fn network(operator: &Operator<'_>) -> Option<Network> {
    let asn = operator.autonomous_system_number.filter(|&it| it != 0)?;
    Some(Network { asn, name: operator.autonomous_system_organization.unwrap_or_default().to_owned() })
}
