//! Logins, in memory.

use std::ops::Range;

use crate::{
    adapters::store::{
        backend::{Listed, LoginBytes},
        memory::store::{Memory, index_bytes},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, TenantId},
    },
    ports::Unavailable,
};

impl LoginBytes for Memory {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.tables().logins.get(&id).filter(|it| it.tenant == *tenant).map(|it| it.record.clone()))
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<Listed<LoginId, Vec<u8>>>, Unavailable> {
        let (tables, name) = (self.tables(), index_bytes(tenant, index));
        let entries = tables.index.range((name.clone(), ids.start)..(name, ids.end)).rev();
        let listed = |(_, id): &(Vec<u8>, LoginId)| Listed {
            id: *id,
            record: tables.logins.get(id).map(|it| it.record.clone()),
        };
        Ok(entries.take(limit).map(listed).collect())
    }
}
