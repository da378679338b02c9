//! The stored form of a profile, read and written at every login and therefore small.
//!
//! Form 1, in order:
//! - flags: first login, last place; the number of logins; the time of the first login
//! - devices, each: id (8 bytes); flags: confirmed, denied, alert, scripted, traits name another browser or system than
//!   the agent; agent; the traits' browser and system if they differ; fingerprint (16); attributes; address (8) and
//!   prefix (8) hashes; ASN; country (2); first and last seen; logins; alert (16)
//! - countries, each: two letters, last seen, logins
//! - networks, each: ASN, prefix (8), last seen
//! - the last place: time, point, 0 or accuracy + 1, prefix (8), ASN
//! - times of recent alerts and of recent failures
//!
//! Attributes are 7 bytes that give two bits to each of the 28, the lowest first: nothing (the attribute is not known),
//! or a value in 1, 2 or 4 bytes, low byte first. Then the values.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_agent, read_country, read_point, write_agent, write_point},
    },
    domain::{
        agent::{Browser, Os},
        attributes::{ATTRIBUTES, Attributes, NetworkTraits, Traits},
        device::{KnownDevice, Trust},
        ids::{AlertId, DeviceId},
        profile::{LastPlace, Profile, SeenCountry, SeenNetwork},
        time::Timestamp,
    },
};

const FORM: u8 = 1;
const WIDTHS_BYTES: usize = ATTRIBUTES.div_ceil(4);

/// The stored form of a profile.
#[must_use]
pub fn encode(profile: &Profile) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[profile.first_login_at.is_some(), profile.last_place.is_some()]);
    out.number(profile.logins);
    if let Some(first_login_at) = profile.first_login_at {
        out.time(first_login_at);
    }
    out.count(profile.devices.len());
    for device in &profile.devices {
        write_device(&mut out, device);
    }
    out.count(profile.countries.len());
    for seen in &profile.countries {
        out.raw(&seen.country.letters());
        out.time(seen.last_seen);
        out.number(seen.logins);
    }
    out.count(profile.networks.len());
    for seen in &profile.networks {
        out.number(seen.asn);
        out.raw(&seen.prefix.to_be_bytes());
        out.time(seen.last_seen);
    }
    if let Some(place) = &profile.last_place {
        write_last_place(&mut out, place);
    }
    for times in [&profile.recent_alerts, &profile.recent_failures] {
        out.count(times.len());
        for &time in times {
            out.time(time);
        }
    }
    out.finish()
}

/// Reads a profile in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a profile.
pub fn decode(bytes: &[u8]) -> Result<Profile, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [has_first_login, has_last_place] = from.flags()?;
    let profile = Profile {
        logins: from.number()?,
        first_login_at: from.when(has_first_login, Reader::time)?,
        devices: from.list(read_device)?,
        countries: from.list(read_seen_country)?,
        networks: from.list(read_seen_network)?,
        last_place: from.when(has_last_place, read_last_place)?,
        recent_alerts: from.list(Reader::time)?,
        recent_failures: from.list(Reader::time)?,
    };
    from.finish()?;
    Ok(profile)
}

fn write_device(out: &mut Writer, device: &KnownDevice) {
    let traits = &device.traits;
    let differs = (traits.browser, traits.os) != (device.agent.browser, device.agent.os);
    out.raw(&device.id.0);
    out.flags(&[
        device.trust == Trust::Confirmed,
        device.trust == Trust::Denied,
        device.alert.is_some(),
        traits.scripted,
        differs,
    ]);
    write_agent(out, &device.agent);
    if differs {
        out.raw(&[traits.browser.code(), traits.os.code()]);
    }
    out.raw(&traits.fingerprint);
    write_attributes(out, &traits.attributes);
    out.raw(&traits.network.address.to_be_bytes());
    out.raw(&traits.network.prefix.to_be_bytes());
    out.number(traits.network.asn);
    out.raw(&traits.network.country);
    out.time(device.first_seen);
    out.time(device.last_seen);
    out.number(device.logins);
    if let Some(alert) = device.alert {
        out.raw(&alert.0);
    }
}

