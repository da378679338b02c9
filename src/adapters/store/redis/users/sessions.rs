//! Sessions.

use crate::{
    adapters::store::{
        backend::{Kept, Reply, SessionBytes, Versioned},
        redis::{
            server::{keys, versioned},
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
        versioned::put(&self.link, &keys::session(user, &key), next, Some(kept.life_ms)).await
    }
}
