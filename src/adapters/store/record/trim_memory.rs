//! The stored form of what is remembered from one trim to the next.
//!
//! - **Form 2**, in order: flags: waits since, held back since; seen at, steady since; what is forgotten: logins, alerts,
//!   devices, exact addresses, notes, audit, minimal logins, what expires; waits since, held back since.
//! - Form 1: flags: forgotten before, waits since; seen at, steady since, forgotten before (logins and alerts), waits
//!   since.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        history::{cutoffs::Cutoffs, retention::TrimMemory},
        time::Timestamp,
    },
};

const FORM: u8 = 2;

/// The stored form.
#[must_use]
pub fn encode(memory: &TrimMemory) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[memory.waits_since.is_some(), memory.held_back_since.is_some()]);
    out.time(memory.seen_at);
    out.time(memory.steady_since);
    let Cutoffs { logins, alerts, devices, full_address, notes, audit, minimal_logins, expired_at } = memory.forgotten;
    let forgotten = [logins, alerts, devices, full_address, notes, audit, minimal_logins, expired_at];
    let waits = [memory.waits_since, memory.held_back_since].into_iter().flatten();
    forgotten.into_iter().chain(waits).for_each(|it| out.time(it));
    out.finish()
}

/// Reads it in any form that ever was.
///
/// # Errors
/// The bytes are not such a form.
pub fn decode(bytes: &[u8]) -> Result<TrimMemory, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    let memory = match form {
        1 => form_1(&mut from)?,
        FORM => form_2(&mut from)?,
        other => return Err(Malformed::UnknownForm(other)),
    };
    from.finish()?;
    Ok(memory)
}

fn form_2(from: &mut Reader<'_>) -> Result<TrimMemory, Malformed> {
    let [waits, is_held_back] = from.flags()?;
    Ok(TrimMemory {
        seen_at: from.time()?,
        steady_since: from.time()?,
        forgotten: Cutoffs {
            logins: from.time()?,
            alerts: from.time()?,
            devices: from.time()?,
            full_address: from.time()?,
            notes: from.time()?,
            audit: from.time()?,
            minimal_logins: from.time()?,
            expired_at: from.time()?,
        },
        waits_since: from.when(waits, Reader::time)?,
        held_back_since: from.when(is_held_back, Reader::time)?,
    })
}

fn form_1(from: &mut Reader<'_>) -> Result<TrimMemory, Malformed> {
    let [has_forgotten, waits] = from.flags()?;
    let (seen_at, steady_since) = (from.time()?, from.time()?);
    let never = Timestamp::from_unix_ms(0);
    let before = from.when(has_forgotten, Reader::time)?.unwrap_or(never);
    Ok(TrimMemory {
        seen_at,
        steady_since,
        forgotten: Cutoffs { logins: before, alerts: before, ..Cutoffs::all(never) },
        waits_since: from.when(waits, Reader::time)?,
        held_back_since: None,
    })
}
