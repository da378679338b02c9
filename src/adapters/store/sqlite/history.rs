//! Logins as an investigation reads them.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        damage::Damage,
        record,
        sqlite::engine::{
            rows::{record_in, record_of},
            writer::Refused,
        },
    },
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
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
