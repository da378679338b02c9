//! Salts, in memory.

use crate::{
    adapters::store::{
        backend::{Reply, SaltBytes},
        memory::store::Memory,
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::{Salt, Week},
    },
};

impl SaltBytes for Memory {
    async fn salts(&self, users: &[UserKey]) -> Reply<Vec<Option<Salt>>> {
        let tables = self.tables();
        Ok(users.iter().map(|user| tables.salts.get(&user.hash).copied()).collect())
    }

    async fn put_salt(&self, user: &UserKey, salt: Salt) -> Reply<Salt> {
        Ok(*self.tables().salts.entry(user.hash).or_insert(salt))
    }

    async fn week_salt(&self, tenant: &TenantId, week: Week) -> Reply<Option<Salt>> {
        Ok(self.tables().week_salts.get(&(tenant.clone(), week)).copied())
    }

    async fn put_week_salt(&self, tenant: &TenantId, week: Week, salt: Salt) -> Reply<Salt> {
        Ok(*self.tables().week_salts.entry((tenant.clone(), week)).or_insert(salt))
    }

    async fn drop_weeks(&self, last: Week) -> Reply<()> {
        self.tables().week_salts.retain(|(_, week), _| *week > last);
        Ok(())
    }
}
