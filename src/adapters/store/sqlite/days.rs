//! Logins by user, network and fingerprint, day by day.
//!
//! A hash leads to another place of a tree each time. If the key begins with the day of the login, what is written today is a few
//! hundred pages, which stay in memory and are written to the disk once for many logins. Whoever looks something up goes over the days
//! that there are, newest first: a step of a few microseconds for each, and there are as many as logins are kept for.

use std::ops::Range;

use rusqlite::{Connection, Params, Row, ToSql, params, params_from_iter};

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

/// What a select finds by a key of logins with these ids, newest first, at most `limit`. Its parameters are the day, the kind of key,
/// the key, the first id, the one behind the last, how many are left, and `more`.
fn by_key<T>(
    connection: &Connection,
    (select, kind, key): (&str, i64, &[u8]),
    (ids, limit): (&Range<LoginId>, usize),
    more: &[&dyn ToSql],
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut select = connection.prepare_cached(select)?;
    let mut found: Vec<T> = Vec::new();
    newest_first(connection, DAYS, params![day_of(ids.start), day_of(ids.end), kind, key], |day| {
        let left = limit_of(limit - found.len());
        let own: [&dyn ToSql; 6] = [&day, &kind, &key, &ids.start.0, &ids.end.0, &left];
        let mut rows = select.query(params_from_iter(own.iter().chain(more)))?;
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found.len() >= limit)
    })?;
    Ok(found)
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
    by_key(connection, (PAGE, key.by as i64, &key.hash), (ids, limit), &[&tenant.as_str()], |row| {
        Ok(Listed { id: LoginId(row.get(0)?), record: Some(record_of(row, 1)?) })
    })
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
    by_key(connection, (ENTRIES, FoundBy::Prefix as i64, &network), (ids, limit), &[], |row| {
        Ok(LoginEntry { id: LoginId(row.get(0)?), hidden_byte: row.get(1)? })
    })
}

/// The entries of a day that a key has.
pub const ENTRIES: &str = "SELECT id, hidden_byte FROM login_of
    WHERE day = ?1 AND kind = ?2 AND key = ?3 AND id >= ?4 AND id < ?5 ORDER BY id DESC LIMIT ?6";

/// The logins of a day that are found by a key. The tenant is that of the login: the index knows none.
pub const PAGE: &str = "SELECT login_of.id, record FROM login_of CROSS JOIN login ON login.id = login_of.id
    WHERE day = ?1 AND kind = ?2 AND key = ?3 AND login_of.id >= ?4 AND login_of.id < ?5 AND tenant = ?7
    ORDER BY login_of.id DESC LIMIT ?6";

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
