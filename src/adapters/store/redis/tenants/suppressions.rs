//! E-mail addresses that get no more mail.

use std::collections::BTreeMap;

use crate::{
    adapters::store::{
        backend::{Reply, SuppressionBytes},
        redis::{
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::ids::{EmailKey, TenantId},
};

impl SuppressionBytes for Redis {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, record: String) -> Reply<bool> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("HSETNX").arg(keys::suppressed(tenant)).arg(&email.0[..]).arg(record);
        let (is_new,) = self.link.ask(QUICK, &ask).await?;
        Ok(is_new)
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Reply<Vec<Option<Vec<u8>>>> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for (tenant, email) in asked {
            ask.cmd("HGET").arg(keys::suppressed(tenant)).arg(&email.0[..]);
        }
        self.link.ask(WIDE, &ask).await
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Reply<bool> {
        let mut ask = Batch::new();
        ask.cmd("HDEL").arg(keys::suppressed(tenant)).arg(&email.0[..]);
        let (was_there,) = self.link.ask(QUICK, &ask).await?;
        Ok(was_there)
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Reply<Vec<(String, u64)>> {
        let mut ask = Batch::new();
        ask.cmd("HVALS").arg(keys::suppressed(tenant));
        let (records,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        let mut counts = BTreeMap::<String, u64>::new();
        for record in records {
            let cause = record.split(|it| *it == b' ').next().unwrap_or_default();
            *counts.entry(String::from_utf8_lossy(cause).into_owned()).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }
}
