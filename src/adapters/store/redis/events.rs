//! What waits to be posted to webhooks. It lies with its user, in any partition.

use std::sync::LazyLock;

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        prepared::leased_event,
        redis::server::{
            due::{Queue, due},
            keys::{self, Waiting},
            link::{Link, WIDE},
        },
    },
    domain::{time::Timestamp, turns::Room},
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
