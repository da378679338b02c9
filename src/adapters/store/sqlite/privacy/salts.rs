//! Salts, in a file of their own: see [`salts_file`](crate::adapters::store::sqlite::engine::salts_file).

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{Reply, SaltBytes},
        sqlite::{engine::writer::Refused, store::Sqlite},
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
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO salts.person VALUES (?, ?)")?;
            insert.execute(params![user, salt.0])?;
            Ok(salt_of(connection, &user)?.unwrap_or(salt))
        })
        .await
    }

    async fn week_salt(&self, tenant: &TenantId, week: Week) -> Reply<Option<Salt>> {
        let tenant = tenant.clone();
        self.readers.read(move |connection| of_week(connection, &tenant, week)).await
    }

    async fn put_week_salt(&self, tenant: &TenantId, week: Week, salt: Salt) -> Reply<Salt> {
        let tenant = tenant.clone();
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO salts.week VALUES (?, ?, ?)")?;
            insert.execute(params![tenant.as_str(), week.0, salt.0])?;
            Ok(of_week(connection, &tenant, week)?.unwrap_or(salt))
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
    let mut select = connection.prepare_cached("SELECT salt FROM salts.person WHERE user = ?")?;
    select.query_row([user], salt_in).optional()
}

fn of_week(connection: &Connection, tenant: &TenantId, week: Week) -> Result<Option<Salt>, Refused> {
    let mut select = connection.prepare_cached("SELECT salt FROM salts.week WHERE tenant = ? AND week = ?")?;
    Ok(select.query_row(params![tenant.as_str(), week.0], salt_in).optional()?)
}

fn salt_in(row: &Row<'_>) -> rusqlite::Result<Salt> {
    row.get(0).map(Salt)
}
