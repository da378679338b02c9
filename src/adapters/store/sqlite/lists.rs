//! Suppressions that get no more mail, and what is counted.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        damage::{Damage, hex},
        record::bytes::Malformed,
        sqlite::engine::writer::Refused,
    },
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::{EmailKey, TenantId},
        time::Timestamp,
    },
    ports::{Count, RecordKind},
};

/// Puts a mailbox on the list; whether it was not there.
///
/// # Errors
/// Those of SQLite.
pub fn suppress(
    connection: &Connection,
    tenant: &TenantId,
    email: EmailKey,
    why: Suppression,
) -> Result<bool, Refused> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO suppression VALUES (?, ?, ?, ?)")?;
    Ok(insert.execute(params![tenant.as_str(), email.0, why.cause.as_str(), why.since.unix_ms()])? > 0)
}

/// Which mailboxes are on the list. What cannot be read is passed over.
///
/// # Errors
/// Those of SQLite.
pub fn suppressions(
    connection: &Connection,
    damage: &Damage,
    asked: &[(TenantId, EmailKey)],
) -> Result<Vec<Option<Suppression>>, Refused> {
    let mut select =
        connection.prepare_cached("SELECT cause, since FROM suppression WHERE tenant = ? AND mailbox = ?")?;
    let mut found = Vec::with_capacity(asked.len());
    for (tenant, email) in asked {
        let row: Option<(String, i64)> =
            select.query_row(params![tenant.as_str(), email.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let read = |(name, since): (String, i64)| {
            let suppression = cause(&name).map(|cause| Suppression { cause, since: Timestamp::from_unix_ms(since) });
            let id = || format!("{} {}", tenant.as_str(), hex(&email.0));
            damage.note(RecordKind::Suppression, id, suppression).ok()
        };
        found.push(row.and_then(read));
    }
    Ok(found)
}

fn cause(name: &str) -> Result<Cause, Malformed> {
    Cause::parse(name).ok_or(Malformed::Impossible("cause"))
}

/// Takes a mailbox off the list; whether it was there.
///
/// # Errors
/// Those of SQLite.
pub fn lift(connection: &Connection, tenant: &TenantId, email: EmailKey) -> Result<bool, Refused> {
    let mut delete = connection.prepare_cached("DELETE FROM suppression WHERE tenant = ? AND mailbox = ?")?;
    Ok(delete.execute(params![tenant.as_str(), email.0])? > 0)
}

/// How many of a tenant's mailboxes are on the list. Those that cannot be read are not counted.
///
/// # Errors
/// Those of SQLite.
pub fn count_suppressions(connection: &Connection, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Refused> {
    let mut select =
        connection.prepare_cached("SELECT cause, count(*) FROM suppression WHERE tenant = ? GROUP BY cause")?;
    let rows = select.query_map([tenant.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let mut counts = Vec::new();
    for row in rows {
        let (name, count) = row?;
        counts.extend(Cause::parse(&name).map(|it| (it, count.cast_unsigned())));
    }
    Ok(counts)
}

/// Adds to counters.
///
/// # Errors
/// Those of SQLite.
pub fn count(connection: &Connection, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Refused> {
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
