//! The stored form of a login.
//!
//! Form 6, in order: id (16 bytes); tenant; user; received, occurred; flags: failure, method, session, place, network,
//! alert, suppressed, evidence; method; session; address; fingerprint (32); place; network (ASN, name); verdict on the
//! device; assessment; advice; alert (16) and why it was suppressed; evidence; flags: use of the address, policy, minimal, restricted, e-mail
//! address; the first two (the policy's version in 8 bytes), and what the address is known by (8).
//!
//! A place: two letters; flags: region, city, point, accuracy, time zone, and whether the country is called as in
//! [`country_names`](crate::domain::country_names), which must not change therefore; else its name; those of the flags. Fractions are short.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        evidence::{
            ReadFraction, read_assessment, read_evidence, read_old_evidence, read_verdict, write_assessment,
            write_evidence, write_verdict,
        },
        parts::{read_country, read_kept_address, read_point, read_tenant, read_user, write_kept_address},
        user::wishes::read_mode,
    },
    domain::{
        alert::alert::{AlertNote, Suppressed},
        browser::fingerprint::Fingerprint,
        country_names::country_name,
        history::login_record::LoginRecord,
        ids::{AlertId, ClueKey, LoginId},
        login::login::Outcome,
        place::{Network, NetworkUse, Place, Point, Whereabouts},
        policy::policy::PolicyVersion,
        privacy::processing::Mode,
        risk::assessment::Action,
    },
};

const FORM: u8 = 6;
/// Form 1 had 28 attributes in its evidence, which read as the first of today's; form 2 ended with the evidence; form 3 had
/// no flags of processing, and form 4 no e-mail address. Up to form 5 fractions had 8 bytes, every country its name, and all
/// evidence its device.
const FORMS: [u8; 6] = [1, 2, 3, 4, 5, FORM];
/// The first form with flags behind the evidence.
const FIRST_WITH_POLICY: u8 = 3;
/// The first form that is short.
const FIRST_SHORT: u8 = 6;

/// The stored form of a login.
#[must_use]
pub fn encode(login: &LoginRecord) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&login.id.0);
    out.text(login.tenant.as_str());
    out.text(login.user.as_str());
    out.time(login.received_at);
    out.time(login.occurred_at);
    let suppressed = login.alert.and_then(|it| it.suppressed);
    out.flags(&[
        login.outcome == Outcome::Failure,
        login.method.is_some(),
        login.session_id.is_some(),
        login.whereabouts.place.is_some(),
        login.whereabouts.network.is_some(),
        login.alert.is_some(),
        suppressed.is_some(),
        login.evidence.is_some(),
    ]);
    for text in [&login.method, &login.session_id].into_iter().flatten() {
        out.text(text);
    }
    write_kept_address(&mut out, login.ip);
    out.raw(&login.fingerprint.0);
    if let Some(place) = &login.whereabouts.place {
        write_place(&mut out, place);
    }
    if let Some(network) = &login.whereabouts.network {
        out.number(network.asn);
        out.text(&network.name);
    }
    write_verdict(&mut out, &login.device);
    write_assessment(&mut out, &login.assessment);
    out.member(&Action::ALL, &login.action);
    if let Some(alert) = login.alert {
        out.raw(&alert.id.0);
    }
    if let Some(reason) = suppressed {
        out.member(&Suppressed::ALL, &reason);
    }
    if let Some(evidence) = &login.evidence {
        write_evidence(&mut out, evidence, login.device.id);
    }
    out.flags(&[
        login.whereabouts.usage.is_some(),
        login.policy.is_some(),
        login.processing == Mode::Minimal,
        login.processing == Mode::Restricted,
        login.email.is_some(),
    ]);
    if let Some(usage) = login.whereabouts.usage {
        out.member(&NetworkUse::ALL, &usage);
    }
    if let Some(policy) = login.policy {
        out.raw(&policy.0);
    }
    if let Some(email) = login.email {
        out.raw(&email.0);
    }
    out.finish()
}

