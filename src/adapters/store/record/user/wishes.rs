//! The part of a profile's stored form that is about the person: how they are written to, and what they asked for.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        privacy::processing::{Mode, Processing},
        user::contact::Contact,
    },
};

/// Flags: address, language, time zone, when that was told, minimal, restricted, reason, since; these, without the modes.
pub fn write_wishes(out: &mut Writer, contact: &Contact, processing: &Processing) {
    out.flags(&[
        contact.email.is_some(),
        contact.locale.is_some(),
        contact.time_zone.is_some(),
        contact.told_at.is_some(),
        processing.mode == Mode::Minimal,
        processing.mode == Mode::Restricted,
        processing.reason.is_some(),
        processing.since.is_some(),
    ]);
    for text in [&contact.email, &contact.locale, &contact.time_zone].into_iter().flatten() {
        out.text(text);
    }
    if let Some(told_at) = contact.told_at {
        out.time(told_at);
    }
    if let Some(reason) = &processing.reason {
        out.text(reason);
    }
    if let Some(since) = processing.since {
        out.time(since);
    }
}

/// Reads [`write_wishes`]'s form.
///
/// # Errors
/// The record is malformed.
pub fn read_wishes(from: &mut Reader<'_>) -> Result<(Contact, Processing), Malformed> {
    let [email, locale, time_zone, told_at, minimal, restricted, reason, since] = from.flags()?;
    let contact = Contact {
        email: from.when(email, Reader::text)?,
        locale: from.when(locale, Reader::text)?,
        time_zone: from.when(time_zone, Reader::text)?,
        told_at: from.when(told_at, Reader::time)?,
    };
    let mode = read_mode(minimal, restricted)?;
    let processing =
        Processing { mode, reason: from.when(reason, Reader::text)?, since: from.when(since, Reader::time)? };
    Ok((contact, processing))
}

/// Reads two flags that say how much may be used.
///
/// # Errors
/// Both are set.
pub fn read_mode(minimal: bool, restricted: bool) -> Result<Mode, Malformed> {
    match (minimal, restricted) {
        (false, false) => Ok(Mode::Full),
        (true, false) => Ok(Mode::Minimal),
        (false, true) => Ok(Mode::Restricted),
        (true, true) => Err(Malformed::Impossible("processing mode")),
    }
}
