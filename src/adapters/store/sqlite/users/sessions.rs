//! Sessions.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Kept, Reply, SessionBytes, Versioned},
        sqlite::{
            engine::rows::{record_of, versioned},
            store::Sqlite,
        },
    },
    domain::ids::UserKey,
};

impl SessionBytes for Sqlite {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Reply<Option<Versioned>> {
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT version, record FROM session WHERE key = ?")?;
                Ok(select.query_row([key], versioned).optional()?)
            })
            .await
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], next: Versioned, kept: Kept) -> Reply<bool> {
        const PUT: &str = "INSERT INTO session (key, version, record, expires_at, user)
            SELECT ?1, ?2 + 1, ?3, ?4, ?5 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM session WHERE key = ?1)
            ON CONFLICT DO UPDATE SET version = version + 1, record = ?3, expires_at = ?4, user = ?5 WHERE version = ?2";
        let user = user.hash;
        self.write(move |connection| {
            let values = params![key, next.version.cast_signed(), next.record, kept.until.unix_ms(), user];
            Ok(connection.prepare_cached(PUT)?.execute(values)? > 0)
        })
        .await
    }

    async fn session_keys(&self, user: &UserKey) -> Reply<Vec<[u8; 16]>> {
        let user = user.hash;
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT key FROM session WHERE user = ?")?;
                let keys = select.query_map([user], |row| row.get(0))?;
                Ok(keys.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn sessions(&self, _user: &UserKey, keys: &[[u8; 16]]) -> Reply<Vec<Option<Vec<u8>>>> {
        let keys = keys.to_vec();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM session WHERE key = ?")?;
                let mut found = Vec::with_capacity(keys.len());
                for key in &keys {
                    found.push(select.query_row([key], |row| record_of(row, 0)).optional()?);
                }
                Ok(found)
            })
            .await
    }
}
