//! The stored form of a profile, read and written at every login and therefore small: three devices as a script leaves
//! them take some 330 bytes.
//!
//! Form 5, in order:
//! - flags: first login, last place; the number of logins; the time of the first login
//! - [devices](crate::adapters::store::record::user::device)
//! - countries, each: two letters, last seen, logins
//! - networks, each: 0, or the place in the list, from 1, of a device with this prefix and ASN; hour of the last login, as the
//!   difference from the network before; after 0 prefix (4) and ASN
//! - the last place: time, latitude and longitude in ten-thousandths of a degree, 0 or accuracy + 1; 0, prefix (4) and ASN, or the
//!   place in the list, from 1, of the network that has these
//! - times of recent alerts and of recent failures
//! - hours of the day: 3 bytes of flags, hour 0 in the lowest bit of the first, and the logins of each that has some
//! - [contact and processing](crate::adapters::store::record::user::wishes)
//!
//! Form 4 had each device's network with it, each network's ASN, as the difference from the network before, and hour and prefix, and
//! of the last place prefix and ASN. Form 3 ended before the contact, form 2 before the hours.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_accuracy_km, read_asn, read_seen_country, write_asn},
        user::{
            device::{read_device, write_device},
            profile_form_1,
            wishes::{read_wishes, write_wishes},
        },
    },
    domain::{
        browser::attributes::Traits,
        place::{Asn, POINT_STEPS, Point},
        time::{HOUR_MS, Timestamp},
        user::{
            device::KnownDevice,
            profile::{Hours, LastPlace, Profile, SeenNetwork},
        },
    },
};

const FORM: u8 = 5;
const FORM_WITHOUT_PLACES_IN_LISTS: u8 = 4;
const FORM_WITHOUT_CONTACT: u8 = 3;
const FORM_WITHOUT_HOURS: u8 = 2;

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
    let mut before = Traits::default();
    for device in &profile.devices {
        write_device(&mut out, device, &before);
        before = device.traits;
    }
    out.count(profile.countries.len());
    for seen in &profile.countries {
        out.raw(&seen.country.letters());
        out.time(seen.last_seen);
        out.number(seen.logins);
    }
    out.count(profile.networks.len());
    let mut hour_before = 0;
    for seen in &profile.networks {
        let is_there =
            |it: &KnownDevice| (it.traits.network.prefix, it.traits.network.origin.asn) == (seen.prefix, seen.asn);
        let place = place_of(&profile.devices, is_there);
        out.count(place);
        out.signed(hours(seen.last_seen) - hour_before);
        hour_before = hours(seen.last_seen);
        if place == 0 {
            out.raw(&seen.prefix.to_be_bytes());
            write_asn(&mut out, seen.asn);
        }
    }
    if let Some(place) = &profile.last_place {
        write_last_place(&mut out, place, &profile.networks);
    }
    for times in [&profile.recent_alerts, &profile.recent_failures] {
        out.count(times.len());
        for &time in times {
            out.time(time);
        }
    }
    write_hours(&mut out, &profile.hours);
    write_wishes(&mut out, &profile.contact, &profile.processing);
    out.finish()
}

/// Reads a profile in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a profile.
pub fn decode(bytes: &[u8]) -> Result<Profile, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    let profile = match form {
        FORM | FORM_WITHOUT_PLACES_IN_LISTS => {
            let profile = read_with_hours(&mut from, form)?;
            let (contact, processing) = read_wishes(&mut from)?;
            Profile { contact, processing, ..profile }
        }
        FORM_WITHOUT_CONTACT => read_with_hours(&mut from, form)?,
        FORM_WITHOUT_HOURS => read(&mut from, form)?,
        profile_form_1::FORM => profile_form_1::read(&mut from)?,
        other => return Err(Malformed::UnknownForm(other)),
    };
    from.finish()?;
    Ok(profile)
}

fn read_with_hours(from: &mut Reader<'_>, form: u8) -> Result<Profile, Malformed> {
    let profile = read(from, form)?;
    Ok(Profile { hours: read_hours(from)?, ..profile })
}

fn read(from: &mut Reader<'_>, form: u8) -> Result<Profile, Malformed> {
    let [has_first_login, has_last_place] = from.flags()?;
    let mut before = Traits::default();
    let mut profile = Profile {
        logins: from.number()?,
        first_login_at: from.when(has_first_login, Reader::time)?,
        devices: from.list(|from| {
            let device = read_device(from, &before)?;
            before = device.traits;
            Ok(device)
        })?,
        countries: from.list(read_seen_country)?,
        ..Profile::default()
    };
    if form == FORM {
        profile.networks = read_networks(from, &profile.devices)?;
        profile.last_place = from.when(has_last_place, |from| read_last_place(from, Some(&profile.networks)))?;
    } else {
        profile.networks = read_networks_of_form_4(from)?;
        profile.last_place = from.when(has_last_place, |from| read_last_place(from, None))?;
    }
    profile.recent_alerts = from.list(Reader::time)?;
    profile.recent_failures = from.list(Reader::time)?;
    Ok(profile)
}

