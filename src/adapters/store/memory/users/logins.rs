//! Logins, in memory.

use std::ops::Range;

use crate::{
    adapters::store::{
        backend::{ClearRows, Listed, ListedLogin, LoginBytes, LoginEntry, LoginPage, Reply},
        memory::store::{Memory, index_bytes},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partitions, PrefixKey, TenantId},
    },
};

impl LoginBytes for Memory {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().logins.get(&id).filter(|it| it.tenant == *tenant).map(|it| it.record.clone()))
    }

    async fn logins_named(&self, ids: &[LoginId]) -> Reply<Vec<Option<Vec<u8>>>> {
        let logins = &self.tables().logins;
        Ok(ids.iter().map(|id| logins.get(id).map(|it| it.record.clone())).collect())
    }

    async fn logins(&self, page: LoginPage<'_>) -> Reply<Vec<ListedLogin>> {
        let LoginPage { tenant, index, ids, limit } = page;
        let (tables, name) = (self.tables(), index_bytes(tenant, index));
        let entries = tables.index.range((name.clone(), ids.start)..(name, ids.end)).rev();
        let listed = |(_, id): &(Vec<u8>, LoginId)| Listed {
            id: *id,
            record: tables.logins.get(id).map(|it| it.record.clone()),
        };
        Ok(entries.take(limit).map(listed).collect())
    }

    async fn entries(
        &self,
        tenant: &TenantId,
        network: PrefixKey,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Reply<Vec<LoginEntry>> {
        let (tables, name) = (self.tables(), index_bytes(tenant, &LoginIndex::Prefix(network)));
        let entries = tables.index.range((name.clone(), ids.start)..(name, ids.end)).rev();
        let entry = |(_, id): &(Vec<u8>, LoginId)| LoginEntry {
            id: *id,
            hidden_byte: tables.logins.get(id).and_then(|it| it.hidden_byte),
        };
        Ok(entries.take(limit).map(entry).collect())
    }

    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        _: &Partitions,
        limit: usize,
    ) -> Reply<ClearRows> {
        let (tables, name) = (self.tables(), index_bytes(tenant, &LoginIndex::Time));
        let mut rows = ClearRows::default();
        if ids.is_empty() {
            return Ok(rows);
        }
        for (_, id) in tables.index.range((name.clone(), ids.start)..(name, ids.end)).rev().take(limit) {
            rows.push(*id, tables.logins.get(id).map_or(&[], |it| &it.facets));
            rows.next = (rows.len() == limit).then_some(*id);
        }
        Ok(rows)
    }
}
