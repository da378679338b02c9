//! Form 1 of a profile, which is read and no longer written.
//!
//! It is form 2 but for these: attributes were 28 numbers of 32 bits, in 7 bytes that give two bits to each (nothing, or a
//! value in 1, 2 or 4 bytes) and the values; fingerprints had 16 bytes, and were of a canonical form that is no longer
//! made; hashes of addresses and of their prefixes had 8; a point was two fractions of 8 bytes; and there were no
//! sketches and no earlier values.
//!
//! What cannot be compared with what is seen today is read as not known, and learned anew at the next login. The rest is
//! enough to recognize every device: a change of form alarms nobody.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader},
        parts::{read_accuracy_km, read_agent, read_asn, read_origin, read_point, read_seen_country},
        user::device::read_trust,
    },
    domain::{
        agent::{Browser, Os},
        browser::{
            attributes::{Attribute, Attributes, NetworkTraits, Traits},
            extraction::{mixed, packed},
        },
        ids::{AlertId, DeviceId},
        user::{
            device::KnownDevice,
            profile::{LastPlace, Profile, SeenNetwork},
        },
    },
};

/// The number of the form.
pub const FORM: u8 = 1;
/// How many attributes there were.
const ATTRIBUTES: usize = 28;
const WIDTHS_BYTES: usize = ATTRIBUTES.div_ceil(4);

/// Reads what follows the form's number.
///
/// # Errors
/// The bytes are not the stored form of a profile.
pub fn read(from: &mut Reader<'_>) -> Result<Profile, Malformed> {
    let [has_first_login, has_last_place] = from.flags()?;
    Ok(Profile {
        logins: from.number()?,
        first_login_at: from.when(has_first_login, Reader::time)?,
        devices: from.list(read_device)?,
        countries: from.list(read_seen_country)?,
        networks: from.list(read_seen_network)?,
        last_place: from.when(has_last_place, read_last_place)?,
        recent_alerts: from.list(Reader::time)?,
        recent_failures: from.list(Reader::time)?,
        ..Profile::default()
    })
}

fn read_device(from: &mut Reader<'_>) -> Result<KnownDevice, Malformed> {
    let id = DeviceId(from.raw()?);
    let [confirmed, denied, has_alert, scripted, differs] = from.flags()?;
    let trust = read_trust(confirmed, denied)?;
    let agent = read_agent(from)?;
    let other = from.when(differs, Reader::raw::<2>)?;
    let (browser, os) =
        other.map_or((agent.browser, agent.os), |[browser, os]| (Browser::from_code(browser), Os::from_code(os)));
    let _fingerprint = from.raw::<16>()?;
    let mut attributes = read_attributes(from)?;
    attributes.set(Attribute::BrowserVersion, packed(agent.browser_version));
    attributes.set(Attribute::OsVersion, packed(agent.os_version));
    let traits = Traits {
        browser,
        os,
        scripted,
        attributes,
        network: NetworkTraits { address: read_short(from)?, prefix: read_short(from)?, origin: read_origin(from)? },
        ..Traits::default()
    };
    let (first_seen, last_seen) = (from.time()?, from.time()?);
    let logins = from.number()?;
    let alert = from.when(has_alert, Reader::raw)?.map(AlertId);
    Ok(KnownDevice { id, agent, traits, first_seen, last_seen, logins, trust, alert })
}

/// The first half of a hash of 8 bytes.
fn read_short(from: &mut Reader<'_>) -> Result<u32, Malformed> {
    let [a, b, c, d, ..] = from.raw::<8>()?;
    Ok(u32::from_be_bytes([a, b, c, d]))
}

fn read_attributes(from: &mut Reader<'_>) -> Result<Attributes, Malformed> {
    let widths = from.raw::<WIDTHS_BYTES>()?;
    let mut attributes = Attributes::default();
    for (at, attribute) in Attribute::ALL.into_iter().take(ATTRIBUTES).enumerate() {
        let value = match widths[at / 4] >> (at % 4 * 2) & 3 {
            0 => continue,
            1 => u32::from(from.byte()?),
            2 => u32::from(u16::from_le_bytes(from.raw()?)),
            _ => u32::from_le_bytes(from.raw()?),
        };
        match attribute {
            // The header's first language stood here. It is now with the script's, which wins where it is told.
            Attribute::AcceptLanguage => {
                if attributes.get(Attribute::Languages) == 0 {
                    attributes.set(Attribute::Languages, hash(value));
                }
            }
            other => attributes.set(other, upgraded(other, value)),
        }
    }
    Ok(attributes)
}

/// The value that the same browser has today; 0 where that cannot be told: versions are the agent's, and the rest is hashed
/// otherwise or from other bytes.
fn upgraded(attribute: Attribute, value: u32) -> u16 {
    match attribute {
        Attribute::ScreenResolution => mixed(value),
        Attribute::PixelRatio
        | Attribute::ColorDepth
        | Attribute::Hdr
        | Attribute::HardwareConcurrency
        | Attribute::DeviceMemory
        | Attribute::Touch
        | Attribute::DoNotTrack => u16::try_from(value).unwrap_or(u16::MAX),
        Attribute::GpuVendor
        | Attribute::GpuRenderer
        | Attribute::Audio
        | Attribute::Languages
        | Attribute::TimeZone => hash(value),
        _ => 0,
    }
}

/// Today's hashes are the last 16 bits of yesterday's.
fn hash(value: u32) -> u16 {
    let [_, _, a, b] = value.to_be_bytes();
    u16::from_be_bytes([a, b]).max(1)
}

fn read_seen_network(from: &mut Reader<'_>) -> Result<SeenNetwork, Malformed> {
    Ok(SeenNetwork { asn: read_asn(from)?, prefix: read_short(from)?, last_seen: from.time()?.whole_hour() })
}

fn read_last_place(from: &mut Reader<'_>) -> Result<LastPlace, Malformed> {
    let (at, point) = (from.time()?, read_point(from)?.rounded());
    let accuracy_km = read_accuracy_km(from)?;
    Ok(LastPlace { at, point, accuracy_km, prefix: read_short(from)?, asn: read_asn(from)? })
}
