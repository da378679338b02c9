//! Deleting logins and browsers, for whatever reason. Logins go with their marks, where their tenant lists them, what they are found by, and in the tallies.

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::{
    adapters::store::{
        sqlite::{
            days::{self, LoginKeys},
            engine::{faults::Refused, rows::record_of},
        },
        tallying::TallyChanges,
    },
    domain::ids::{LoginId, TenantId},
};

/// The ids that a statement selects.
///
/// # Errors
/// Those of SQLite.
pub fn ids(connection: &Connection, select: &str, values: impl Params) -> rusqlite::Result<Vec<LoginId>> {
    connection.prepare_cached(select)?.query_map(values, |row| row.get(0).map(LoginId))?.collect()
}

/// Deletes logins, and takes them out of the tallies. Returns how many there were.
///
/// # Errors
/// Those of SQLite.
pub fn forget_logins(connection: &Connection, tallies: &mut TallyChanges, ids: &[LoginId]) -> Result<usize, Refused> {
    let mut delete =
        connection.prepare_cached("DELETE FROM login WHERE id = ? RETURNING tenant, user, prefix, fingerprint")?;
    let mut mark = connection.prepare_cached("DELETE FROM brief_login WHERE id = ?")?;
    let mut listed =
        connection.prepare_cached("DELETE FROM login_by_time WHERE tenant = ? AND id = ? RETURNING facets")?;
    let mut deleted = 0;
    for id in ids {
        mark.execute([id.0])?;
        let deleted_row = |row: &Row<'_>| {
            let keys = LoginKeys { user: row.get(1)?, prefix: row.get(2)?, fingerprint: row.get(3)? };
            Ok((row.get::<_, String>(0)?, keys))
        };
        let Some((tenant, keys)) = delete.query_row([id.0], deleted_row).optional()? else { continue };
        deleted += 1;
        days::remove(connection, *id, &keys)?;
        let facets = listed.query_row(params![tenant, id.0], |row| record_of(row, 0)).optional()?;
        if let Some((tenant, facets)) = TenantId::parse(&tenant).zip(facets) {
            tallies.go(&tenant, *id, &facets);
        }
    }
    Ok(deleted)
}

/// Deletes all browsers of a user, and every note of when they are to be looked at.
///
/// # Errors
/// Those of SQLite.
pub fn forget_browsers(connection: &Connection, user: [u8; 16]) -> rusqlite::Result<()> {
    const NEXT: &str = "SELECT brief, week FROM browser_due WHERE (brief, week) > (?, ?) ORDER BY brief, week LIMIT 1";
    connection.prepare_cached("DELETE FROM browser WHERE user = ?")?.execute([user])?;
    // From one week to the next, over the rows between.
    let mut next = connection.prepare_cached(NEXT)?;
    let mut delete = connection.prepare_cached("DELETE FROM browser_due WHERE brief = ? AND week = ? AND user = ?")?;
    let mut last = (i64::MIN, i64::MIN);
    while let Some(found) = next.query_row([last.0, last.1], |row| Ok((row.get(0)?, row.get(1)?))).optional()? {
        delete.execute(params![found.0, found.1, user])?;
        last = found;
    }
    Ok(())
}
