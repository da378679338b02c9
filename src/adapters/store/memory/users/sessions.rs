//! Sessions, in memory.

use crate::{
    adapters::store::{
        backend::{Kept, Reply, SessionBytes, Versioned},
        memory::store::{Memory, StoredSession},
    },
    domain::ids::UserKey,
};

impl SessionBytes for Memory {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Reply<Option<Versioned>> {
        Ok(self.tables().sessions.get(&key).map(|it| it.stored.clone()))
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], next: Versioned, kept: Kept) -> Reply<bool> {
        let sessions = &mut self.tables().sessions;
        let is_latest = sessions.get(&key).map_or(0, |it| it.stored.version) == next.version;
        if is_latest {
            let stored = Versioned { version: next.version + 1, ..next };
            sessions.insert(key, StoredSession { user: user.hash, stored, expires_at: kept.until });
        }
        Ok(is_latest)
    }
}
