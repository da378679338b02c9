//! The part of a profile's stored form that is one known device.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_agent, read_origin, write_agent, write_origin},
    },
    domain::{
        agent::{Agent, Browser, Os},
        browser::{
            attributes::{ATTRIBUTES, Attribute, Attributes, Earlier, NetworkTraits, Sketches, Traits},
            extraction::packed,
            sketch::Sketch,
        },
        ids::{AlertId, DeviceId},
        user::device::{KnownDevice, Trust},
    },
};

/// Two bits an attribute.
const CODES_BYTES: usize = ATTRIBUTES.div_ceil(4);
/// The attribute is not known.
const UNKNOWN: u8 = 0;
/// A value of one byte.
const SHORT: u8 = 1;
/// A value of two bytes.
const LONG: u8 = 2;
/// The value that is expected: of a version that of the agent, of anything else that of the device before.
const EXPECTED: u8 = 3;

/// Id (8 bytes); flags: confirmed, denied, alert, scripted, traits name another browser or system than the agent, earlier
/// values, the three sketches, and the network of the device before; agent; the traits' browser and system if they differ; fingerprint (8);
/// attributes; sketches (4 each); address (4) hash; unless it is the network of the device before, prefix (4) hash, ASN and country (2);
/// earlier values; first and last seen; logins; alert (16). Before form 5 of a profile each device had its network.
///
/// Attributes are 10 bytes that give two bits to each of the 40, the lowest first: not known, a value in one byte, a value
/// in two, or the expected value. Then the values, low byte first. `before` are the traits of the device written before this one: one
/// user's devices have much in common.
pub fn write_device(out: &mut Writer, device: &KnownDevice, before: &Traits) {
    let traits = &device.traits;
    let network_of = |it: &Traits| (it.network.prefix, it.network.origin);
    let is_same_network = network_of(traits) == network_of(before);
    let differs = (traits.browser, traits.os) != (device.agent.browser, device.agent.os);
    let sketches = [traits.sketches.fonts, traits.sketches.plugins, traits.sketches.extensions];
    let [fonts, plugins, extensions] = sketches.map(|it| it != Sketch::default());
    out.raw(&device.id.0);
    out.flags(&[
        device.trust == Trust::Confirmed,
        device.trust == Trust::Denied,
        device.alert.is_some(),
        traits.scripted,
        differs,
        !traits.earlier.is_empty(),
        fonts,
        plugins,
        extensions,
        is_same_network,
    ]);
    write_agent(out, &device.agent);
    if differs {
        out.raw(&[traits.browser.code(), traits.os.code()]);
    }
    out.raw(&traits.fingerprint.to_be_bytes());
    write_attributes(out, &traits.attributes, &expected(&device.agent, &before.attributes));
    sketches.iter().filter(|it| **it != Sketch::default()).for_each(|it| out.raw(&it.0.to_be_bytes()));
    out.raw(&traits.network.address.to_be_bytes());
    if !is_same_network {
        out.raw(&traits.network.prefix.to_be_bytes());
        write_origin(out, traits.network.origin);
    }
    if !traits.earlier.is_empty() {
        out.count(traits.earlier.iter().count());
        for (attribute, value) in traits.earlier.iter() {
            out.byte(attribute);
            out.raw(&value.to_le_bytes());
        }
    }
    out.time(device.first_seen);
    out.time(device.last_seen);
    out.number(device.logins);
    if let Some(alert) = device.alert {
        out.raw(&alert.0);
    }
}

