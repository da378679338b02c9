//! Logins, in memory.

use crate::{
    adapters::store::{
        backend::{Listed, ListedLogin, LoginBytes, LoginPage, Reply},
        memory::store::{Memory, index_bytes},
    },
    domain::ids::{LoginId, TenantId},
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
}
