//! Counters.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{CounterNumbers, Reply},
        sqlite::{engine::faults::Refused, store::Sqlite},
    },
    domain::time::Timestamp,
    ports::Count,
};

impl CounterNumbers for Sqlite {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Reply<Vec<u64>> {
        let counts = counts.to_vec();
        if counts.iter().all(|it| it.add == 0) {
            return self.readers.read(move |connection| count(connection, &counts, now)).await;
        }
        self.write(move |connection| count(connection, &counts, now)).await
    }
}

fn count(connection: &Connection, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Refused> {
    let mut select = connection.prepare_cached("SELECT value FROM counter WHERE key = ? AND expires_at > ?")?;
    let mut add = connection.prepare_cached(
        "INSERT INTO counter VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET
         value = CASE WHEN expires_at > ?4 THEN value + ?2 ELSE ?2 END,
         expires_at = CASE WHEN expires_at > ?4 THEN expires_at ELSE ?3 END RETURNING value",
    )?;
    let mut values = Vec::with_capacity(counts.len());
    for it in counts {
        let value: i64 = if it.add == 0 {
            select.query_row(params![it.key, now.unix_ms()], |row| row.get(0)).optional()?.unwrap_or(0)
        } else {
            let more = i64::try_from(it.add).unwrap_or(i64::MAX);
            add.query_row(params![it.key, more, it.expires_at.unix_ms(), now.unix_ms()], |row| row.get(0))?
        };
        values.push(value.cast_unsigned());
    }
    Ok(values)
}
