//! A look through the server, along its indexes: no key is ever found by SCAN.

use std::{collections::HashMap, time::Instant};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        damage::{hex, looked_at, try_read},
        name::Name,
        record,
        redis::{
            alerts,
            server::{
                keys::{self, Waiting},
                link::{Link, WIDE},
                versioned,
            },
            store::RedisStore,
        },
    },
    domain::ids::{AlertId, LoginId, Partition, TenantId, WebhookId},
    ports::{Integrity, LookedThrough, RecordKind, Unavailable},
};

/// Records that are asked for in one round trip.
const STEP: usize = 500;

#[async_trait]
impl Integrity for RedisStore {
    fn unreadable(&self) -> usize {
        self.backend.link.damage.count(Instant::now())
    }

    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable> {
        let (link, mut found) = (&self.backend.link, LookedThrough::default());
        let tenants = api_keys(link, &mut found).await?;
        for tenant in &tenants {
            of_tenant(link, tenant, &mut found).await?;
        }
        let partitions = keys::partitions().count();
        for partition in keys::partitions() {
            of_partition(link, partition, limit.div_ceil(partitions), &mut found).await?;
        }
        Ok(found)
    }
}

/// The tenants that have a key.
async fn api_keys(link: &Link, found: &mut LookedThrough) -> Result<Vec<TenantId>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HGETALL").arg(keys::API_KEYS);
    let (records,): (HashMap<String, Vec<u8>>,) = link.ask(WIDE, &ask).await?;
    let mut tenants = Vec::new();
    for (id, bytes) in records {
        let read = record::api_key::decode(&bytes);
        tenants.extend(read.as_ref().ok().map(|it| it.tenant.clone()));
        looked_at(found, RecordKind::ApiKey, || id, read.map(drop));
    }
    tenants.sort_unstable();
    tenants.dedup();
    Ok(tenants)
}

async fn of_tenant(link: &Link, tenant: &TenantId, found: &mut LookedThrough) -> Result<(), Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HGETALL").arg(keys::webhooks(tenant)).cmd("HGETALL").arg(keys::suppressed(tenant));
    let [webhooks, suppressed]: [HashMap<Vec<u8>, Vec<u8>>; 2] = link.ask(WIDE, &ask).await?;
    let mut look = |kind, id: String, bytes: &[u8]| looked_at(found, kind, || id, try_read(kind, bytes));
    for (id, bytes) in &webhooks {
        look(RecordKind::Webhook, Name::Webhook(tenant, id).id(), bytes);
        let Ok(webhook) = id.as_slice().try_into().map(WebhookId) else { continue };
        let mut ask = redis::pipe();
        ask.cmd("LRANGE").arg(keys::attempts(webhook)).arg(0).arg(-1);
        let (attempts,): (Vec<Vec<u8>>,) = link.ask(WIDE, &ask).await?;
        for bytes in &attempts {
            look(RecordKind::Attempt, Name::Attempt(webhook, bytes).id(), bytes);
        }
    }
    for (mailbox, bytes) in &suppressed {
        look(RecordKind::Suppression, format!("{} {}", tenant.as_str(), hex(mailbox)), bytes);
    }
    if let Some(it) = versioned::find(link, &keys::policy(tenant)).await? {
        look(RecordKind::Policy, tenant.as_str().to_owned(), &it.record);
    }
    Ok(())
}

async fn of_partition(
    link: &Link,
    partition: Partition,
    limit: usize,
    found: &mut LookedThrough,
) -> Result<(), Unavailable> {
    let mut ask = redis::pipe();
    for set in [keys::log(partition), keys::alerts(partition), keys::events(partition)] {
        ask.cmd("ZREVRANGE").arg(set).arg(0).arg(i64::try_from(limit).unwrap_or(i64::MAX) - 1);
    }
    let [logins, alerts, events]: [Vec<Vec<u8>>; 3] = link.ask(WIDE, &ask).await?;
    let ids = |names: Vec<Vec<u8>>| names.into_iter().filter_map(|it| <[u8; 16]>::try_from(it).ok());
    let logins: Vec<LoginId> = ids(logins).map(LoginId).collect();
    for step in logins.chunks(STEP) {
        let mut ask = redis::pipe();
        for id in step {
            ask.cmd("GET").arg(keys::login(*id));
        }
        let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
        for (id, bytes) in step.iter().zip(records) {
            let Some(bytes) = bytes else { continue };
            looked_at(found, RecordKind::Login, || id.to_string(), try_read(RecordKind::Login, &bytes));
        }
    }
    let alerts: Vec<AlertId> = ids(alerts).map(AlertId).collect();
    for step in alerts.chunks(STEP) {
        alerts::look_through(link, step, found).await?;
    }
    let events: Vec<Waiting> = events.iter().filter_map(|it| Waiting::read(it)).collect();
    for step in events.chunks(STEP) {
        let mut ask = redis::pipe();
        for it in step {
            ask.cmd("HGET").arg(it.key()).arg("record");
        }
        let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
        for (it, bytes) in step.iter().zip(records) {
            let Some(bytes) = bytes else { continue };
            looked_at(found, RecordKind::Event, || it.event.to_string(), try_read(RecordKind::Event, &bytes));
        }
    }
    Ok(())
}
