//! The stored form of a note.
//!
//! Form 2, in order: id (16 bytes); tenant; login (16); when it was written; author; user; text; flag: verdict; verdict, by its
//! place in `Verdict::ALL`.
//!
//! Form 1 had no verdict.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_tenant, read_user},
    },
    domain::{
        ids::{LoginId, NoteId},
        privacy::note::{Note, Verdict},
    },
};

const FORM: u8 = 2;

/// The stored form of a note.
#[must_use]
pub fn encode(note: &Note) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&note.id.0);
    out.text(note.tenant.as_str());
    out.raw(&note.login.0);
    out.time(note.created_at);
    for text in [&note.author, note.user.as_str(), &note.text] {
        out.text(text);
    }
    out.flags(&[note.verdict.is_some()]);
    if let Some(verdict) = &note.verdict {
        out.member(&Verdict::ALL, verdict);
    }
    out.finish()
}

/// Reads a note in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a note.
pub fn decode(bytes: &[u8]) -> Result<Note, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if !(1..=FORM).contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let mut note = Note {
        id: NoteId(from.raw()?),
        tenant: read_tenant(&mut from)?,
        login: LoginId(from.raw()?),
        created_at: from.time()?,
        author: from.text()?,
        user: read_user(&mut from)?,
        text: from.text()?,
        verdict: None,
    };
    if form > 1 {
        let [has_verdict] = from.flags()?;
        note.verdict = from.when(has_verdict, |from| from.member(&Verdict::ALL))?;
    }
    from.finish()?;
    Ok(note)
}
