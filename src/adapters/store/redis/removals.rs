//! Removing tenants. What tenants are being removed, and which were, is in one slot; what was deleted is counted in the
//! partition that it was deleted from.

use std::{collections::HashMap, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{Entry, HolderPage, RemovalBytes, RemovalLedgerBytes, Reply},
        redis::{
            log::leaves,
            server::{
                alert_keys, keys,
                link::{Batch, QUICK, WIDE},
                tenant_keys,
            },
            store::Redis,
            tenant_walk::{holders, remove_events, remove_listed},
            users::commits::remove_commits,
        },
    },
    domain::{
        ids::{ReceiptId, TenantId, WebhookId},
        policy::policy::PolicyVersion,
        privacy::{
            erasure::Erased,
            removal::{RemovalBegun, Removed, TenantStock},
        },
        time::Timestamp,
    },
};

static END: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("end_removal.lua")));

impl RemovalBytes for Redis {
    async fn tenants(&self) -> Reply<Vec<TenantId>> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(keys::TENANTS_WITH_WEEKS);
        let (names,): (Vec<String>,) = self.link.ask(WIDE, &ask).await?;
        Ok(names.iter().filter_map(|it| TenantId::parse(it)).collect())
    }

    /// As the indexes say, which may count some that are gone.
    async fn stock_of(&self, tenant: &TenantId) -> Reply<TenantStock> {
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.add_command(leaves::card(&keys::logins_of(partition, tenant)));
            ask.cmd("ZCARD").arg(alert_keys::alerts_of(partition, tenant));
        }
        let counts: Vec<u64> = self.link.ask(WIDE, &ask).await?;
        Ok(TenantStock { logins: counts.iter().step_by(2).sum(), alerts: counts.iter().skip(1).step_by(2).sum() })
    }

    async fn begin_removal(&self, begun: &RemovalBegun) -> Reply<RemovalBegun> {
        self.link.must_keep(QUICK).await?;
        let tenant = begun.tenant.as_str();
        let mut ask = Batch::new();
        ask.atomic();
        ask.cmd("HSETNX").arg(tenant_keys::REMOVING).arg(tenant).arg(written(begun)).ignore();
        ask.cmd("HGET").arg(tenant_keys::REMOVING).arg(tenant);
        let (noted,): (Option<String>,) = self.link.ask(QUICK, &ask).await?;
        Ok(noted.and_then(|it| read(tenant, &it)).unwrap_or_else(|| begun.clone()))
    }

    async fn removals_begun(&self) -> Reply<Vec<RemovalBegun>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(tenant_keys::REMOVING);
        let (noted,): (HashMap<String, String>,) = self.link.ask(WIDE, &ask).await?;
        Ok(noted.iter().filter_map(|(tenant, it)| read(tenant, it)).collect())
    }

    async fn holders(&self, from: Option<Vec<u8>>, limit: usize) -> Reply<HolderPage> {
        holders(&self.link, from, limit).await
    }

    async fn remove_rest(&self, tenant: &TenantId) -> Reply<bool> {
        if remove_listed(&self.link, tenant).await? {
            return Ok(true);
        }
        remove_events(&self.link, tenant).await?;
        remove_commits(&self.link, tenant).await?;
        // So that nothing that is noted already is counted afterwards.
        self.fold().await?;
        self.remove_tallies(tenant).await?;
        let mut ask = Batch::new();
        ask.cmd("HKEYS").arg(tenant_keys::webhooks(tenant)).cmd("SMEMBERS").arg(tenant_keys::kept_policies(tenant));
        let (webhooks, versions): (Vec<Vec<u8>>, Vec<Vec<u8>>) = self.link.ask(WIDE, &ask).await?;
        let mut remove = Batch::new();
        for webhook in webhooks.into_iter().filter_map(|it| it.try_into().ok()) {
            remove.cmd("UNLINK").arg(tenant_keys::attempts(WebhookId(webhook))).ignore();
        }
        for version in versions.into_iter().filter_map(|it| it.try_into().ok()) {
            remove.cmd("UNLINK").arg(tenant_keys::kept_policy(tenant, PolicyVersion(version))).ignore();
        }
        for key in [
            tenant_keys::webhooks(tenant),
            tenant_keys::kept_policies(tenant),
            tenant_keys::policy(tenant),
            tenant_keys::saved_searches(tenant),
            keys::suppressed(tenant),
            keys::restricted(tenant),
            keys::weeks(tenant),
        ] {
            remove.cmd("UNLINK").arg(key).ignore();
        }
        remove.cmd("SREM").arg(keys::TENANTS_WITH_WEEKS).arg(tenant.as_str()).ignore();
        self.link.ask::<()>(WIDE, &remove).await?;
        Ok(false)
    }

    async fn removed_by(&self, begun: &RemovalBegun) -> Reply<Removed> {
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("HMGET").arg(tenant_keys::removed(partition, &begun.tenant, begun.at));
            ask.arg(&["people", "logins", "alerts", "sessions", "devices"]);
        }
        let found: Vec<[Option<u64>; 5]> = self.link.ask(WIDE, &ask).await?;
        let mut removed = Removed { api_keys: begun.api_keys, webhooks: begun.webhooks, ..Removed::default() };
        for counts in found {
            let [people, logins, alerts, sessions, devices] = counts.map(Option::unwrap_or_default);
            removed.people += people;
            removed.erased = removed.erased.and(Erased { logins, alerts, sessions, devices });
        }
        Ok(removed)
    }

    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId, record: Vec<u8>) -> Reply<bool> {
        let mut run = END.key(tenant_keys::REMOVING);
        run.key(tenant_keys::REMOVALS).arg(begun.tenant.as_str()).arg(written(begun)).arg(&receipt.0[..]).arg(record);
        let is_ended: bool = self.link.run(QUICK, &run).await?;
        // What is left of it if this does not happen expires.
        let mut forget = Batch::new();
        for partition in keys::partitions() {
            forget.cmd("UNLINK").arg(tenant_keys::removed(partition, &begun.tenant, begun.at)).ignore();
        }
        self.link.ask::<()>(WIDE, &forget).await?;
        Ok(is_ended)
    }
}

impl RemovalLedgerBytes for Redis {
    async fn removals(&self) -> Reply<Vec<Entry<ReceiptId>>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(tenant_keys::REMOVALS);
        let (found,): (HashMap<Vec<u8>, Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        let entry = |(id, record): (Vec<u8>, Vec<u8>)| Some(Entry { id: ReceiptId(id.try_into().ok()?), record });
        Ok(found.into_iter().filter_map(entry).collect())
    }

    async fn enter_removal(&self, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("HSET").arg(tenant_keys::REMOVALS).arg(&receipt.0[..]).arg(record).ignore();
        self.link.ask(QUICK, &ask).await
    }
}

/// What stands for a removal that was begun.
fn written(begun: &RemovalBegun) -> String {
    format!("{} {} {}", begun.at.unix_ms(), begun.api_keys, begun.webhooks)
}

fn read(tenant: &str, text: &str) -> Option<RemovalBegun> {
    let mut numbers = text.split(' ');
    let at = Timestamp::from_unix_ms(numbers.next()?.parse().ok()?);
    let mut count = || numbers.next()?.parse().ok();
    Some(RemovalBegun { tenant: TenantId::parse(tenant)?, at, api_keys: count()?, webhooks: count()? })
}
