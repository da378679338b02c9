//! Logins as an investigation reads them, API keys, and what is forgotten in time.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        embedded::{outbox::limit_of, writer::Refused},
        record,
    },
    domain::{
        api_key::ApiKeyRecord,
        history::{LoginIndex, LoginRecord},
        ids::{AlertId, LoginId, TenantId},
        time::Timestamp,
    },
    ports::{KEPT_LONGER_MS, Unavailable},
};

/// Rows of each kind that one trim removes at most, so that it holds up no commit for long.
const TRIM_ROWS: usize = 1_000;

/// A login by name.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn login(connection: &Connection, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM login WHERE id = ? AND tenant = ?")?;
    let bytes: Option<Vec<u8>> = select.query_row(params![id.0, tenant.as_str()], |row| row.get(0)).optional()?;
    Ok(bytes.map(|it| record::login::decode(&it)).transpose().map_err(Unavailable::from)?)
}

/// Logins under an index, newest first.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn logins(
    connection: &Connection,
    tenant: &TenantId,
    index: &LoginIndex,
    ids: &Range<LoginId>,
    limit: usize,
) -> Result<Vec<LoginRecord>, Refused> {
    let (column, value) = match index {
        LoginIndex::Time => ("?2", None),
        LoginIndex::User(user) => ("user", Some(user.hash)),
        LoginIndex::Prefix(prefix) => ("prefix", Some(prefix.0)),
        LoginIndex::Fingerprint(fingerprint) => ("fingerprint", Some(*fingerprint)),
    };
    // The plus keeps SQLite from the tenant's index where there is a narrower one.
    let plus = if value.is_some() { "+" } else { "" };
    let mut select = connection.prepare_cached(&format!(
        "SELECT record FROM login WHERE {plus}tenant = ?1 AND {column} IS ?2 AND id >= ?3 AND id < ?4
         ORDER BY id DESC LIMIT ?5"
    ))?;
    let values = params![tenant.as_str(), value, ids.start.0, ids.end.0, limit_of(limit)];
    let rows = select.query_map(values, |row| row.get::<_, Vec<u8>>(0))?;
    let mut found = Vec::new();
    for bytes in rows {
        found.push(record::login::decode(&bytes?).map_err(Unavailable::from)?);
    }
    Ok(found)
}

/// Adds or replaces an API key's record.
///
/// # Errors
/// Those of SQLite.
pub fn put_api_key(connection: &Connection, key: &ApiKeyRecord) -> Result<(), Refused> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO api_key VALUES (?, ?)")?;
    insert.execute(params![key.id, record::api_key::encode(key)])?;
    Ok(())
}

/// An API key's record.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn api_key(connection: &Connection, id: &str) -> Result<Option<ApiKeyRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM api_key WHERE id = ?")?;
    let bytes: Option<Vec<u8>> = select.query_row([id], |row| row.get(0)).optional()?;
    Ok(bytes.map(|it| record::api_key::decode(&it)).transpose().map_err(Unavailable::from)?)
}

/// Every API key's record, in no order.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn api_keys(connection: &Connection) -> Result<Vec<ApiKeyRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM api_key")?;
    let rows = select.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let mut keys = Vec::new();
    for bytes in rows {
        keys.push(record::api_key::decode(&bytes?).map_err(Unavailable::from)?);
    }
    Ok(keys)
}

/// What one trim has removed.
#[derive(Clone, Copy, Debug)]
pub struct Trimmed {
    /// Logins.
    pub logins: u64,
    /// Whether other rows may be left to remove.
    pub more: bool,
}

/// Forgets up to 1,000 rows of each kind.
///
/// # Errors
/// Those of SQLite.
pub fn trim(connection: &Connection, now: Timestamp, cutoff: Timestamp) -> Result<Trimmed, Refused> {
    let remove = |statement: &str, before: &dyn rusqlite::ToSql| {
        connection.prepare_cached(statement)?.execute(params![before, limit_of(TRIM_ROWS)])
    };
    let logins = remove(
        "DELETE FROM login WHERE id IN (SELECT id FROM login WHERE id < ? ORDER BY id LIMIT ?)",
        &LoginId::first_at(cutoff).0,
    )?;
    let alerts = remove(
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE id < ? AND due_at IS NULL ORDER BY id LIMIT ?)",
        &AlertId::first_at(cutoff).0,
    )?;
    remove(
        "DELETE FROM alert_of_user WHERE id IN (
             SELECT id FROM alert_of_user AS entry
             WHERE id < ? AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = entry.id) ORDER BY id LIMIT ?)",
        &AlertId::first_at(cutoff).0,
    )?;
    let keys = remove(
        "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE expires_at <= ? LIMIT ?)",
        &now.unix_ms(),
    )?;
    let counters = remove(
        "DELETE FROM counter WHERE key IN (SELECT key FROM counter WHERE expires_at <= ? LIMIT ?)",
        &now.unix_ms(),
    )?;
    let sessions = remove(
        "DELETE FROM session WHERE key IN (SELECT key FROM session WHERE expires_at <= ? LIMIT ?)",
        &now.unix_ms(),
    )?;
    // There are few: as many as tenants have had policies.
    let unused = cutoff.plus_ms(-KEPT_LONGER_MS).unix_ms();
    connection.prepare_cached("DELETE FROM kept_policy WHERE used_at < ?")?.execute([unused])?;
    Ok(Trimmed { logins: logins as u64, more: alerts.max(keys).max(counters).max(sessions) == TRIM_ROWS })
}
