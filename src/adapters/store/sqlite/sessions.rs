//! What becomes of sessions.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        damage::{Damage, hex},
        record::session,
        sqlite::{engine::rows::record_of, engine::writer::Refused},
    },
    domain::{history::session::Session, time::Timestamp},
    ports::RecordKind,
};

/// A session and its version.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn find(connection: &Connection, damage: &Damage, key: [u8; 16]) -> Result<Option<(u64, Session)>, Refused> {
    let mut select = connection.prepare_cached("SELECT version, record FROM session WHERE key = ?")?;
    let row: Option<(i64, Vec<u8>)> =
        select.query_row([key], |row| Ok((row.get(0)?, record_of(row, 1)?))).optional()?;
    let read = |(version, record): (i64, Vec<u8>)| {
        let session = damage.note(RecordKind::Session, || hex(&key), session::decode(&record))?;
        Ok::<_, Refused>((version.cast_unsigned(), session))
    };
    row.map(read).transpose()
}

/// Replaces the session of this version, or adds it; whether it was of this version.
///
/// # Errors
/// Those of SQLite.
pub fn put(
    connection: &Connection,
    key: [u8; 16],
    version: u64,
    session: &Session,
    expires_at: Timestamp,
) -> Result<bool, Refused> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO session SELECT ?1, ?2 + 1, ?3, ?4 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM session WHERE key = ?1)
         ON CONFLICT DO UPDATE SET version = version + 1, record = ?3, expires_at = ?4 WHERE version = ?2",
    )?;
    let record = session::encode(session);
    Ok(insert.execute(params![key, version.cast_signed(), record, expires_at.unix_ms()])? > 0)
}