/// Where in a list this is, from 1; 0 if it is not there.
fn place_of<T>(list: &[T], is_it: impl FnMut(&T) -> bool) -> usize {
    list.iter().position(is_it).map_or(0, |it| it + 1)
}

/// What is at such a place of a list; `None` if it was not there.
fn read_place<'a, T>(from: &mut Reader<'_>, list: &'a [T]) -> Result<Option<&'a T>, Malformed> {
    match from.number::<usize>()? {
        0 => Ok(None),
        place => list.get(place - 1).map(Some).ok_or(Malformed::Impossible("place in a list")),
    }
}

fn write_hours(out: &mut Writer, hours: &Hours) {
    let used = hours.0.map(|it| it > 0);
    used.chunks(8).for_each(|third| out.flags(third));
    hours.0.iter().filter(|it| **it > 0).for_each(|it| out.byte(*it));
}

fn read_hours(from: &mut Reader<'_>) -> Result<Hours, Malformed> {
    let used: [[bool; 8]; 3] = [from.flags()?, from.flags()?, from.flags()?];
    let mut hours = Hours::default();
    for (hour, _) in used.iter().flatten().enumerate().filter(|(_, used)| **used) {
        hours.0[hour] = match from.byte()? {
            it @ 1..=Hours::MOST => it,
            _ => return Err(Malformed::Impossible("hour of the day")),
        };
    }
    Ok(hours)
}

fn read_networks(from: &mut Reader<'_>, devices: &[KnownDevice]) -> Result<Vec<SeenNetwork>, Malformed> {
    let mut hour = 0_i64;
    from.list(|from| {
        let device = read_place(from, devices)?;
        hour = hour.wrapping_add(from.signed()?);
        let (prefix, asn) = match device {
            Some(device) => (device.traits.network.prefix, device.traits.network.origin.asn),
            None => (u32::from_be_bytes(from.raw()?), read_asn(from)?),
        };
        Ok(SeenNetwork { asn, prefix, last_seen: at_hour(hour) })
    })
}

fn read_networks_of_form_4(from: &mut Reader<'_>) -> Result<Vec<SeenNetwork>, Malformed> {
    let (mut asn, mut hour) = (0_i64, 0_i64);
    from.list(|from| {
        asn = asn.wrapping_add(from.signed()?);
        hour = hour.wrapping_add(from.signed()?);
        Ok(SeenNetwork {
            asn: Asn::new(u32::try_from(asn).map_err(|_| Malformed::Impossible("autonomous system"))?),
            prefix: u32::from_be_bytes(from.raw()?),
            last_seen: at_hour(hour),
        })
    })
}

const fn at_hour(hour: i64) -> Timestamp {
    Timestamp::from_unix_ms(hour.saturating_mul(HOUR_MS))
}

const fn hours(time: Timestamp) -> i64 {
    time.unix_ms().div_euclid(HOUR_MS)
}

fn write_last_place(out: &mut Writer, place: &LastPlace, networks: &[SeenNetwork]) {
    out.time(place.at);
    for degrees in [place.point.latitude, place.point.longitude] {
        out.signed(steps(degrees));
    }
    out.number(place.accuracy_km.map_or(0, |it| u32::from(it) + 1));
    let network = place_of(networks, |it| (it.prefix, it.asn) == (place.prefix, place.asn));
    out.count(network);
    if network == 0 {
        out.raw(&place.prefix.to_be_bytes());
        write_asn(out, place.asn);
    }
}

/// Before form 5, no place among networks was written.
fn read_last_place(from: &mut Reader<'_>, networks: Option<&[SeenNetwork]>) -> Result<LastPlace, Malformed> {
    let at = from.time()?;
    let point = Point { latitude: degrees(from.signed()?), longitude: degrees(from.signed()?) };
    let accuracy_km = read_accuracy_km(from)?;
    let network = networks.map(|it| read_place(from, it)).transpose()?.flatten();
    let (prefix, asn) = match network {
        Some(network) => (network.prefix, network.asn),
        None => (u32::from_be_bytes(from.raw()?), read_asn(from)?),
    };
    Ok(LastPlace { at, point, accuracy_km, prefix, asn })
}

/// Places are learned [rounded](Point::rounded) to these steps, so that nothing is lost here.
#[expect(clippy::cast_possible_truncation, reason = "degrees are few, and a float is cut at the ends of the range")]
fn steps(degrees: f64) -> i64 {
    (degrees * POINT_STEPS).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "degrees are few")]
fn degrees(steps: i64) -> f64 {
    steps as f64 / POINT_STEPS
}
