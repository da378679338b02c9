//! Which persons must not be looked at, in memory.

use crate::{
    adapters::store::{
        backend::{Reply, RestrictionMarks},
        memory::store::Memory,
    },
    domain::ids::{TenantId, UserKey},
};

impl RestrictionMarks for Memory {
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Reply<()> {
        let (mark, restricted) = ((tenant.clone(), user.hash), &mut self.tables().restricted);
        if is {
            restricted.insert(mark)
        } else {
            restricted.remove(&mark)
        };
        Ok(())
    }

    async fn restricted(&self, tenant: &TenantId) -> Reply<Vec<[u8; 16]>> {
        let tables = self.tables();
        Ok(tables.restricted.iter().filter(|(of, _)| of == tenant).map(|(_, user)| *user).collect())
    }
}
