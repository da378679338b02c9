//! Sessions.

use crate::{
    adapters::store::{
        backend::{Kept, Reply, SessionBytes, Versioned},
        redis::{
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
                versioned,
            },
            store::Redis,
        },
    },
    domain::ids::UserKey,
};

impl SessionBytes for Redis {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Reply<Option<Versioned>> {
        versioned::find(&self.link, &keys::session(user, &key)).await
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], next: Versioned, kept: Kept) -> Reply<bool> {
        if next.version == 0 {
            self.list_session(user, key, kept).await?;
        }
        versioned::put(&self.link, &keys::session(user, &key), next, Some(kept.life_ms)).await
    }

    async fn session_keys(&self, user: &UserKey) -> Reply<Vec<[u8; 16]>> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(keys::sessions_of_user(user));
        let (members,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        Ok(members.into_iter().filter_map(|it| it.try_into().ok()).collect())
    }

    async fn sessions(&self, user: &UserKey, keys: &[[u8; 16]]) -> Reply<Vec<Option<Vec<u8>>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for key in keys {
            ask.cmd("HGET").arg(keys::session(user, key)).arg("record");
        }
        self.link.ask(WIDE, &ask).await
    }
}

impl Redis {
    /// Notes whose a session is, before it is stored, so that it is found when its user is forgotten.
    ///
    /// # Errors
    /// The server does not answer in time.
    pub(crate) async fn list_session(&self, user: &UserKey, key: [u8; 16], kept: Kept) -> Reply<()> {
        let set = keys::sessions_of_user(user);
        let mut ask = Batch::new();
        ask.cmd("SADD").arg(&set).arg(&key[..]).ignore();
        // The set lives as long as the last of its sessions. `NX` is for a set that is new: without a life, `GT` sets none.
        for condition in ["NX", "GT"] {
            ask.cmd("PEXPIRE").arg(&set).arg(kept.life_ms.max(1)).arg(condition).ignore();
        }
        self.link.ask(QUICK, &ask).await
    }
}
