//! What becomes of sessions.

use crate::{
    adapters::store::{
        backend::Versioned,
        damage::hex,
        record::session,
        redis::server::{keys, link::Link, versioned},
    },
    domain::{history::session::Session, ids::UserKey},
    ports::{RecordKind, SessionChange, Unavailable},
};

/// A session and its version.
///
/// # Errors
/// The server does not answer in time, or the record cannot be read.
pub async fn find(link: &Link, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
    let found = versioned::find(link, &keys::session(user, &key)).await?;
    let read = |it: Versioned| {
        let session = link.damage.note(RecordKind::Session, || hex(&key), session::decode(&it.record));
        session.map(|session| (it.version, session))
    };
    Ok(found.map(read).transpose()?)
}

/// Replaces the session of this version, or adds it; whether it was of this version.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(link: &Link, key: &str, change: SessionChange<'_>) -> Result<bool, Unavailable> {
    let seen = Versioned { version: change.version, record: session::encode(change.session) };
    versioned::put(link, key, seen, Some(change.life_ms)).await
}
