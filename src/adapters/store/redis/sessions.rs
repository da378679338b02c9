//! Sessions.

use crate::{
    adapters::store::{
        backend::{Kept, SessionBytes, Versioned},
        redis::{
            server::{keys, versioned},
            store::Redis,
        },
    },
    domain::ids::UserKey,
    ports::Unavailable,
};

impl SessionBytes for Redis {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<Versioned>, Unavailable> {
        versioned::find(&self.link, &keys::session(user, &key)).await
    }

    async fn put_session(
        &self,
        user: &UserKey,
        key: [u8; 16],
        next: Versioned,
        kept: Kept,
    ) -> Result<bool, Unavailable> {
        versioned::put(&self.link, &keys::session(user, &key), next, Some(kept.life_ms)).await
    }
}
