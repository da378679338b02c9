//! Parts that several stored forms share.

use std::net::IpAddr;

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        agent::{Agent, Browser, DeviceKind, Os, Version},
        ids::{TenantId, UserId},
        kept_address::KeptAddress,
        place::{Asn, Country, Origin, Point},
        user::{device::Trust, profile::SeenCountry},
    },
};

/// Every trust; the place in this list is the stored form.
pub const TRUSTS: [Trust; 3] = [Trust::Unconfirmed, Trust::Confirmed, Trust::Denied];

/// Whose a record is that begins with its form, 16 bytes of id and the tenant, as those of logins, alerts and events do in
/// every form. Nothing else of it need be readable.
///
/// # Errors
/// It has no such beginning.
pub fn tenant_of(record: &[u8]) -> Result<TenantId, Malformed> {
    let (_, mut from) = Reader::new(record)?;
    from.raw::<16>()?;
    read_tenant(&mut from)
}

/// Browser, system and kind as codes, each version as three numbers.
pub fn write_agent(out: &mut Writer, agent: &Agent) {
    out.raw(&[agent.browser.code(), agent.os.code(), agent.kind.code()]);
    for version in [agent.browser_version, agent.os_version] {
        out.number(version.major);
        out.number(version.minor);
        out.number(version.patch);
    }
}

/// Reads [`write_agent`]'s form. A code that this program does not know reads as unknown.
///
/// # Errors
/// The record is malformed.
pub fn read_agent(from: &mut Reader<'_>) -> Result<Agent, Malformed> {
    let [browser, os, kind] = from.raw()?;
    let mut version = || Ok(Version { major: from.number()?, minor: from.number()?, patch: from.number()? });
    let (browser_version, os_version) = (version()?, version()?);
    Ok(Agent {
        browser: Browser::from_code(browser),
        browser_version,
        os: Os::from_code(os),
        os_version,
        kind: DeviceKind::from_code(kind),
    })
}

/// 4 or 16, and so many bytes.
pub fn write_address(out: &mut Writer, address: IpAddr) {
    match address {
        IpAddr::V4(it) => {
            out.byte(4);
            out.raw(&it.octets());
        }
        IpAddr::V6(it) => {
            out.byte(16);
            out.raw(&it.octets());
        }
    }
}

/// As an address; or 5 or 17 for one of which only the network is kept, and as many bytes.
pub fn write_kept_address(out: &mut Writer, address: KeptAddress) {
    match address {
        KeptAddress::Whole(ip) => write_address(out, ip),
        KeptAddress::Network(IpAddr::V4(it)) => {
            out.byte(5);
            out.raw(&it.octets());
        }
        KeptAddress::Network(IpAddr::V6(it)) => {
            out.byte(17);
            out.raw(&it.octets());
        }
    }
}

/// Reads [`write_kept_address`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_kept_address(from: &mut Reader<'_>) -> Result<KeptAddress, Malformed> {
    Ok(match from.byte()? {
        4 => KeptAddress::Whole(IpAddr::from(from.raw::<4>()?)),
        16 => KeptAddress::Whole(IpAddr::from(from.raw::<16>()?)),
        5 => KeptAddress::Network(IpAddr::from(from.raw::<4>()?)),
        17 => KeptAddress::Network(IpAddr::from(from.raw::<16>()?)),
        _ => return Err(Malformed::Impossible("address")),
    })
}

/// Reads [`write_address`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_address(from: &mut Reader<'_>) -> Result<IpAddr, Malformed> {
    match from.byte()? {
        4 => Ok(IpAddr::from(from.raw::<4>()?)),
        16 => Ok(IpAddr::from(from.raw::<16>()?)),
        _ => Err(Malformed::Impossible("address")),
    }
}

/// Reads a tenant's name.
///
/// # Errors
/// The record is malformed.
pub fn read_tenant(from: &mut Reader<'_>) -> Result<TenantId, Malformed> {
    TenantId::parse(&from.text()?).ok_or(Malformed::Impossible("tenant"))
}

/// Reads a user's name.
///
/// # Errors
/// The record is malformed.
pub fn read_user(from: &mut Reader<'_>) -> Result<UserId, Malformed> {
    UserId::parse(&from.text()?).ok_or(Malformed::Impossible("user"))
}

/// Reads a country's two letters.
///
/// # Errors
/// The record is malformed.
pub fn read_country(from: &mut Reader<'_>) -> Result<Country, Malformed> {
    Country::from_letters(from.raw()?).ok_or(Malformed::Impossible("country"))
}

/// Writes network and country: a number, of which 0 is not known, and two letters, which are zeros then.
pub fn write_origin(out: &mut Writer, origin: Origin) {
    write_asn(out, origin.asn);
    out.raw(&origin.country.map_or([0; 2], Country::letters));
}

/// Reads [`write_origin`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_origin(from: &mut Reader<'_>) -> Result<Origin, Malformed> {
    let (asn, letters) = (read_asn(from)?, from.raw::<2>()?);
    let country = match letters {
        [0, 0] => None,
        letters => Some(Country::from_letters(letters).ok_or(Malformed::Impossible("country"))?),
    };
    Ok(Origin { asn, country })
}

/// Writes the number of an autonomous system, of which 0 is not known.
pub fn write_asn(out: &mut Writer, asn: Option<Asn>) {
    out.number(asn.map_or(0, Asn::get));
}

/// Reads [`write_asn`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_asn(from: &mut Reader<'_>) -> Result<Option<Asn>, Malformed> {
    from.number().map(Asn::new)
}

/// Reads latitude and longitude, of 8 bytes each.
///
/// # Errors
/// The record is malformed.
pub fn read_point(from: &mut Reader<'_>) -> Result<Point, Malformed> {
    Ok(Point { latitude: from.fraction()?, longitude: from.fraction()? })
}

/// Reads a country that was signed in from.
///
/// # Errors
/// The record is malformed.
pub fn read_seen_country(from: &mut Reader<'_>) -> Result<SeenCountry, Malformed> {
    Ok(SeenCountry { country: read_country(from)?, last_seen: from.time()?, logins: from.number()? })
}

/// Reads 0 for none, or an accuracy and one.
///
/// # Errors
/// The record is malformed.
pub fn read_accuracy_km(from: &mut Reader<'_>) -> Result<Option<u16>, Malformed> {
    match from.number::<u32>()? {
        0 => Ok(None),
        more => u16::try_from(more - 1).map(Some).map_err(|_| Malformed::Impossible("accuracy")),
    }
}
