//! The stored form of what is remembered from one trim to the next.
//!
//! Form 1, in order: flags: forgotten before, waits since; seen at, steady since, forgotten before, waits since.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::history::retention::TrimMemory,
};

const FORM: u8 = 1;

/// The stored form.
#[must_use]
pub fn encode(memory: &TrimMemory) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[memory.forgotten_before.is_some(), memory.waits_since.is_some()]);
    out.time(memory.seen_at);
    out.time(memory.steady_since);
    [memory.forgotten_before, memory.waits_since].into_iter().flatten().for_each(|it| out.time(it));
    out.finish()
}

/// Reads it in any form that ever was.
///
/// # Errors
/// The bytes are not such a form.
pub fn decode(bytes: &[u8]) -> Result<TrimMemory, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [has_forgotten, waits] = from.flags()?;
    let memory = TrimMemory {
        seen_at: from.time()?,
        steady_since: from.time()?,
        forgotten_before: from.when(has_forgotten, Reader::time)?,
        waits_since: from.when(waits, Reader::time)?,
    };
    from.finish()?;
    Ok(memory)
}
