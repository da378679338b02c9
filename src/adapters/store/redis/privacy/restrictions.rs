//! Which persons must not be looked at.

use crate::{
    adapters::store::{
        backend::{Reply, RestrictionMarks},
        redis::{
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::ids::{TenantId, UserKey},
};

impl RestrictionMarks for Redis {
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut write = Batch::new();
        write.cmd(if is { "SADD" } else { "SREM" }).arg(keys::restricted(tenant)).arg(&user.hash[..]).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn restricted(&self, tenant: &TenantId) -> Reply<Vec<[u8; 16]>> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(keys::restricted(tenant));
        let (users,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        Ok(users.into_iter().filter_map(|it| it.try_into().ok()).collect())
    }
}
