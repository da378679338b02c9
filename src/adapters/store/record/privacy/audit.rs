//! The stored form of an entry of the audit, and of where a chain begins.
//!
//! An entry, form 1, in order: flags: kind, user, detail; number; tenant; time; actor, by its place in `key`,
//! `operator`, `cli`, `system`, and its name; action, outcome and kind, each by its place in its list; user (16 bytes of
//! hash, 1 of partition); hash of the detail (16 bytes), hash (32 bytes). What follows names a person, and is sealed in a store: flags: user, id,
//! query, purpose; each of them as a text.
//!
//! A beginning, form 1: number, hash (32 bytes), signature (16 bytes).

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_tenant, read_user},
    },
    domain::{
        ids::{Partition, UserKey},
        privacy::{
            audit::{Action, Actor, AuditDetail, AuditEvent, Outcome, SubjectKind},
            chain::{AuditBase, AuditEntry, AuditHead},
        },
    },
};

const FORM: u8 = 1;
const BASE_FORM: u8 = 1;

/// The stored form of an entry.
#[must_use]
pub fn encode(entry: &AuditEntry) -> Vec<u8> {
    let AuditEntry { number, event, detail_hash, hash } = entry;
    let mut out = Writer::new(FORM);
    out.flags(&[event.kind.is_some(), event.user.is_some(), event.detail.is_some()]);
    out.number(*number);
    out.text(event.tenant.as_str());
    out.time(event.at);
    write_actor(&mut out, &event.actor);
    out.member(Action::ALL, &event.action);
    out.member(Outcome::ALL, &event.outcome);
    if let Some(kind) = &event.kind {
        out.member(SubjectKind::ALL, kind);
    }
    if let Some(user) = event.user {
        out.raw(&user.hash);
        out.byte(user.partition.0);
    }
    out.raw(detail_hash);
    out.raw(hash);
    if let Some(detail) = &event.detail {
        write_detail(&mut out, detail);
    }
    out.finish()
}

/// Reads an entry in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an entry.
pub fn decode(bytes: &[u8]) -> Result<AuditEntry, Malformed> {
    let (mut entry, detail) = decode_clear(bytes)?;
    if !detail.is_empty() {
        entry.event.detail = Some(decode_detail(detail)?);
    }
    Ok(entry)
}

/// Reads what names nobody. Returns the entry without its detail, and the bytes of that, which may be sealed.
///
/// # Errors
/// The bytes do not begin as the stored form of an entry does.
pub fn decode_clear(bytes: &[u8]) -> Result<(AuditEntry, &[u8]), Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [has_kind, has_user, has_detail] = from.flags()?;
    let number = from.number()?;
    let (tenant, at, actor) = (read_tenant(&mut from)?, from.time()?, read_actor(&mut from)?);
    let (action, outcome) = (from.member(Action::ALL)?, from.member(Outcome::ALL)?);
    let kind = from.when(has_kind, |from| from.member(SubjectKind::ALL))?;
    let user = from.when(has_user, |from| Ok(UserKey { hash: from.raw()?, partition: Partition(from.byte()?) }))?;
    let (detail_hash, hash) = (from.raw()?, from.raw()?);
    let rest = from.rest();
    if rest.is_empty() == has_detail {
        return Err(if has_detail { Malformed::Short } else { Malformed::Long });
    }
    let event = AuditEvent { tenant, at, actor, action, outcome, kind, user, detail: None };
    Ok((AuditEntry { number, event, detail_hash, hash }, rest))
}

fn write_actor(out: &mut Writer, actor: &Actor) {
    let (place, name) = match actor {
        Actor::Key(id) => (0, id.as_str()),
        Actor::Operator(name) => (1, name.as_str()),
        Actor::Cli => (2, ""),
        Actor::System => (3, ""),
    };
    out.byte(place);
    out.text(name);
}

fn read_actor(from: &mut Reader<'_>) -> Result<Actor, Malformed> {
    let (place, name) = (from.byte()?, from.text()?);
    match (place, name.is_empty()) {
        (0, _) => Ok(Actor::Key(name)),
        (1, _) => Ok(Actor::Operator(name)),
        (2, true) => Ok(Actor::Cli),
        (3, true) => Ok(Actor::System),
        _ => Err(Malformed::Impossible("actor")),
    }
}

fn write_detail(out: &mut Writer, detail: &AuditDetail) {
    let AuditDetail { user, id, query, purpose } = detail;
    out.flags(&[user.is_some(), id.is_some(), query.is_some(), purpose.is_some()]);
    if let Some(user) = user {
        out.text(user.as_str());
    }
    for text in [id, query, purpose].into_iter().flatten() {
        out.text(text);
    }
}

/// Reads the detail of an entry.
///
/// # Errors
/// The bytes are not such a detail.
pub fn decode_detail(bytes: &[u8]) -> Result<AuditDetail, Malformed> {
    // It stands behind other parts of its record, and has no form of its own.
    let bytes = [&[FORM], bytes].concat();
    let (_, mut from) = Reader::new(&bytes)?;
    let detail = read_detail(&mut from)?;
    from.finish()?;
    Ok(detail)
}

fn read_detail(from: &mut Reader<'_>) -> Result<AuditDetail, Malformed> {
    let [user, id, query, purpose] = from.flags()?;
    Ok(AuditDetail {
        user: from.when(user, read_user)?,
        id: from.when(id, Reader::text)?,
        query: from.when(query, Reader::text)?,
        purpose: from.when(purpose, Reader::text)?,
    })
}

/// The stored form of where a chain begins.
#[must_use]
pub fn encode_base(base: &AuditBase) -> Vec<u8> {
    let mut out = Writer::new(BASE_FORM);
    out.number(base.last.number);
    out.raw(&base.last.hash);
    out.raw(&base.signature);
    out.finish()
}

/// Reads where a chain begins, in any form that ever was.
///
/// # Errors
/// The bytes are not such a form.
pub fn decode_base(bytes: &[u8]) -> Result<AuditBase, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != BASE_FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let last = AuditHead { number: from.number()?, hash: from.raw()? };
    let base = AuditBase { last, signature: from.raw()? };
    from.finish()?;
    Ok(base)
}
