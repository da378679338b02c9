//! Logins.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Listed, ListedLogin, LoginBytes, LoginPage, Reply},
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::Sqlite,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, TenantId},
    },
};

impl LoginBytes for Sqlite {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Reply<Option<Vec<u8>>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM login WHERE id = ? AND tenant = ?")?;
                Ok(select.query_row(params![id.0, tenant.as_str()], |row| record_of(row, 0)).optional()?)
            })
            .await
    }

    async fn logins_named(&self, ids: &[LoginId]) -> Reply<Vec<Option<Vec<u8>>>> {
        let ids = ids.to_vec();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM login WHERE id = ?")?;
                let mut one = |id: LoginId| Ok(select.query_row([id.0], |row| record_of(row, 0)).optional()?);
                ids.into_iter().map(&mut one).collect::<Result<_, _>>()
            })
            .await
    }

    async fn logins(&self, page: LoginPage<'_>) -> Reply<Vec<ListedLogin>> {
        let LoginPage { tenant, index, ids, limit } = page;
        let (column, value) = match index {
            LoginIndex::Time => ("?2", None),
            LoginIndex::User(user) => ("user", Some(user.hash)),
            LoginIndex::Prefix(prefix) => ("prefix", Some(prefix.0)),
            LoginIndex::Fingerprint(fingerprint) => ("fingerprint", Some(*fingerprint)),
        };
        // The plus keeps SQLite from the tenant's index where there is a narrower one.
        let plus = if value.is_some() { "+" } else { "" };
        let page = format!(
            "SELECT id, record FROM login WHERE {plus}tenant = ?1 AND {column} IS ?2 AND id >= ?3 AND id < ?4
             ORDER BY id DESC LIMIT ?5"
        );
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(&page)?;
                let values = params![tenant.as_str(), value, ids.start.0, ids.end.0, limit_of(limit)];
                let listed = select.query_map(values, |row| {
                    Ok(Listed { id: LoginId(row.get(0)?), record: Some(record_of(row, 1)?) })
                })?;
                Ok(listed.collect::<Result<_, _>>()?)
            })
            .await
    }
}