fn read_device(from: &mut Reader<'_>) -> Result<KnownDevice, Malformed> {
    let id = DeviceId(from.raw()?);
    let [confirmed, denied, has_alert, scripted, differs] = from.flags()?;
    let trust = match (confirmed, denied) {
        (false, false) => Trust::Unconfirmed,
        (true, false) => Trust::Confirmed,
        (false, true) => Trust::Denied,
        (true, true) => return Err(Malformed::Impossible("trust")),
    };
    let agent = read_agent(from)?;
    let other = from.when(differs, Reader::raw::<2>)?;
    let (browser, os) =
        other.map_or((agent.browser, agent.os), |[browser, os]| (Browser::from_code(browser), Os::from_code(os)));
    let traits = Traits {
        fingerprint: from.raw()?,
        browser,
        os,
        scripted,
        attributes: read_attributes(from)?,
        network: NetworkTraits {
            address: u64::from_be_bytes(from.raw()?),
            prefix: u64::from_be_bytes(from.raw()?),
            asn: from.number()?,
            country: from.raw()?,
        },
    };
    let (first_seen, last_seen): (Timestamp, Timestamp) = (from.time()?, from.time()?);
    let logins = from.number()?;
    let alert = from.when(has_alert, Reader::raw)?.map(AlertId);
    Ok(KnownDevice { id, agent, traits, first_seen, last_seen, logins, trust, alert })
}

fn write_attributes(out: &mut Writer, attributes: &Attributes) {
    let mut widths = [0_u8; WIDTHS_BYTES];
    let mut values = Vec::with_capacity(ATTRIBUTES * 4);
    for (at, &value) in attributes.0.iter().enumerate() {
        let (width, length) = match value {
            0 => (0, 0),
            1..=0xFF => (1, 1),
            0x100..=0xFFFF => (2, 2),
            _ => (3, 4),
        };
        widths[at / 4] |= width << (at % 4 * 2);
        values.extend_from_slice(&value.to_le_bytes()[..length]);
    }
    out.raw(&widths);
    out.raw(&values);
}

fn read_attributes(from: &mut Reader<'_>) -> Result<Attributes, Malformed> {
    let widths = from.raw::<WIDTHS_BYTES>()?;
    let mut attributes = Attributes::default();
    for (at, value) in attributes.0.iter_mut().enumerate() {
        *value = match widths[at / 4] >> (at % 4 * 2) & 3 {
            0 => 0,
            1 => u32::from(from.byte()?),
            2 => u32::from(u16::from_le_bytes(from.raw()?)),
            _ => u32::from_le_bytes(from.raw()?),
        };
    }
    Ok(attributes)
}

fn read_seen_country(from: &mut Reader<'_>) -> Result<SeenCountry, Malformed> {
    Ok(SeenCountry { country: read_country(from)?, last_seen: from.time()?, logins: from.number()? })
}

fn read_seen_network(from: &mut Reader<'_>) -> Result<SeenNetwork, Malformed> {
    Ok(SeenNetwork { asn: from.number()?, prefix: u64::from_be_bytes(from.raw()?), last_seen: from.time()? })
}

fn write_last_place(out: &mut Writer, place: &LastPlace) {
    out.time(place.at);
    write_point(out, place.point);
    out.number(place.accuracy_km.map_or(0, |it| u32::from(it) + 1));
    out.raw(&place.prefix.to_be_bytes());
    out.number(place.asn);
}

fn read_last_place(from: &mut Reader<'_>) -> Result<LastPlace, Malformed> {
    let (at, point) = (from.time()?, read_point(from)?);
    let accuracy_km = match from.number::<u32>()? {
        0 => None,
        more => Some(u16::try_from(more - 1).map_err(|_| Malformed::Impossible("accuracy"))?),
    };
    Ok(LastPlace { at, point, accuracy_km, prefix: u64::from_be_bytes(from.raw()?), asn: from.number()? })
}
