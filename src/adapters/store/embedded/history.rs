//! Logins as an investigation reads them, and API keys.

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
        ids::{LoginId, TenantId},
    },
    ports::Unavailable,
};

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
