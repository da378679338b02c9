//! Salts, in a file of their own: see [`salts_file`](crate::adapters::store::sqlite::engine::salts_file).

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{Reply, SaltBytes},
        sqlite::{
            engine::{faults::Refused, group::deferred::Deferred},
            store::{Sqlite, unruled},
        },
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::{Salt, Week},
    },
};

impl SaltBytes for Sqlite {
    async fn salts(&self, users: &[UserKey]) -> Reply<Vec<Option<Salt>>> {
        let users: Vec<[u8; 16]> = users.iter().map(|user| user.hash).collect();
        self.readers.read(move |connection| users.iter().map(|user| Ok(salt_of(connection, user)?)).collect()).await
    }

    async fn put_salt(&self, user: &UserKey, salt: Salt) -> Reply<Salt> {
        let user = user.hash;
        let put = move |connection: &Connection, _: &mut Deferred| Ok(put_salt_of(connection, &user, salt)?);
        self.writer.write_once_checked(put).await.map_err(unruled)
    }

    async fn week_salt(&self, tenant: &TenantId, week: Week) -> Reply<Option<Salt>> {
        let tenant = tenant.clone();
        self.readers.read(move |connection| of_week(connection, &tenant, week)).await
    }

    async fn put_week_salt(&self, tenant: &TenantId, week: Week, salt: Salt) -> Reply<Salt> {
        let tenant = tenant.clone();
        self.write(move |connection| {
            if let Some(kept) = of_week(connection, &tenant, week)? {
                return Ok(kept);
            }
            let slot = put_slot(connection, salt)?;
            let mut insert = connection.prepare_cached("INSERT INTO salts.week VALUES (?, ?, ?)")?;
            insert.execute(params![tenant.as_str(), week.0, slot])?;
            Ok(salt)
        })
        .await
    }

    async fn drop_weeks(&self, last: Week) -> Reply<()> {
        let drop = move |connection: &Connection| {
            Ok(connection.prepare_cached("DELETE FROM salts.week WHERE week <= ?")?.execute([last.0])?)
        };
        if self.write(drop).await? > 0 {
            // What was overwritten in the file still stands in its log.
            self.writer.empty_logs().await;
        }
        Ok(())
    }
}

/// A user's salt.
///
/// # Errors
/// Those of SQLite.
pub fn salt_of(connection: &Connection, user: &[u8; 16]) -> rusqlite::Result<Option<Salt>> {
    let mut select =
        connection.prepare_cached("SELECT salt FROM salts.person JOIN salts.slot ON id = slot WHERE user = ?")?;
    select.query_row([user], salt_in).optional()
}

/// Keeps a salt of a user who has none. Returns the salt that they have by then.
///
/// # Errors
/// Those of SQLite.
pub fn put_salt_of(connection: &Connection, user: &[u8; 16], salt: Salt) -> rusqlite::Result<Salt> {
    if let Some(kept) = salt_of(connection, user)? {
        return Ok(kept);
    }
    let slot = put_slot(connection, salt)?;
    connection.prepare_cached("INSERT INTO salts.person VALUES (?, ?)")?.execute(params![user, slot])?;
    Ok(salt)
}

fn put_slot(connection: &Connection, salt: Salt) -> rusqlite::Result<i64> {
    connection.prepare_cached("INSERT INTO salts.slot (salt) VALUES (?)")?.insert([salt.0])
}

fn of_week(connection: &Connection, tenant: &TenantId, week: Week) -> Result<Option<Salt>, Refused> {
    let mut select = connection
        .prepare_cached("SELECT salt FROM salts.week JOIN salts.slot ON id = slot WHERE tenant = ? AND week = ?")?;
    Ok(select.query_row(params![tenant.as_str(), week.0], salt_in).optional()?)
}

fn salt_in(row: &Row<'_>) -> rusqlite::Result<Salt> {
    row.get(0).map(Salt)
}
