//! Logins by user, network and fingerprint, day by day.
//!
//! A hash leads to another place of a tree each time. If the key begins with the day of the login, what is written today is a few
//! hundred pages, which stay in memory and are written to the disk once for many logins. Whoever looks something up goes over the days
//! that there are, newest first: a step of a few microseconds for each, and there are as many as logins are kept for.

use std::ops::Range;

use rusqlite::{Connection, Params, params};

use crate::{
    adapters::store::{
        backend::{Listed, ListedLogin, LoginEntry},
        sqlite::engine::{
            group::deferred::{IndexRows, LoginOf},
            rows::{limit_of, record_of},
        },
    },
    domain::{
        ids::{LoginId, PrefixKey, TenantId},
        time::DAY_MS,
    },
};

/// What a login is found by. The numbers stand in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// The user.
    User = 0,
    /// The network.
    Prefix = 1,
    /// The fingerprint.
    Fingerprint = 2,
}

/// A key by which logins are found.
#[derive(Clone, Copy, Debug)]
pub struct LoginKey {
    /// Of what.
    pub by: FoundBy,
    /// The hash.
    pub hash: [u8; 16],
}

/// The keys by which one login is found.
#[derive(Clone, Copy, Debug)]
pub struct LoginKeys {
    /// The user's hash.
    pub user: [u8; 16],
    /// The network's.
    pub prefix: [u8; 16],
    /// The first half of the fingerprint.
    pub fingerprint: [u8; 16],
}

impl LoginKeys {
    const fn all(&self) -> [LoginKey; 3] {
        [
            LoginKey { by: FoundBy::User, hash: self.user },
            LoginKey { by: FoundBy::Prefix, hash: self.prefix },
            LoginKey { by: FoundBy::Fingerprint, hash: self.fingerprint },
        ]
    }
}

/// The number of a login's day in UTC, since 1970-01-01.
#[must_use]
pub fn day_of(login: LoginId) -> i64 {
    login.time().unix_ms().div_euclid(DAY_MS)
}

