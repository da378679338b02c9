//! What waits to be posted to webhooks. It lies with its user, in any partition.

use std::sync::LazyLock;

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        backend::{EventBytes, EventLease, EventRow, Reply},
        redis::{
            server::{
                alert_keys::{self, Waiting},
                due::{Queue, due, next_due},
                link::{Link, WIDE},
                recall,
            },
            store::Redis,
        },
    },
    domain::{time::Timestamp, turns::Room, waiting::Latest},
    ports::EventSettlement,
};

static LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease_event.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle_event.lua")));

/// What waits to be posted. Whose a message is follows from its webhook.
const QUEUE: Queue = Queue { set: alert_keys::events, kind: "event:", looked_at: 10_000 };

/// Record, body, attempts and fence; or nothing.
type Leased = Option<(Vec<u8>, Vec<u8>, u32, u64)>;

impl EventBytes for Redis {
    /// As with alerts, another worker may be quicker, and then fewer are leased than were found.
    async fn lease_events(&self, now: Timestamp, lease_until: Timestamp, room: &Room) -> Reply<Vec<EventRow>> {
        let link = &self.link;
        let due = room.pick(due(link, QUEUE, now, room).await?);
        let waiting = due.iter().filter_map(|it| Waiting::read(&it.name));
        let leases = waiting.map(|it| lease_one(link, it, now, lease_until));
        Ok(try_join_all(leases).await?.into_iter().flatten().collect())
    }

    async fn settle_event(&self, lease: EventLease, now: Timestamp, settlement: EventSettlement) -> Reply<bool> {
        let event = lease.id;
        let waiting = Waiting { event, webhook: lease.webhook };
        let (due_at, attempts, webhooks, body) = match settlement {
            EventSettlement::Over => (None, 0, Vec::new(), Vec::new()),
            EventSettlement::RetryAt(due_at, attempts) => (Some(due_at), attempts, Vec::new(), Vec::new()),
            EventSettlement::TakenUp(webhooks, body) => (None, 0, webhooks, body),
        };
        let mut run = SETTLE.key(waiting.key());
        run.key(alert_keys::events(event.partition()))
            .arg(waiting.name())
            .arg(lease.fence)
            .arg(attempts)
            .arg(due_at.map_or(String::new(), |it| it.unix_ms().to_string()))
            .arg(now.unix_ms())
            .arg(body);
        for it in webhooks {
            let message = Waiting { event, webhook: Some(it) };
            run.key(message.key()).arg(message.name());
        }
        self.link.run(WIDE, &run).await
    }

    async fn next_event_due(&self) -> Reply<Option<Timestamp>> {
        next_due(&self.link, alert_keys::events).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        recall::events(&self.link, now, latest).await
    }
}

async fn lease_one(link: &Link, waiting: Waiting, now: Timestamp, lease_until: Timestamp) -> Reply<Option<EventRow>> {
    let mut run = LEASE.key(waiting.key());
    run.key(alert_keys::events(waiting.event.partition())).arg(waiting.name());
    run.arg(now.unix_ms()).arg(lease_until.unix_ms());
    let leased: Leased = link.run(WIDE, &run).await?;
    Ok(leased.map(|(record, body, attempts, fence)| {
        let lease = EventLease { id: waiting.event, webhook: waiting.webhook, fence };
        EventRow { lease, record, body, attempts }
    }))
}
