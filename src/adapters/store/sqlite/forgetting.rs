//! Deleting logins, for whatever reason: with their marks, where their tenant lists them, and in the tallies.

use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::{
    adapters::store::{
        sqlite::engine::{rows::record_of, writer::Refused},
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
    let mut delete = connection.prepare_cached("DELETE FROM login WHERE id = ? RETURNING tenant")?;
    let mut mark = connection.prepare_cached("DELETE FROM brief_login WHERE id = ?")?;
    let mut listed =
        connection.prepare_cached("DELETE FROM login_by_time WHERE tenant = ? AND id = ? RETURNING facets")?;
    let mut deleted = 0;
    for id in ids {
        mark.execute([id.0])?;
        let Some(tenant) = delete.query_row([id.0], |row| row.get::<_, String>(0)).optional()? else { continue };
        deleted += 1;
        let facets = listed.query_row(params![tenant, id.0], |row| record_of(row, 0)).optional()?;
        if let Some((tenant, facets)) = TenantId::parse(&tenant).zip(facets) {
            tallies.go(&tenant, *id, &facets);
        }
    }
    Ok(deleted)
}
