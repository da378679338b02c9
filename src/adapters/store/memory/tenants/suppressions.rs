//! Suppressed e-mail addresses, in memory.

use std::collections::{BTreeMap, btree_map::Entry::Vacant};

use crate::{
    adapters::store::{
        backend::{Reply, SuppressionBytes},
        memory::store::Memory,
    },
    domain::ids::{EmailKey, TenantId},
};

impl SuppressionBytes for Memory {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, record: String) -> Reply<bool> {
        let mut tables = self.tables();
        let Vacant(vacant) = tables.suppressions.entry((tenant.clone(), email)) else { return Ok(false) };
        vacant.insert(record);
        Ok(true)
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Reply<Vec<Option<Vec<u8>>>> {
        let tables = self.tables();
        Ok(asked.iter().map(|key| tables.suppressions.get(key).map(|it| it.clone().into_bytes())).collect())
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Reply<bool> {
        Ok(self.tables().suppressions.remove(&(tenant.clone(), email)).is_some())
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Reply<Vec<(String, u64)>> {
        let tables = self.tables();
        let mut counts = BTreeMap::<String, u64>::new();
        for (_, record) in tables.suppressions.iter().filter(|((owner, _), _)| owner == tenant) {
            *counts.entry(record.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }
}
