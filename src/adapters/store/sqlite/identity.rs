//! The identity of the store: a row of the table `identity`.

use rusqlite::{Connection, OptionalExtension, params};

use crate::adapters::store::{
    backend::{IdentityBytes, Reply},
    sqlite::{engine::faults::Refused, store::Sqlite},
};

impl IdentityBytes for Sqlite {
    async fn identity(&self) -> Reply<Option<String>> {
        self.readers.read(line).await
    }

    async fn has_records(&self) -> Reply<bool> {
        const ANY: &str = "SELECT EXISTS (SELECT 1 FROM api_key) OR EXISTS (SELECT 1 FROM profile)
            OR EXISTS (SELECT 1 FROM login) OR EXISTS (SELECT 1 FROM alert)";
        self.readers.read(|connection| Ok(connection.prepare_cached(ANY)?.query_row([], |row| row.get(0))?)).await
    }

    async fn put_identity(&self, was: Option<String>, is: String) -> Reply<bool> {
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