/// Reads a login in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a login.
pub fn decode(bytes: &[u8]) -> Result<LoginRecord, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if !FORMS.contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let id = LoginId(from.raw()?);
    let (tenant, user) = (read_tenant(&mut from)?, read_user(&mut from)?);
    let (received_at, occurred_at) = (from.time()?, from.time()?);
    let is_short = form >= FIRST_SHORT;
    let fraction: ReadFraction<'_> = if is_short { Reader::short_fraction } else { Reader::fraction };
    let place = if is_short { read_place } else { read_old_place };
    let [failure, has_method, has_session, has_place, has_network, has_alert, is_suppressed, has_evidence] =
        from.flags()?;
    let mut login = LoginRecord {
        id,
        tenant,
        user,
        occurred_at,
        received_at,
        outcome: if failure { Outcome::Failure } else { Outcome::Success },
        method: from.when(has_method, Reader::text)?,
        session_id: from.when(has_session, Reader::text)?,
        email: None,
        ip: read_kept_address(&mut from)?,
        fingerprint: Fingerprint(from.raw()?),
        whereabouts: Whereabouts {
            place: from.when(has_place, place)?,
            network: from.when(has_network, read_network)?,
            usage: None,
        },
        device: read_verdict(&mut from, fraction)?,
        assessment: read_assessment(&mut from, fraction)?,
        action: from.member(&Action::ALL)?,
        alert: read_alert_note(&mut from, has_alert, is_suppressed)?,
        evidence: None,
        policy: None,
        processing: Mode::Full,
    };
    let of_verdict = login.device.id;
    login.evidence = from
        .when(has_evidence, |from| if is_short { read_evidence(from, of_verdict) } else { read_old_evidence(from) })?;
    if form >= FIRST_WITH_POLICY {
        let [has_usage, has_policy, minimal, restricted, has_email] = from.flags()?;
        login.processing = read_mode(minimal, restricted)?;
        login.whereabouts.usage = from.when(has_usage, |from| from.member(&NetworkUse::ALL))?;
        login.policy = from.when(has_policy, Reader::raw)?.map(PolicyVersion);
        login.email = from.when(has_email, Reader::raw)?.map(ClueKey);
    }
    from.finish()?;
    Ok(login)
}

fn write_place(out: &mut Writer, place: &Place) {
    let is_usual = country_name(place.country).is_some_and(|it| it == place.country_name);
    out.raw(&place.country.letters());
    out.flags(&[
        place.region.is_some(),
        place.city.is_some(),
        place.point.is_some(),
        place.accuracy_km.is_some(),
        place.time_zone.is_some(),
        is_usual,
    ]);
    if !is_usual {
        out.text(&place.country_name);
    }
    for text in [&place.region, &place.city].into_iter().flatten() {
        out.text(text);
    }
    if let Some(point) = place.point {
        out.short_fraction(point.latitude);
        out.short_fraction(point.longitude);
    }
    if let Some(accuracy_km) = place.accuracy_km {
        out.number(accuracy_km);
    }
    if let Some(time_zone) = &place.time_zone {
        out.text(time_zone);
    }
}

fn read_place(from: &mut Reader<'_>) -> Result<Place, Malformed> {
    let country = read_country(from)?;
    let [has_region, has_city, has_point, has_accuracy, has_time_zone, is_usual] = from.flags()?;
    let usual = country_name(country).filter(|_| is_usual).map(str::to_owned);
    Ok(Place {
        country,
        country_name: match usual {
            Some(name) => name,
            None if is_usual => return Err(Malformed::Impossible("country")),
            None => from.text()?,
        },
        region: from.when(has_region, Reader::text)?,
        city: from.when(has_city, Reader::text)?,
        point: from.when(has_point, |from| {
            Ok(Point { latitude: from.short_fraction()?, longitude: from.short_fraction()? })
        })?,
        accuracy_km: from.when(has_accuracy, Reader::number)?,
        time_zone: from.when(has_time_zone, Reader::text)?,
    })
}

/// Of forms up to 5.
fn read_old_place(from: &mut Reader<'_>) -> Result<Place, Malformed> {
    let (country, country_name) = (read_country(from)?, from.text()?);
    let [has_region, has_city, has_point, has_accuracy, has_time_zone] = from.flags()?;
    Ok(Place {
        country,
        country_name,
        region: from.when(has_region, Reader::text)?,
        city: from.when(has_city, Reader::text)?,
        point: from.when(has_point, read_point)?,
        accuracy_km: from.when(has_accuracy, Reader::number)?,
        time_zone: from.when(has_time_zone, Reader::text)?,
    })
}

fn read_network(from: &mut Reader<'_>) -> Result<Network, Malformed> {
    Ok(Network { asn: from.number()?, name: from.text()? })
}

fn read_alert_note(
    from: &mut Reader<'_>,
    has_alert: bool,
    is_suppressed: bool,
) -> Result<Option<AlertNote>, Malformed> {
    if is_suppressed && !has_alert {
        return Err(Malformed::Impossible("alert"));
    }
    let id = from.when(has_alert, Reader::raw)?.map(AlertId);
    let suppressed = from.when(is_suppressed, |it| it.member(&Suppressed::ALL))?;
    Ok(id.map(|id| AlertNote { id, suppressed }))
}
