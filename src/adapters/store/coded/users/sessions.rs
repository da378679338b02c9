//! Sessions.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Kept, SessionBytes, Versioned},
        coded::store::Coded,
        name::Name,
        record::session,
    },
    domain::{history::session::Session, ids::UserKey},
    ports::{SessionChange, SessionStore, Unavailable},
};

#[async_trait]
impl<Backend: SessionBytes> SessionStore for Coded<Backend> {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        let stored = self.backend.session(user, key).await?;
        let read = |stored: Versioned| {
            Ok((stored.version, self.read(Name::Session(user, key), &stored.record, session::decode)?))
        };
        stored.map(read).transpose()
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable> {
        let SessionChange { version, session, now, life_ms } = change;
        let next = Versioned { version, record: session::encode(session) };
        self.backend.put_session(user, key, next, Kept { until: now.plus_ms(life_ms), life_ms }).await
    }
}
