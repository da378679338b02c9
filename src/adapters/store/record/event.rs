//! The stored form of what a tenant is to be told of. What changes about it while it waits is kept beside it in a form
//! that each store can change in place.
//!
//! Form 2, in order: id (16 bytes); tenant; flag: user; user's hash (16); kind, by its place in `EventKind::ALL`; alert,
//! request or verdict, as the kind says (16); time. Nothing of it is sealed: it names nobody, and tells whose key the messages about it are sealed with.
//!
//! Form 1 had neither the flag nor the user.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::{EventId, UserKey},
        tenant::webhook::{EventKind, TenantEvent, Topic},
    },
};

const FORM: u8 = 2;

/// The stored form of an event, about this user if about any.
#[must_use]
pub fn encode(event: &TenantEvent, user: Option<&UserKey>) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&event.id.0);
    out.text(event.tenant.as_str());
    out.flags(&[user.is_some()]);
    if let Some(user) = user {
        out.raw(&user.hash);
    }
    out.member(&EventKind::ALL, &event.kind);
    out.raw(&event.topic.bytes());
    out.time(event.at);
    out.finish()
}

/// Reads an event in any form that ever was, and whom it is about.
///
/// # Errors
/// The bytes are not the stored form of an event.
pub fn decode(bytes: &[u8]) -> Result<(TenantEvent, Option<UserKey>), Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if !(1..=FORM).contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let (id, tenant) = (EventId(from.raw()?), read_tenant(&mut from)?);
    let [has_user] = if form == 1 { [false] } else { from.flags()? };
    let user = from.when(has_user, Reader::raw)?.map(|hash| UserKey { hash, partition: id.partition() });
    let kind = from.member(&EventKind::ALL)?;
    let topic = Topic::of(kind, from.raw()?);
    let event = TenantEvent { id, kind, tenant, topic, at: from.time()? };
    from.finish()?;
    Ok((event, user))
}
