//! Operators and their sessions.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Entry, Kept, OperatorBytes, OperatorSessionBytes, Reply, Versioned},
        sqlite::{
            engine::rows::{record_of, versioned},
            store::Sqlite,
        },
    },
    domain::{ids::OperatorId, operator::session::SessionKey},
};

impl OperatorBytes for Sqlite {
    async fn operators(&self) -> Reply<Vec<Entry<OperatorId>>> {
        self.readers
            .read(|connection| {
                let mut select = connection.prepare_cached("SELECT id, record FROM operator")?;
                let entries = select
                    .query_map([], |row| Ok(Entry { id: OperatorId(row.get(0)?), record: record_of(row, 1)? }))?;
                Ok(entries.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn operator(&self, id: OperatorId) -> Reply<Option<Versioned>> {
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT times, record FROM operator WHERE id = ?")?;
                Ok(select.query_row([id.0], versioned).optional()?)
            })
            .await
    }

    async fn put_operator(&self, id: OperatorId, times: u64, record: Vec<u8>) -> Reply<bool> {
        const PUT: &str = "INSERT INTO operator
            SELECT ?1, ?2 + 1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM operator WHERE id = ?1)
            ON CONFLICT DO UPDATE SET times = times + 1, record = ?3 WHERE times = ?2";
        self.write(move |connection| {
            Ok(connection.prepare_cached(PUT)?.execute(params![id.0, times.cast_signed(), record])? > 0)
        })
        .await
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Reply<bool> {
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM operator WHERE id = ? AND times = ?")?;
            Ok(delete.execute(params![id.0, times.cast_signed()])? > 0)
        })
        .await
    }
}

impl OperatorSessionBytes for Sqlite {
    async fn operator_session(&self, key: SessionKey) -> Reply<Option<Vec<u8>>> {
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM operator_session WHERE key = ?")?;
                Ok(select.query_row([key.0], |row| record_of(row, 0)).optional()?)
            })
            .await
    }

    async fn begin_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<()> {
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO operator_session VALUES (?, ?, ?)")?;
            insert.execute(params![key.0, record, kept.until.unix_ms()])?;
            Ok(())
        })
        .await
    }

    async fn renew_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<bool> {
        const RENEW: &str = "UPDATE operator_session SET record = ?, expires_at = ? WHERE key = ?";
        self.write(move |connection| {
            Ok(connection.prepare_cached(RENEW)?.execute(params![record, kept.until.unix_ms(), key.0])? > 0)
        })
        .await
    }

    async fn end_operator_session(&self, key: SessionKey) -> Reply<()> {
        self.write(move |connection| {
            connection.prepare_cached("DELETE FROM operator_session WHERE key = ?")?.execute([key.0])?;
            Ok(())
        })
        .await
    }
}
