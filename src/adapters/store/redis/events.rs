//! Webhooks, their attempts, and what waits to be posted to them. What waits lies with its user, in any partition.

use std::{collections::HashMap, sync::LazyLock};

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        damage::hex,
        prepared::leased_event,
        record,
        redis::{
            due::{Queue, due},
            keys::{self, Waiting},
            server::link::{Link, QUICK, WIDE},
        },
    },
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::{Attempt, MAX_ATTEMPTS, Webhook},
        time::Timestamp,
        turns::Room,
    },
    ports::{EventSettlement, LeasedEvent, RecordKind, Unavailable},
};

static LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease_event.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle_event.lua")));

/// What waits to be posted. Whose a message is follows from its webhook.
const QUEUE: Queue = Queue { set: keys::events, kind: "event:", looked_at: 10_000 };

/// Record, body, attempts and fence; or nothing.
type Leased = Option<(Vec<u8>, Vec<u8>, u32, u64)>;

/// Leases what is due, in turn by tenant. As with alerts, another worker may be quicker, and then fewer are leased than were found.
///
/// # Errors
/// The server does not answer in time. Leases that were given nevertheless run out.
pub async fn lease(
    link: &Link,
    now: Timestamp,
    lease_until: Timestamp,
    room: &Room,
) -> Result<Vec<LeasedEvent>, Unavailable> {
    let due = room.pick(due(link, QUEUE, now, room).await?);
    let leases = due.iter().filter_map(|it| Waiting::read(&it.name)).map(|it| lease_one(link, it, now, lease_until));
    Ok(try_join_all(leases).await?.into_iter().flatten().collect())
}

async fn lease_one(
    link: &Link,
    waiting: Waiting,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Option<LeasedEvent>, Unavailable> {
    let mut run = LEASE.key(waiting.key());
    run.key(keys::events(waiting.event.partition())).arg(waiting.name());
    run.arg(now.unix_ms()).arg(lease_until.unix_ms());
    let leased: Leased = link.run(WIDE, &run).await?;
    Ok(leased.and_then(|(record, body, attempts, fence)| {
        let lease = leased_event(&record, waiting.webhook.map(|it| (it, body)), attempts, fence);
        link.damage.note(RecordKind::Event, || waiting.event.to_string(), lease).ok()
    }))
}

/// Ends a lease, if it is the latest.
///
/// # Errors
/// The server does not answer in time. To settle again is safe.
pub async fn settle(
    link: &Link,
    leased: &LeasedEvent,
    now: Timestamp,
    settlement: EventSettlement,
) -> Result<bool, Unavailable> {
    let event = leased.event.id;
    let waiting = Waiting { event, webhook: leased.message.as_ref().map(|(webhook, _)| *webhook) };
    let (due_at, attempts, webhooks, body) = match settlement {
        EventSettlement::Over => (None, 0, Vec::new(), Vec::new()),
        EventSettlement::RetryAt(due_at, attempts) => (Some(due_at), attempts, Vec::new(), Vec::new()),
        EventSettlement::TakenUp(webhooks, body) => (None, 0, webhooks, body),
    };
    let mut run = SETTLE.key(waiting.key());
    run.key(keys::events(event.partition()))
        .arg(waiting.name())
        .arg(leased.fence)
        .arg(attempts)
        .arg(due_at.map_or(String::new(), |it| it.unix_ms().to_string()))
        .arg(now.unix_ms())
        .arg(body);
    for it in webhooks {
        let message = Waiting { event, webhook: Some(it) };
        run.key(message.key()).arg(message.name());
    }
    link.run(WIDE, &run).await
}

/// When something is next due.
///
/// # Errors
/// The server does not answer in time.
pub async fn next_due(link: &Link) -> Result<Option<Timestamp>, Unavailable> {
    let mut ask = redis::pipe();
    for partition in keys::partitions() {
        ask.cmd("ZRANGE").arg(keys::events(partition)).arg(0).arg(0).arg("WITHSCORES");
    }
    let members: Vec<Vec<(Vec<u8>, i64)>> = link.ask(WIDE, &ask).await?;
    Ok(members.into_iter().flatten().map(|(_, due_at)| Timestamp::from_unix_ms(due_at)).min())
}

/// Adds or replaces a webhook.
///
/// # Errors
/// The server does not answer in time.
pub async fn put_webhook(link: &Link, webhook: &Webhook) -> Result<(), Unavailable> {
    link.must_keep(QUICK).await?;
    let (key, record) = (keys::webhooks(&webhook.tenant), record::webhook::encode(webhook));
    let mut ask = redis::pipe();
    ask.cmd("HSET").arg(key).arg(&webhook.id.0[..]).arg(record).ignore();
    link.ask(QUICK, &ask).await
}

/// A tenant's webhooks, the oldest first. What cannot be read is passed over.
///
/// # Errors
/// The server does not answer in time.
pub async fn webhooks(link: &Link, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HGETALL").arg(keys::webhooks(tenant));
    let (records,): (HashMap<Vec<u8>, Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    let read = |(id, it): (&Vec<u8>, &Vec<u8>)| {
        link.damage.note(RecordKind::Webhook, || webhook_name(id), record::webhook::decode(it)).ok()
    };
    let mut found: Vec<Webhook> = records.iter().filter_map(read).collect();
    found.sort_unstable_by_key(|it| it.id);
    Ok(found)
}

/// Forgets a webhook and its attempts.
///
/// # Errors
/// The server does not answer in time.
pub async fn remove_webhook(link: &Link, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HDEL").arg(keys::webhooks(tenant)).arg(&id.0[..]);
    let (removed,): (bool,) = link.ask(QUICK, &ask).await?;
    if removed {
        let mut forget = redis::pipe();
        forget.cmd("DEL").arg(keys::attempts(id)).ignore();
        link.ask::<()>(QUICK, &forget).await?;
    }
    Ok(removed)
}

/// Keeps what came of an attempt, and forgets the oldest beyond [`MAX_ATTEMPTS`].
///
/// # Errors
/// The server does not answer in time.
pub async fn put_attempt(link: &Link, webhook: WebhookId, attempt: &Attempt) -> Result<(), Unavailable> {
    let key = keys::attempts(webhook);
    let mut ask = redis::pipe();
    ask.cmd("LPUSH").arg(&key).arg(record::attempt::encode(attempt)).ignore();
    ask.cmd("LTRIM").arg(&key).arg(0).arg(MAX_ATTEMPTS - 1).ignore();
    link.ask(QUICK, &ask).await
}

/// The name of a webhook, whatever stands in its place.
pub(crate) fn webhook_name(id: &[u8]) -> String {
    id.try_into().map_or_else(|_| hex(id), |it| WebhookId(it).to_string())
}

/// What came of the attempts of a webhook, the latest first. What cannot be read is passed over.
///
/// # Errors
/// The server does not answer in time.
pub async fn attempts(link: &Link, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("LRANGE").arg(keys::attempts(webhook)).arg(0).arg(-1);
    let (records,): (Vec<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    // They have no names but their bytes.
    let read = |it: &Vec<u8>| {
        let id = || format!("{webhook} {}", hex(&blake3::hash(it).as_bytes()[..4]));
        link.damage.note(RecordKind::Attempt, id, record::attempt::decode(it)).ok()
    };
    Ok(records.iter().filter_map(read).collect())
}