/// Reads [`write_device`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_device(from: &mut Reader<'_>, before: &Traits) -> Result<KnownDevice, Malformed> {
    let id = DeviceId(from.raw()?);
    let [confirmed, denied, has_alert, scripted, differs, has_earlier, fonts, plugins, extensions, is_same_network] =
        from.flags()?;
    let trust = read_trust(confirmed, denied)?;
    let agent = read_agent(from)?;
    let other = from.when(differs, Reader::raw::<2>)?;
    let (browser, os) =
        other.map_or((agent.browser, agent.os), |[browser, os]| (Browser::from_code(browser), Os::from_code(os)));
    let traits = Traits {
        fingerprint: u64::from_be_bytes(from.raw()?),
        browser,
        os,
        scripted,
        attributes: read_attributes(from, &expected(&agent, &before.attributes))?,
        sketches: Sketches {
            fonts: from.when(fonts, read_sketch)?.unwrap_or_default(),
            plugins: from.when(plugins, read_sketch)?.unwrap_or_default(),
            extensions: from.when(extensions, read_sketch)?.unwrap_or_default(),
        },
        network: read_network(from, is_same_network.then_some(before.network))?,
        earlier: from.when(has_earlier, read_earlier)?.unwrap_or_default(),
    };
    let (first_seen, last_seen) = (from.time()?, from.time()?);
    let logins = from.number()?;
    let alert = from.when(has_alert, Reader::raw)?.map(AlertId);
    Ok(KnownDevice { id, agent, traits, first_seen, last_seen, logins, trust, alert })
}

fn read_network(from: &mut Reader<'_>, same_as: Option<NetworkTraits>) -> Result<NetworkTraits, Malformed> {
    let address = u32::from_be_bytes(from.raw()?);
    match same_as {
        Some(before) => Ok(NetworkTraits { address, ..before }),
        None => Ok(NetworkTraits { address, prefix: u32::from_be_bytes(from.raw()?), origin: read_origin(from)? }),
    }
}

/// Reads two flags that say what the user said.
///
/// # Errors
/// Both are set.
pub fn read_trust(confirmed: bool, denied: bool) -> Result<Trust, Malformed> {
    match (confirmed, denied) {
        (false, false) => Ok(Trust::Unconfirmed),
        (true, false) => Ok(Trust::Confirmed),
        (false, true) => Ok(Trust::Denied),
        (true, true) => Err(Malformed::Impossible("trust")),
    }
}

fn expected(agent: &Agent, before: &Attributes) -> Attributes {
    let mut expected = *before;
    expected.set(Attribute::BrowserVersion, packed(agent.browser_version));
    expected.set(Attribute::OsVersion, packed(agent.os_version));
    expected
}

/// Writes attributes, each as it is or as the expected one.
pub fn write_attributes(out: &mut Writer, attributes: &Attributes, expected: &Attributes) {
    let mut codes = [0_u8; CODES_BYTES];
    let mut values = Vec::with_capacity(ATTRIBUTES * 2);
    for (at, (&value, &expected)) in attributes.0.iter().zip(&expected.0).enumerate() {
        let (code, length) = match value {
            0 => (UNKNOWN, 0),
            _ if value == expected => (EXPECTED, 0),
            1..=0xFF => (SHORT, 1),
            _ => (LONG, 2),
        };
        codes[at / 4] |= code << (at % 4 * 2);
        values.extend_from_slice(&value.to_le_bytes()[..length]);
    }
    out.raw(&codes);
    out.raw(&values);
}

/// Reads [`write_attributes`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_attributes(from: &mut Reader<'_>, expected: &Attributes) -> Result<Attributes, Malformed> {
    let codes = from.raw::<CODES_BYTES>()?;
    let mut attributes = Attributes::default();
    for (at, value) in attributes.0.iter_mut().enumerate() {
        *value = match codes[at / 4] >> (at % 4 * 2) & 3 {
            UNKNOWN => 0,
            SHORT => u16::from(from.byte()?),
            LONG => u16::from_le_bytes(from.raw()?),
            _ => expected.0[at],
        };
    }
    Ok(attributes)
}

/// Reads the four bytes of a sketch.
///
/// # Errors
/// The record is malformed.
pub fn read_sketch(from: &mut Reader<'_>) -> Result<Sketch, Malformed> {
    Ok(Sketch(u32::from_be_bytes(from.raw()?)))
}

fn read_earlier(from: &mut Reader<'_>) -> Result<Earlier, Malformed> {
    let values = from.list(|from| Ok((from.byte()?, u16::from_le_bytes(from.raw()?))))?;
    let mut earlier = Earlier::default();
    for (number, value) in values {
        let attribute = Attribute::ALL.get(usize::from(number)).ok_or(Malformed::Impossible("attribute"))?;
        earlier.remember(*attribute, value);
    }
    Ok(earlier)
}
