//! Which persons must not be looked at.

use rusqlite::params;

use crate::{
    adapters::store::{
        backend::{Reply, RestrictionMarks},
        sqlite::store::Sqlite,
    },
    domain::ids::{TenantId, UserKey},
};

impl RestrictionMarks for Sqlite {
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Reply<()> {
        const ADD: &str = "INSERT OR IGNORE INTO restricted VALUES (?, ?)";
        const REMOVE: &str = "DELETE FROM restricted WHERE tenant = ? AND user = ?";
        let (tenant, user) = (tenant.clone(), user.hash);
        self.write(move |connection| {
            let change = if is { ADD } else { REMOVE };
            Ok(connection.prepare_cached(change)?.execute(params![tenant.as_str(), user])?)
        })
        .await
        .map(|_| ())
    }

    async fn restricted(&self, tenant: &TenantId) -> Reply<Vec<[u8; 16]>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT user FROM restricted WHERE tenant = ?")?;
                let users = select.query_map([tenant.as_str()], |row| row.get(0))?;
                Ok(users.collect::<Result<_, _>>()?)
            })
            .await
    }
}
