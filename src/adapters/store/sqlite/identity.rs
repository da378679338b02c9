//! Which store this is: a row of the table `identity`.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        record::identity,
        sqlite::{engine::writer::Refused, store::SqliteStore},
    },
    domain::store_identity::{Found, StoreIdentity},
    ports::{IdentityStore, Unavailable},
};

/// Whether anything was stored: by an API key, or by an import without one.
const RECORDS: &str = "SELECT EXISTS (SELECT 1 FROM api_key) OR EXISTS (SELECT 1 FROM profile)
    OR EXISTS (SELECT 1 FROM login) OR EXISTS (SELECT 1 FROM alert)";

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn identity(&self) -> Result<Found, Unavailable> {
        let (line, records) = self
            .readers
            .read(|connection| {
                let line = line(connection)?;
                let records = line.is_none() && connection.prepare_cached(RECORDS)?.query_row([], |row| row.get(0))?;
                Ok((line, records))
            })
            .await?;
        match line {
            Some(line) => Ok(Found::Named(identity::decode(&line)?)),
            None if records => Ok(Found::Unnamed),
            None => Ok(Found::Empty),
        }
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        let (was, is) = (was.map(identity::encode), identity::encode(is));
        self.write(move |connection| {
            let is_as_read = line(connection)? == was;
            if is_as_read {
                connection
                    .prepare_cached("INSERT OR REPLACE INTO identity VALUES ('store', ?)")?
                    .execute(params![is])?;
            }
            Ok(is_as_read)
        })
        .await
    }
}

fn line(connection: &Connection) -> Result<Option<String>, Refused> {
    let mut select = connection.prepare_cached("SELECT value FROM identity WHERE name = 'store'")?;
    Ok(select.query_row([], |row| row.get(0)).optional()?)
}
