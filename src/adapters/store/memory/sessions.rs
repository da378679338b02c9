//! What the store in memory keeps of sessions.

use std::collections::HashMap;

use crate::{
    domain::{history::session::Session, time::Timestamp},
    ports::SessionChange,
};

/// Sessions with their versions and the time when they expire.
#[derive(Debug, Default)]
pub struct SessionTable {
    sessions: HashMap<[u8; 16], (u64, Session, Timestamp)>,
}

impl SessionTable {
    /// A session and its version.
    #[must_use]
    pub fn session(&self, key: [u8; 16]) -> Option<(u64, Session)> {
        self.sessions.get(&key).map(|(version, session, _)| (*version, session.clone()))
    }

    /// Replaces the session of this version, or adds it; whether it was of this version.
    pub fn put_session(&mut self, key: [u8; 16], change: SessionChange<'_>) -> bool {
        let SessionChange { version, session, now, life_ms } = change;
        let is_latest = self.sessions.get(&key).map_or(0, |it| it.0) == version;
        if is_latest {
            self.sessions.insert(key, (version + 1, session.clone(), now.plus_ms(life_ms)));
        }
        is_latest
    }

    /// Deletes sessions that have expired.
    pub fn forget_expired(&mut self, now: Timestamp) {
        self.sessions.retain(|_, (_, _, expires_at)| *expires_at > now);
    }
}
