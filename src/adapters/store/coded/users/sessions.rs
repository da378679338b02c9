//! Sessions.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Kept, SaltBytes, SessionBytes, Versioned},
        coded::{people::Opened, sealing::layout, store::Coded},
        name::Name,
        record::session,
    },
    domain::{history::session::Session, ids::UserKey},
    ports::{SessionChange, SessionStore, Unavailable},
};

#[async_trait]
impl<Backend: SessionBytes + SaltBytes> SessionStore for Coded<Backend> {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        let Some(Versioned { version, record }) = self.backend.session(user, key).await? else { return Ok(None) };
        let name = Name::Session(user, key);
        let opened = self.open_one(name, record).await?;
        let read = opened.and_then(|it| it.map(|it| session::decode(&it)).transpose());
        Ok(self.noted(name, read)?.map(|session| (version, session)))
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable> {
        let SessionChange { tenant, version, session, now, life_ms } = change;
        let (_, sealing) = self.key_of(tenant, user).await?;
        let place = Name::Session(user, key).place();
        let next =
            Versioned { version, record: layout::seal_of_user(&sealing, &place, tenant, &session::encode(session)) };
        self.backend.put_session(user, key, next, Kept { until: now.plus_ms(life_ms), life_ms }).await
    }

    async fn session_keys(&self, user: &UserKey) -> Result<Vec<[u8; 16]>, Unavailable> {
        self.backend.session_keys(user).await
    }

    async fn sessions(&self, user: &UserKey, keys: &[[u8; 16]]) -> Result<Vec<Session>, Unavailable> {
        let records = self.backend.sessions(user, keys).await?;
        let present = keys.iter().zip(records).filter_map(|(key, record)| Some((Name::Session(user, *key), record?)));
        let (names, records): (Vec<Name<'_>>, Vec<Vec<u8>>) = present.unzip();
        let opened = self.open_all(names.iter().copied().zip(records).collect()).await?;
        let read = |(name, opened): (Name<'_>, Opened)| {
            let read = opened.and_then(|it| it.map(|it| session::decode(&it)).transpose());
            self.noted(name, read).ok()?
        };
        Ok(names.into_iter().zip(opened).filter_map(read).collect())
    }
}
