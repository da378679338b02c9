//! The stored form of what a tenant is to be told of. What changes about it while it waits is kept beside it in a form
//! that each store can change in place.
//!
//! Form 1, in order: id (16 bytes); tenant; kind, by its place in `EventKind::ALL`; alert or
//! request, as the kind says (16); time.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::EventId,
        tenant::webhook::{EventKind, TenantEvent, Topic},
    },
};

const FORM: u8 = 1;

/// The stored form of an event.
#[must_use]
pub fn encode(event: &TenantEvent) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&event.id.0);
    out.text(event.tenant.as_str());
    out.member(&EventKind::ALL, &event.kind);
    out.raw(&event.topic.bytes());
    out.time(event.at);
    out.finish()
}

/// Reads an event in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an event.
pub fn decode(bytes: &[u8]) -> Result<TenantEvent, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let (id, tenant) = (EventId(from.raw()?), read_tenant(&mut from)?);
    let kind = from.member(&EventKind::ALL)?;
    let topic = Topic::of(kind, from.raw()?);
    let event = TenantEvent { id, kind, tenant, topic, at: from.time()? };
    from.finish()?;
    Ok(event)
}
