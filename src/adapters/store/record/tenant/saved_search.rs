//! The stored form of a tenant's saved searches.
//!
//! Form 1, in order: the searches, each with its name, what it searches, flags (notify, found), when it was saved, and, if it
//! has found a login, the event (16 bytes), the login (16) and when that was received.

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        ids::{EventId, LoginId},
        tenant::saved_search::{Found, SavedSearch, SearchName},
    },
};

const FORM: u8 = 1;

/// The stored form of these searches.
#[must_use]
pub fn encode(searches: &[SavedSearch]) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.count(searches.len());
    for SavedSearch { name, q, notify, saved_at, found } in searches {
        out.text(name.as_str());
        out.text(q);
        out.flags(&[*notify, found.is_some()]);
        out.time(*saved_at);
        if let Some(Found { event, login, at }) = found {
            out.raw(&event.0);
            out.raw(&login.0);
            out.time(*at);
        }
    }
    out.finish()
}

/// Reads searches.
///
/// # Errors
/// The bytes are not the stored form of searches.
pub fn decode(bytes: &[u8]) -> Result<Vec<SavedSearch>, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let searches = from.list(|from| {
        let (name, q) = (from.text()?, from.text()?);
        let name = SearchName::parse(&name).ok_or(Malformed::Impossible("name"))?;
        let [notify, has_found] = from.flags()?;
        let saved_at = from.time()?;
        let found = from.when(has_found, |from| {
            Ok(Found { event: EventId(from.raw()?), login: LoginId(from.raw()?), at: from.time()? })
        })?;
        Ok(SavedSearch { name, q, notify, saved_at, found })
    })?;
    from.finish()?;
    Ok(searches)
}
