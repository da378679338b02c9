//! What becomes of sessions.

use crate::{
    adapters::store::{
        damage::hex,
        record::session,
        redis::{keys, server::link::Link, versioned},
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
    let read = |(version, record): (u64, Vec<u8>)| {
        let session = link.damage.note(RecordKind::Session, || hex(&key), session::decode(&record));
        session.map(|it| (version, it))
    };
    Ok(found.map(read).transpose()?)
}

/// Replaces the session of this version, or adds it; whether it was of this version.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(link: &Link, key: &str, change: SessionChange<'_>) -> Result<bool, Unavailable> {
    let record = session::encode(change.session);
    versioned::put(link, key, change.version, (&record, change.life_ms.max(1))).await
}
