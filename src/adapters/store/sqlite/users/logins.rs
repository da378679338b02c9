//! Logins.

use std::ops::Range;

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{ClearRows, Listed, ListedLogin, LoginBytes, LoginEntry, LoginPage, Reply},
        sqlite::{
            days::{self, FoundBy, LoginKey},
            engine::rows::{limit_of, record_in, record_of},
            store::Sqlite,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partitions, PrefixKey, TenantId},
    },
};

/// The record of a login.
const ONE: &str = "SELECT record FROM login WHERE id = ? AND tenant = ?";

impl LoginBytes for Sqlite {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Reply<Option<Vec<u8>>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(ONE)?;
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
        const BY_TIME: &str = "SELECT id, record FROM login_by_time JOIN login USING (tenant, id)
            WHERE tenant = ? AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
        let LoginPage { tenant, index, ids, limit } = page;
        let key = key_of(index);
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                if let Some(key) = key {
                    return Ok(days::page(connection, &tenant, key, &ids, limit)?);
                }
                let mut select = connection.prepare_cached(BY_TIME)?;
                let values = params![tenant.as_str(), ids.start.0, ids.end.0, limit_of(limit)];
                let listed = select.query_map(values, |row| {
                    Ok(Listed { id: LoginId(row.get(0)?), record: Some(record_of(row, 1)?) })
                })?;
                Ok(listed.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn entries(
        &self,
        _: &TenantId,
        network: PrefixKey,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Reply<Vec<LoginEntry>> {
        self.readers.read(move |connection| Ok(days::entries(connection, network, &ids, limit)?)).await
    }

    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        _: &Partitions,
        limit: usize,
    ) -> Reply<ClearRows> {
        const PAGE: &str = "SELECT id, facets FROM login_by_time WHERE tenant = ?1 AND id >= ?2 AND id < ?3
            ORDER BY id DESC LIMIT ?4";
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(PAGE)?;
                let mut found = select.query(params![tenant.as_str(), ids.start.0, ids.end.0, limit_of(limit)])?;
                let mut rows = ClearRows::default();
                while let Some(row) = found.next()? {
                    let id = LoginId(row.get(0)?);
                    rows.push(id, record_in(row, 1)?);
                    rows.next = (rows.len() == limit).then_some(id);
                }
                Ok(rows)
            })
            .await
    }
}

/// What the index by day knows logins by; `None` for all of a tenant.
const fn key_of(index: &LoginIndex) -> Option<LoginKey> {
    match index {
        LoginIndex::Time => None,
        LoginIndex::User(user) => Some(LoginKey { by: FoundBy::User, hash: user.hash }),
        LoginIndex::Prefix(prefix) | LoginIndex::Address(prefix, _) => {
            Some(LoginKey { by: FoundBy::Prefix, hash: prefix.0 })
        }
        LoginIndex::Fingerprint(print) => Some(LoginKey { by: FoundBy::Fingerprint, hash: *print }),
    }
}
