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

    async fn session_keys(&self, user: &UserKey) -> Reply<Vec<[u8; 16]>> {
        let tables = self.tables();
        Ok(tables.sessions.iter().filter(|(_, it)| it.user == user.hash).map(|(key, _)| *key).collect())
    }

    async fn sessions(&self, _user: &UserKey, keys: &[[u8; 16]]) -> Reply<Vec<Option<Vec<u8>>>> {
        let tables = self.tables();
        Ok(keys.iter().map(|key| tables.sessions.get(key).map(|it| it.stored.record.clone())).collect())
    }
}
