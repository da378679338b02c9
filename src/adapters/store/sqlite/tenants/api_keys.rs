//! API keys.

use rusqlite::{OptionalExtension, params};

use crate::adapters::store::{
    backend::{ApiKeyBytes, Entry, Reply},
    sqlite::{engine::rows::record_of, store::Sqlite},
};

impl ApiKeyBytes for Sqlite {
    async fn put_api_key(&self, id: &str, record: Vec<u8>) -> Reply<()> {
        let id = id.to_owned();
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO api_key VALUES (?, ?)")?;
            insert.execute(params![id, record])?;
            Ok(())
        })
        .await
    }

    async fn api_key(&self, id: &str) -> Reply<Option<Vec<u8>>> {
        let id = id.to_owned();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM api_key WHERE id = ?")?;
                Ok(select.query_row([id], |row| record_of(row, 0)).optional()?)
            })
            .await
    }

    async fn api_keys(&self) -> Reply<Vec<Entry<String>>> {
        self.readers
            .read(|connection| {
                let mut select = connection.prepare_cached("SELECT id, record FROM api_key")?;
                let entries = select.query_map([], |row| {
                    Ok(Entry { id: row.get(0).unwrap_or_default(), record: record_of(row, 1)? })
                })?;
                Ok(entries.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn remove_api_key(&self, id: &str) -> Reply<()> {
        let id = id.to_owned();
        self.write(move |connection| {
            connection.prepare_cached("DELETE FROM api_key WHERE id = ?")?.execute([id])?;
            Ok(())
        })
        .await
    }
}
