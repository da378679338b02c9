//! Sessions, in memory.

use crate::{
    adapters::store::{
        backend::{Kept, Reply, SessionBytes, Versioned},
        memory::store::Memory,
    },
    domain::ids::UserKey,
};

impl SessionBytes for Memory {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Reply<Option<Versioned>> {
        Ok(self.tables().sessions.get(&key).map(|(it, _)| it.clone()))
    }

    async fn put_session(&self, _user: &UserKey, key: [u8; 16], next: Versioned, kept: Kept) -> Reply<bool> {
        let sessions = &mut self.tables().sessions;
        let is_latest = sessions.get(&key).map_or(0, |(it, _)| it.version) == next.version;
        if is_latest {
            sessions.insert(key, (Versioned { version: next.version + 1, ..next }, kept.until));
        }
        Ok(is_latest)
    }
}
