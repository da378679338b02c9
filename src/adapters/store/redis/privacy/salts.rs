//! Salts. A user's is in the hash of the user's partition, so that a commit can compare it.

use crate::{
    adapters::store::{
        backend::{Reply, SaltBytes},
        redis::{
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::{Salt, Week},
    },
    ports::Unavailable,
};

impl SaltBytes for Redis {
    async fn salts(&self, users: &[UserKey]) -> Reply<Vec<Option<Salt>>> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for user in users {
            ask.cmd("HGET").arg(keys::salts(user.partition)).arg(&user.hash[..]);
        }
        // One is asked for on the way of a login.
        let limit = if users.len() == 1 { QUICK } else { WIDE };
        let found: Vec<Option<Vec<u8>>> = self.link.ask(limit, &ask).await?;
        found.into_iter().map(|it| it.map(|it| read(&it)).transpose()).collect()
    }

    async fn put_salt(&self, user: &UserKey, salt: Salt) -> Reply<Salt> {
        self.link.must_keep(QUICK).await?;
        let key = keys::salts(user.partition);
        let mut ask = Batch::new();
        ask.cmd("HSETNX").arg(&key).arg(&user.hash[..]).arg(&salt.0[..]).ignore();
        ask.cmd("HGET").arg(&key).arg(&user.hash[..]);
        let (kept,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        kept.map_or(Ok(salt), |it| read(&it))
    }

    async fn week_salt(&self, tenant: &TenantId, week: Week) -> Reply<Option<Salt>> {
        let mut ask = Batch::new();
        ask.cmd("HGET").arg(keys::weeks(tenant)).arg(week.0);
        let (found,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        found.map(|it| read(&it)).transpose()
    }

    async fn put_week_salt(&self, tenant: &TenantId, week: Week, salt: Salt) -> Reply<Salt> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("SADD").arg(keys::TENANTS_WITH_WEEKS).arg(tenant.as_str()).ignore();
        ask.cmd("HSETNX").arg(keys::weeks(tenant)).arg(week.0).arg(&salt.0[..]).ignore();
        ask.cmd("HGET").arg(keys::weeks(tenant)).arg(week.0);
        let (kept,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        kept.map_or(Ok(salt), |it| read(&it))
    }

    async fn drop_weeks(&self, last: Week) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(keys::TENANTS_WITH_WEEKS);
        let (tenants,): (Vec<String>,) = self.link.ask(WIDE, &ask).await?;
        for tenant in tenants.iter().filter_map(|it| TenantId::parse(it)) {
            let mut ask = Batch::new();
            ask.cmd("HKEYS").arg(keys::weeks(&tenant));
            let (weeks,): (Vec<i64>,) = self.link.ask(WIDE, &ask).await?;
            let over: Vec<i64> = weeks.into_iter().filter(|it| *it <= last.0).collect();
            if !over.is_empty() {
                let mut ask = Batch::new();
                ask.cmd("HDEL").arg(keys::weeks(&tenant)).arg(&over).ignore();
                self.link.ask::<()>(WIDE, &ask).await?;
            }
        }
        Ok(())
    }
}

/// Reads a salt.
///
/// # Errors
/// It has not 16 bytes.
pub fn read(bytes: &[u8]) -> Result<Salt, Unavailable> {
    bytes.try_into().map(Salt).map_err(|_| Unavailable("a salt in the store has not 16 bytes".to_owned()))
}