/// The days of which a table has rows, from one day to one before, newest first; each found by a step along the key, when the one before
/// it was looked at. `$table` is the table, and `$among` says which rows are meant.
macro_rules! days_of {
    ($table:literal, $among:literal) => {
        concat!(
            "WITH RECURSIVE days (day) AS (
                SELECT max(day) FROM ",
            $table,
            " WHERE day BETWEEN ?1 AND ?2
                UNION ALL
                SELECT (SELECT max(day) FROM ",
            $table,
            " WHERE day BETWEEN ?1 AND days.day - 1)
                FROM days WHERE days.day IS NOT NULL)
            SELECT days.day FROM days WHERE EXISTS (SELECT 1 FROM ",
            $table,
            " AS entry WHERE entry.day = days.day AND ",
            $among,
            ")"
        )
    };
}
pub(crate) use days_of;

/// Those on which a login is found by a key.
pub const DAYS: &str = days_of!("login_of", "kind = ?3 AND key = ?4");

/// Calls `look` with each day that a statement of `days_of` finds, until it says that it has found enough.
///
/// # Errors
/// Those of SQLite.
pub fn newest_first(
    connection: &Connection,
    days: &str,
    values: impl Params,
    mut look: impl FnMut(i64) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(days)?;
    let mut found = select.query(values)?;
    while let Some(row) = found.next()? {
        if look(row.get(0)?)? {
            break;
        }
    }
    Ok(())
}

/// A tenant's logins with these ids that are found by a key, newest first, at most `limit`.
///
/// # Errors
/// Those of SQLite.
pub fn page(
    connection: &Connection,
    tenant: &TenantId,
    key: LoginKey,
    ids: &Range<LoginId>,
    limit: usize,
) -> rusqlite::Result<Vec<ListedLogin>> {
    let mut select = connection.prepare_cached(PAGE)?;
    let mut found: Vec<ListedLogin> = Vec::new();
    let days = params![day_of(ids.start), day_of(ids.end), key.by as i64, key.hash];
    newest_first(connection, DAYS, days, |day| {
        let left = limit_of(limit - found.len());
        let values = params![day, key.by as i64, key.hash, ids.start.0, ids.end.0, tenant.as_str(), left];
        let mut rows = select.query(values)?;
        while let Some(row) = rows.next()? {
            found.push(Listed { id: LoginId(row.get(0)?), record: Some(record_of(row, 1)?) });
        }
        Ok(found.len() >= limit)
    })?;
    Ok(found)
}

/// The entries of a network with these ids, newest first, at most `limit`.
///
/// # Errors
/// Those of SQLite.
pub fn entries(
    connection: &Connection,
    PrefixKey(network): PrefixKey,
    ids: &Range<LoginId>,
    limit: usize,
) -> rusqlite::Result<Vec<LoginEntry>> {
    let mut select = connection.prepare_cached(ENTRIES)?;
    let mut found: Vec<LoginEntry> = Vec::new();
    let kind = FoundBy::Prefix as i64;
    let days = params![day_of(ids.start), day_of(ids.end), kind, network];
    newest_first(connection, DAYS, days, |day| {
        let left = limit_of(limit - found.len());
        let mut rows = select.query(params![day, kind, network, ids.start.0, ids.end.0, left])?;
        while let Some(row) = rows.next()? {
            found.push(LoginEntry { id: LoginId(row.get(0)?), hidden_byte: row.get(1)? });
        }
        Ok(found.len() >= limit)
    })?;
    Ok(found)
}

/// The entries of a day that a key has.
pub const ENTRIES: &str = "SELECT id, hidden_byte FROM login_of
    WHERE day = ? AND kind = ? AND key = ? AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?";

/// The logins of a day that are found by a key. The tenant is that of the login: the index knows none.
pub const PAGE: &str = "SELECT login_of.id, record FROM login_of CROSS JOIN login ON login.id = login_of.id
    WHERE day = ? AND kind = ? AND key = ? AND login_of.id >= ? AND login_of.id < ? AND tenant = ?
    ORDER BY login_of.id DESC LIMIT ?";

/// The id of a user's newest login.
///
/// # Errors
/// Those of SQLite.
pub fn newest_of(connection: &Connection, user: [u8; 16]) -> rusqlite::Result<Option<LoginId>> {
    const NEWEST: &str = "SELECT max(id) FROM login_of WHERE day = ? AND kind = ? AND key = ?";
    let mut select = connection.prepare_cached(NEWEST)?;
    let mut newest = None;
    newest_first(connection, DAYS, params![0, i64::MAX, FoundBy::User as i64, user], |day| {
        let id: Option<[u8; 16]> = select.query_row(params![day, FoundBy::User as i64, user], |row| row.get(0))?;
        newest = id.map(LoginId);
        Ok(newest.is_some())
    })?;
    Ok(newest)
}

/// Adds a login to the index, at the end of its group of commits, with the lowest byte of its address as it is hidden.
pub fn add(rows: &mut IndexRows, login: LoginId, keys: &LoginKeys, hidden_byte: Option<u8>) {
    let row = |LoginKey { by, hash }| LoginOf {
        day: day_of(login),
        kind: by as i64,
        key: hash,
        login,
        hidden_byte: hidden_byte.filter(|_| by == FoundBy::Prefix),
    };
    rows.login_of.extend(keys.all().map(row));
}

/// Takes a login out of the index.
///
/// # Errors
/// Those of SQLite.
pub fn remove(connection: &Connection, login: LoginId, keys: &LoginKeys) -> rusqlite::Result<()> {
    const DELETE: &str = "DELETE FROM login_of WHERE day = ? AND kind = ? AND key = ? AND id = ?";
    let mut delete = connection.prepare_cached(DELETE)?;
    for LoginKey { by, hash } in keys.all() {
        delete.execute(params![day_of(login), by as i64, hash, login.0])?;
    }
    Ok(())
}
