//! Logins as an investigation reads them, and API keys.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{damage::Damage, record, sqlite::engine::writer::Refused},
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        tenant::api_key::ApiKeyRecord,
    },
    ports::RecordKind,
};

/// A login by name.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn login(
    connection: &Connection,
    damage: &Damage,
    tenant: &TenantId,
    id: LoginId,
) -> Result<Option<LoginRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM login WHERE id = ? AND tenant = ?")?;
    let bytes: Option<Vec<u8>> =
        select.query_row(params![id.0, tenant.as_str()], |row| record_of(row, 0)).optional()?;
    let read = |it: Vec<u8>| damage.note(RecordKind::Login, || id.to_string(), record::login::decode(&it));
    Ok(bytes.map(read).transpose()?)
}

/// Logins under an index, newest first. What cannot be read is passed over.
///
/// # Errors
/// Those of SQLite.
pub fn logins(
    connection: &Connection,
    damage: &Damage,
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
        "SELECT id, record FROM login WHERE {plus}tenant = ?1 AND {column} IS ?2 AND id >= ?3 AND id < ?4
         ORDER BY id DESC"
    ))?;
    let mut rows = select.query(params![tenant.as_str(), value, ids.start.0, ids.end.0])?;
    let mut found = Vec::new();
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let (id, read) = (LoginId(row.get(0)?), record::login::decode(record_in(row, 1)?));
        found.extend(damage.note(RecordKind::Login, || id.to_string(), read).ok());
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
pub fn api_key(connection: &Connection, damage: &Damage, id: &str) -> Result<Option<ApiKeyRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM api_key WHERE id = ?")?;
    let bytes: Option<Vec<u8>> = select.query_row([id], |row| record_of(row, 0)).optional()?;
    let read = |it: Vec<u8>| damage.note(RecordKind::ApiKey, || id.to_owned(), record::api_key::decode(&it));
    Ok(bytes.map(read).transpose()?)
}

/// Every API key's record, in no order. What cannot be read is passed over.
///
/// # Errors
/// Those of SQLite.
pub fn api_keys(connection: &Connection, damage: &Damage) -> Result<Vec<ApiKeyRecord>, Refused> {
    let mut select = connection.prepare_cached("SELECT id, record FROM api_key")?;
    let (mut rows, mut keys) = (select.query([])?, Vec::new());
    while let Some(row) = rows.next()? {
        let (id, read) = (row.get(0), record::api_key::decode(record_in(row, 1)?));
        keys.extend(damage.note(RecordKind::ApiKey, || id.unwrap_or_default(), read).ok());
    }
    Ok(keys)
}

/// The bytes of a record; none where there is something else in its place.
///
/// # Errors
/// There is no such column.
pub fn record_in<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_bytes().unwrap_or_default())
}

/// The same, to be kept.
///
/// # Errors
/// There is no such column.
pub fn record_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(record_in(row, column)?.to_vec())
}
