//! The stored form of an alert: what never changes about it. What changes, its delivery, is kept beside it in a form that
//! each store can change in place.
//!
//! Form 2, in order: id (16 bytes); tenant; user; login (16); device (8); flags: new device, place, method, locale, time
//! zone, city; level; reasons; created, occurred; address; browser and system; of the place its country (2), the country's
//! English name, and the city; method; locale; time zone.
//!
//! Form 1 had no city: after the country, which it had with every place, came one text, `City, Country` or `Country`.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        evidence::read_signal_kind,
        parts::{read_country, read_kept_address, read_tenant, read_user, write_kept_address},
    },
    domain::{
        agent::{Browser, Os},
        alert::alert::Alert,
        ids::{AlertId, DeviceId, LoginId},
        place::NamedPlace,
        policy::policy::Level,
    },
};

const FORM: u8 = 2;
/// The one country in the databases of places whose English name has a comma.
const NAME_WITH_COMMA: &str = "Bonaire, Sint Eustatius, and Saba";

/// The stored form of an alert.
#[must_use]
pub fn encode(alert: &Alert) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&alert.id.0);
    out.text(alert.tenant.as_str());
    out.text(alert.user.as_str());
    out.raw(&alert.login.0);
    out.raw(&alert.device.0);
    out.flags(&[
        alert.new_device,
        alert.place.is_some(),
        alert.method.is_some(),
        alert.locale.is_some(),
        alert.time_zone.is_some(),
        alert.place.as_ref().is_some_and(|place| place.city.is_some()),
    ]);
    out.member(&Level::ALL, &alert.level);
    out.count(alert.reasons.len());
    for &reason in &alert.reasons {
        out.byte(reason as u8);
    }
    out.time(alert.created_at);
    out.time(alert.occurred_at);
    write_kept_address(&mut out, alert.ip);
    out.raw(&[alert.browser.code(), alert.os.code()]);
    if let Some(place) = &alert.place {
        out.raw(&place.country.letters());
        out.text(&place.country_name);
        place.city.iter().for_each(|city| out.text(city));
    }
    for text in [&alert.method, &alert.locale, &alert.time_zone].into_iter().flatten() {
        out.text(text);
    }
    out.finish()
}

/// Reads an alert in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an alert.
pub fn decode(bytes: &[u8]) -> Result<Alert, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if !(1..=FORM).contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let id = AlertId(from.raw()?);
    let (tenant, user) = (read_tenant(&mut from)?, read_user(&mut from)?);
    let (login, device) = (LoginId(from.raw()?), DeviceId(from.raw()?));
    let [new_device, has_place, has_method, has_locale, has_time_zone, has_city] = match form {
        1 => {
            let [new_device, has_country, has_method, has_locale, has_time_zone] = from.flags()?;
            [new_device, has_country, has_method, has_locale, has_time_zone, false]
        }
        _ => from.flags()?,
    };
    let (level, reasons) = (from.member(&Level::ALL)?, from.list(read_signal_kind)?);
    let (created_at, occurred_at) = (from.time()?, from.time()?);
    let ip = read_kept_address(&mut from)?;
    let [browser, os] = from.raw()?;
    let alert = Alert {
        id,
        tenant,
        user,
        login,
        device,
        new_device,
        level,
        reasons,
        occurred_at,
        created_at,
        ip,
        browser: Browser::from_code(browser),
        os: Os::from_code(os),
        place: match form {
            1 => read_place_of_form_1(&mut from, has_place)?,
            _ => from.when(has_place, |from| read_place(from, has_city))?,
        },
        method: from.when(has_method, Reader::text)?,
        locale: from.when(has_locale, Reader::text)?,
        time_zone: from.when(has_time_zone, Reader::text)?,
    };
    from.finish()?;
    Ok(alert)
}

fn read_place(from: &mut Reader<'_>, has_city: bool) -> Result<NamedPlace, Malformed> {
    Ok(NamedPlace {
        country: read_country(from)?,
        country_name: from.text()?,
        city: from.when(has_city, Reader::text)?,
    })
}

/// A text stood there even if there was no place, and was empty then.
fn read_place_of_form_1(from: &mut Reader<'_>, has_country: bool) -> Result<Option<NamedPlace>, Malformed> {
    let (country, text) = (from.when(has_country, read_country)?, from.text()?);
    let (city, country_name) = match text.strip_suffix(NAME_WITH_COMMA) {
        Some(city) => (city.trim_end_matches(", "), NAME_WITH_COMMA),
        None => text.rsplit_once(", ").unwrap_or(("", text.as_str())),
    };
    let (country_name, city) = (country_name.to_owned(), Some(city.to_owned()).filter(|city| !city.is_empty()));
    Ok(country.map(|country| NamedPlace { country, country_name, city }))
}
