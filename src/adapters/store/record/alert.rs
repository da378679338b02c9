//! The stored form of an alert: what never changes about it. What changes, its delivery, is kept beside it in a form that
//! each store can change in place.
//!
//! Form 1, in order: id (16 bytes); tenant; user; login (16); device (8); flags: new device, country, method, locale, time
//! zone; level; reasons; created, occurred; address; browser and system; country (2); place's name; method; locale; time
//! zone.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        evidence::read_signal_kind,
        parts::{read_address, read_country, read_tenant, read_user, write_address},
    },
    domain::{
        agent::{Browser, Os},
        alert::alert::Alert,
        ids::{AlertId, DeviceId, LoginId},
        policy::policy::Level,
    },
};

const FORM: u8 = 1;

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
        alert.country.is_some(),
        alert.method.is_some(),
        alert.locale.is_some(),
        alert.time_zone.is_some(),
    ]);
    out.member(&Level::ALL, &alert.level);
    out.count(alert.reasons.len());
    for &reason in &alert.reasons {
        out.byte(reason as u8);
    }
    out.time(alert.created_at);
    out.time(alert.occurred_at);
    write_address(&mut out, alert.ip);
    out.raw(&[alert.browser.code(), alert.os.code()]);
    if let Some(country) = alert.country {
        out.raw(&country.letters());
    }
    out.text(&alert.place_name);
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
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let id = AlertId(from.raw()?);
    let (tenant, user) = (read_tenant(&mut from)?, read_user(&mut from)?);
    let (login, device) = (LoginId(from.raw()?), DeviceId(from.raw()?));
    let [new_device, has_country, has_method, has_locale, has_time_zone] = from.flags()?;
    let (level, reasons) = (from.member(&Level::ALL)?, from.list(read_signal_kind)?);
    let (created_at, occurred_at) = (from.time()?, from.time()?);
    let ip = read_address(&mut from)?;
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
        country: from.when(has_country, read_country)?,
        place_name: from.text()?,
        method: from.when(has_method, Reader::text)?,
        locale: from.when(has_locale, Reader::text)?,
        time_zone: from.when(has_time_zone, Reader::text)?,
    };
    from.finish()?;
    Ok(alert)
}
