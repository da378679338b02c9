//! The stored form of an entry of the audit, and of where a chain begins.
//!
//! An entry, form 2, in order: flags: kind, user; number; tenant; time; actor, by its place in `key`,
//! `operator`, `cli`, `system`, and its name; action, outcome and kind, each by its place in its list; user (16 bytes of
//! hash, 1 of partition); hash (32 bytes). What follows, if anything, is the detail, which names a person: 1 if it is
//! sealed with the key of the user, 0 if with that of the tenant; and the sealed bytes of: flags: user, id, query,
//! purpose; each of them as a text. The hash covers the detail as it stands here, sealed.
//!
//! Form 1 had a third flag, for the detail; before the hash, a hash of the detail before it was sealed (16 bytes); and
//! details that were all sealed with the key of the tenant, without a byte that says so.
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
            chain::{AuditBase, AuditHead, ChainHash},
        },
    },
};

const FORM: u8 = 2;
/// The form of a detail by itself.
const DETAIL_FORM: u8 = 1;
const BASE_FORM: u8 = 1;

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry<'a> {
    /// Its number.
    pub number: u64,
    /// What happened, without its detail.
    pub event: AuditEvent,
    /// The hash of the entry and the one before it.
    pub hash: ChainHash,
    /// The detail.
    pub detail: StoredDetail<'a>,
}

/// The detail of an entry as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredDetail<'a> {
    /// What the hash of the entry covers: who can open it, and the sealed bytes.
    Hashed(&'a [u8]),
    /// Of form 1: the hash of the detail before it was sealed, and the bytes that are sealed with the tenant's key.
    HashedBefore([u8; 16], &'a [u8]),
}

/// The stored form of an entry, without its detail, which stands behind it.
#[must_use]
pub fn encode(number: u64, event: &AuditEvent, hash: &ChainHash) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[event.kind.is_some(), event.user.is_some()]);
    out.number(number);
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
    out.raw(hash);
    out.finish()
}

/// Reads an entry in any form that ever was.
///
/// # Errors
/// The bytes do not begin as the stored form of an entry does.
pub fn decode(bytes: &[u8]) -> Result<StoredEntry<'_>, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    let (has_kind, has_user) = match form {
        1 => from.flags().map(|[kind, user, _]| (kind, user))?,
        FORM => from.flags().map(|[kind, user]| (kind, user))?,
        other => return Err(Malformed::UnknownForm(other)),
    };
    let number = from.number()?;
    let (tenant, at, actor) = (read_tenant(&mut from)?, from.time()?, read_actor(&mut from)?);
    let (action, outcome) = (from.member(Action::ALL)?, from.member(Outcome::ALL)?);
    let kind = from.when(has_kind, |from| from.member(SubjectKind::ALL))?;
    let user = from.when(has_user, |from| Ok(UserKey { hash: from.raw()?, partition: Partition(from.byte()?) }))?;
    let detail_hash = from.when(form == 1, Reader::raw)?;
    let hash = from.raw()?;
    let rest = from.rest();
    let detail = detail_hash.map_or(StoredDetail::Hashed(rest), |it| StoredDetail::HashedBefore(it, rest));
    let event = AuditEvent { tenant, at, actor, action, outcome, kind, user, detail: None };
    Ok(StoredEntry { number, event, hash, detail })
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

/// The bytes of a detail, before they are sealed.
#[must_use]
pub fn encode_detail(detail: &AuditDetail) -> Vec<u8> {
    let AuditDetail { user, id, query, purpose } = detail;
    let mut out = Writer::new(DETAIL_FORM);
    out.flags(&[user.is_some(), id.is_some(), query.is_some(), purpose.is_some()]);
    if let Some(user) = user {
        out.text(user.as_str());
    }
    for text in [id, query, purpose].into_iter().flatten() {
        out.text(text);
    }
    // It stands behind other parts of its record, and has no form of its own there.
    out.finish().split_off(1)
}

/// Reads the detail of an entry, once it is opened.
///
/// # Errors
/// The bytes are not such a detail.
pub fn decode_detail(bytes: &[u8]) -> Result<AuditDetail, Malformed> {
    let bytes = [&[DETAIL_FORM], bytes].concat();
    let (_, mut from) = Reader::new(&bytes)?;
    let [user, id, query, purpose] = from.flags()?;
    let detail = AuditDetail {
        user: from.when(user, read_user)?,
        id: from.when(id, Reader::text)?,
        query: from.when(query, Reader::text)?,
        purpose: from.when(purpose, Reader::text)?,
    };
    from.finish()?;
    Ok(detail)
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
