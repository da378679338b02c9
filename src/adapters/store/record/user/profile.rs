//! The stored form of a profile, read and written at every login and therefore small: three devices as a script leaves
//! them take some 350 bytes.
//!
//! Form 4, in order:
//! - flags: first login, last place; the number of logins; the time of the first login
//! - [devices](crate::adapters::store::record::user::device)
//! - countries, each: two letters, last seen, logins
//! - networks, each: ASN and hour of the last login, both as the difference from the network before, and prefix (4)
//! - the last place: time, latitude and longitude in ten-thousandths of a degree, 0 or accuracy + 1, prefix (4), ASN
//! - times of recent alerts and of recent failures
//! - hours of the day: 3 bytes of flags, hour 0 in the lowest bit of the first, and the logins of each that has some
//! - [contact and processing](crate::adapters::store::record::user::wishes)
//!
//! Form 3 ended before the contact, form 2 before the hours.

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
        browser::attributes::Attributes,
        place::{Asn, POINT_STEPS, Point},
        time::{HOUR_MS, Timestamp},
        user::profile::{Hours, LastPlace, Profile, SeenNetwork},
    },
};

const FORM: u8 = 4;
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
    let mut before = Attributes::default();
    for device in &profile.devices {
        write_device(&mut out, device, &before);
        before = device.traits.attributes;
    }
    out.count(profile.countries.len());
    for seen in &profile.countries {
        out.raw(&seen.country.letters());
        out.time(seen.last_seen);
        out.number(seen.logins);
    }
    out.count(profile.networks.len());
    let mut before = (0, 0);
    for seen in &profile.networks {
        let now = (i64::from(seen.asn.map_or(0, Asn::get)), hours(seen.last_seen));
        out.signed(now.0 - before.0);
        out.signed(now.1 - before.1);
        out.raw(&seen.prefix.to_be_bytes());
        before = now;
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
        FORM => {
            let profile = read_with_hours(&mut from)?;
            let (contact, processing) = read_wishes(&mut from)?;
            Profile { contact, processing, ..profile }
        }
        FORM_WITHOUT_CONTACT => read_with_hours(&mut from)?,
        FORM_WITHOUT_HOURS => read(&mut from)?,
        profile_form_1::FORM => profile_form_1::read(&mut from)?,
        other => return Err(Malformed::UnknownForm(other)),
    };
    from.finish()?;
    Ok(profile)
}

fn read_with_hours(from: &mut Reader<'_>) -> Result<Profile, Malformed> {
    let profile = read(from)?;
    Ok(Profile { hours: read_hours(from)?, ..profile })
}

fn read(from: &mut Reader<'_>) -> Result<Profile, Malformed> {
    let [has_first_login, has_last_place] = from.flags()?;
    let mut before = Attributes::default();
    Ok(Profile {
        logins: from.number()?,
        first_login_at: from.when(has_first_login, Reader::time)?,
        devices: from.list(|from| {
            let device = read_device(from, &before)?;
            before = device.traits.attributes;
            Ok(device)
        })?,
        countries: from.list(read_seen_country)?,
        networks: read_networks(from)?,
        last_place: from.when(has_last_place, read_last_place)?,
        recent_alerts: from.list(Reader::time)?,
        recent_failures: from.list(Reader::time)?,
        ..Profile::default()
    })
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

fn read_networks(from: &mut Reader<'_>) -> Result<Vec<SeenNetwork>, Malformed> {
    let (mut asn, mut hour) = (0_i64, 0_i64);
    from.list(|from| {
        asn = asn.wrapping_add(from.signed()?);
        hour = hour.wrapping_add(from.signed()?);
        Ok(SeenNetwork {
            asn: Asn::new(u32::try_from(asn).map_err(|_| Malformed::Impossible("autonomous system"))?),
            prefix: u32::from_be_bytes(from.raw()?),
            last_seen: Timestamp::from_unix_ms(hour.saturating_mul(HOUR_MS)),
        })
    })
}

const fn hours(time: Timestamp) -> i64 {
    time.unix_ms().div_euclid(HOUR_MS)
}

fn write_last_place(out: &mut Writer, place: &LastPlace) {
    out.time(place.at);
    for degrees in [place.point.latitude, place.point.longitude] {
        out.signed(steps(degrees));
    }
    out.number(place.accuracy_km.map_or(0, |it| u32::from(it) + 1));
    out.raw(&place.prefix.to_be_bytes());
    write_asn(out, place.asn);
}

fn read_last_place(from: &mut Reader<'_>) -> Result<LastPlace, Malformed> {
    let at = from.time()?;
    let point = Point { latitude: degrees(from.signed()?), longitude: degrees(from.signed()?) };
    let accuracy_km = read_accuracy_km(from)?;
    Ok(LastPlace { at, point, accuracy_km, prefix: u32::from_be_bytes(from.raw()?), asn: read_asn(from)? })
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
