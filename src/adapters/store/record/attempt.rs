//! The stored form of what came of posting a message once.
//!
//! Form 1, in order: flags: status, error, next; event (16 bytes); kind, by its place in `EventKind::ALL`; number; began;
//! milliseconds; status; error; next.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        ids::EventId,
        tenant::webhook::{Attempt, EventKind},
    },
};

const FORM: u8 = 1;

/// The stored form of an attempt.
#[must_use]
pub fn encode(attempt: &Attempt) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[attempt.status.is_some(), attempt.error.is_some(), attempt.next_at.is_some()]);
    out.raw(&attempt.event.0);
    out.member(&EventKind::ALL, &attempt.kind);
    out.number(attempt.number);
    out.time(attempt.at);
    out.number(attempt.duration_ms);
    if let Some(status) = attempt.status {
        out.number(status);
    }
    if let Some(error) = &attempt.error {
        out.text(error);
    }
    if let Some(next_at) = attempt.next_at {
        out.time(next_at);
    }
    out.finish()
}

/// Reads an attempt in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an attempt.
pub fn decode(bytes: &[u8]) -> Result<Attempt, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [has_status, has_error, has_next] = from.flags()?;
    let attempt = Attempt {
        event: EventId(from.raw()?),
        kind: from.member(&EventKind::ALL)?,
        number: from.number()?,
        at: from.time()?,
        duration_ms: from.number()?,
        status: from.when(has_status, Reader::number)?,
        error: from.when(has_error, Reader::text)?,
        next_at: from.when(has_next, Reader::time)?,
    };
    from.finish()?;
    Ok(attempt)
}
