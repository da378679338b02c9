//! The stored form of an operator's session.
//!
//! Form 1, in order: operator (16 bytes); begun, seen.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{ids::OperatorId, operator::session::OperatorSession},
};

const FORM: u8 = 1;

/// The stored form of a session.
#[must_use]
pub fn encode(session: &OperatorSession) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&session.operator.0);
    out.time(session.begun_at);
    out.time(session.seen_at);
    out.finish()
}

/// Reads a session.
///
/// # Errors
/// The bytes are not the stored form of a session.
pub fn decode(bytes: &[u8]) -> Result<OperatorSession, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let session = OperatorSession { operator: OperatorId(from.raw()?), begun_at: from.time()?, seen_at: from.time()? };
    from.finish()?;
    Ok(session)
}
