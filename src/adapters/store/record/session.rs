//! The stored form of a session.
//!
//! Form 1, in order: flags: ended, changed, another browser, another system, another network, used after its end; when it
//! started, was last used, ended, changed; calls; browser and system; autonomous system; country (2).
//!
//! Form 2: form 1, then the names of activities (8 each). Form 3: form 2, then flags: id; the caller's id.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_agent, read_origin, write_agent, write_origin},
    },
    domain::history::session::{Change, Session},
};

const FORM: u8 = 3;
/// The first form with an id.
const FIRST_WITH_ID: u8 = 3;

/// The stored form of a session.
#[must_use]
pub fn encode(session: &Session) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    let (changed_at, change) = session.changed.unzip();
    let change = change.unwrap_or_default();
    out.flags(&[
        session.ended_at.is_some(),
        changed_at.is_some(),
        change.browser,
        change.system,
        change.network,
        change.after_end,
    ]);
    out.time(session.started_at);
    out.time(session.last_active_at);
    for time in [session.ended_at, changed_at].into_iter().flatten() {
        out.time(time);
    }
    out.number(session.calls);
    write_agent(&mut out, &session.agent);
    write_origin(&mut out, session.origin);
    out.count(session.named.len());
    for name in &session.named {
        out.raw(&name.to_be_bytes());
    }
    out.flags(&[session.id.is_some()]);
    if let Some(id) = &session.id {
        out.text(id);
    }
    out.finish()
}

/// Reads a session in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a session.
pub fn decode(bytes: &[u8]) -> Result<Session, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if !(1..=FORM).contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let [ended, has_changed, browser, system, network, after_end] = from.flags()?;
    let mut session = Session {
        id: None,
        started_at: from.time()?,
        last_active_at: from.time()?,
        ended_at: from.when(ended, Reader::time)?,
        changed: from.when(has_changed, Reader::time)?.map(|at| (at, Change { browser, system, network, after_end })),
        calls: from.number()?,
        agent: read_agent(&mut from)?,
        origin: read_origin(&mut from)?,
        named: if form == 1 { Vec::new() } else { from.list(|from| from.raw().map(u64::from_be_bytes))? },
    };
    if form >= FIRST_WITH_ID {
        let [has_id] = from.flags()?;
        session.id = from.when(has_id, Reader::text)?;
    }
    from.finish()?;
    Ok(session)
}
