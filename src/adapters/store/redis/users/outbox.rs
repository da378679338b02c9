//! Alerts whose mail waits to leave. They may lie in any partition: all are asked in one pipeline.

use std::{collections::BTreeSet, sync::LazyLock};

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        backend::{DeliveryChange, Listed, ListedAlert, OutboxBytes, Reply},
        record::delivery::DeliveryRow,
        redis::{
            server::{
                alert_keys::{self, Waiting},
                due::{Queue, due, next_due},
                keys,
                link::{Batch, Link, WIDE},
                recall,
            },
            store::Redis,
            users::alerts::{Fields, alert_in},
        },
    },
    domain::{
        ids::AlertId,
        time::Timestamp,
        turns::{Room, last_of_each},
        waiting::Latest,
    },
};

static LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease.lua")));
static REPLACE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("replace.lua")));

/// Alerts that wait. To know whose one is costs a look at it.
const QUEUE: Queue = Queue { set: alert_keys::outbox, kind: "alert:", looked_at: 500 };

impl OutboxBytes for Redis {
    /// Between finding and leasing another worker may have been quicker: the script looks again, and then fewer are leased than
    /// were found. Where the server does not answer in time, leases that were given nevertheless run out.
    async fn lease(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Reply<Vec<ListedAlert>> {
        let (link, room, lease) = (&self.link, Room::of(limit), Lease { now, until: lease_until });
        let picked = room.pick(due(link, QUEUE, now, &room).await?);
        // The connection is shared and keeps order: these run as one pipeline.
        let ids = picked.iter().filter_map(|it| it.name.as_slice().try_into().ok()).map(AlertId);
        let alerts = ids.map(|id| lease_one(link, id, lease, Which::Any));
        let mut leased: Vec<ListedAlert> = try_join_all(alerts).await?.into_iter().flatten().collect();
        let is_held = |it: &&ListedAlert| matches!(&it.record, Some(Ok(row)) if row.delivery.suppressed.is_some());
        let held: BTreeSet<AlertId> = leased.iter().filter(is_held).map(|it| it.id).collect();
        let is_held = |name: &[u8]| name.try_into().is_ok_and(|id| held.contains(&AlertId(id)));
        let last = last_of_each(&picked).into_iter().filter(|it| picked.len() == limit && is_held(&it.name));
        for due_at in last.map(|it| it.due_at.unix_ms()).collect::<BTreeSet<i64>>() {
            leased.extend(lease_with(link, due_at, lease).await?);
        }
        Ok(leased)
    }

    /// Only what changes is sent.
    async fn replace(&self, change: DeliveryChange) -> Reply<bool> {
        let DeliveryChange { id, seen, next, event } = change;
        let due_at = next.due_at.map_or(String::new(), |it| it.unix_ms().to_string());
        let mut run = REPLACE.key(alert_keys::alert(id));
        run.key(alert_keys::outbox(id.partition())).arg(&id.0[..]).arg(seen.attempts).arg(&*seen.state).arg(due_at);
        match event {
            Some(event) => {
                let waiting = Waiting { event: event.id, webhook: None };
                run.key(waiting.key()).key(alert_keys::events(event.id.partition()));
                run.arg(waiting.name()).arg(event.record).arg(event.due_at.unix_ms());
            }
            None => drop(run.arg("").arg("").arg("")),
        }
        let changed = fields(&next).into_iter().zip(fields(&seen)).filter(|(is, was)| is != was);
        let (set, deleted): (Vec<_>, Vec<_>) = changed.map(|(is, _)| is).partition(|(_, value)| value.is_some());
        run.arg(set.len());
        for (name, value) in set {
            run.arg(name).arg(value);
        }
        for (name, _) in deleted {
            run.arg(name);
        }
        self.link.run(WIDE, &run).await
    }

    async fn next_due(&self) -> Reply<Option<Timestamp>> {
        next_due(&self.link, alert_keys::outbox).await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        recall::alerts(&self.link, now, latest).await
    }
}

/// Everything of a delivery but the number of leases and the answer, as it stands in an alert's hash.
fn fields(delivery: &DeliveryRow) -> [(&'static str, Option<Vec<u8>>); 8] {
    let text = |it: &str| Some(it.as_bytes().to_vec());
    let time = |at: Option<Timestamp>| at.map(|it| it.unix_ms().to_string().into_bytes());
    [
        ("state", text(&delivery.state)),
        ("suppressed", delivery.suppressed.as_deref().and_then(text)),
        ("recipient", delivery.recipient.clone()),
        ("uncounted", text(&delivery.uncounted.to_string())),
        ("resent_at", time(delivery.resent_at)),
        ("due_at", time(delivery.due_at)),
        ("last_error", delivery.last_error.clone()),
        ("settled_at", time(delivery.settled_at)),
    ]
}

/// From when to when a lease runs.
#[derive(Clone, Copy)]
struct Lease {
    now: Timestamp,
    until: Timestamp,
}

/// Which alerts are leased, of those that are due.
#[derive(Clone, Copy)]
enum Which {
    Any,
    Held,
}

/// Leases what is held until this time, in Unix milliseconds.
async fn lease_with(link: &Link, due_at: i64, lease: Lease) -> Reply<Vec<ListedAlert>> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYSCORE").arg(alert_keys::outbox(partition)).arg(due_at).arg(due_at);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let ids = members.into_iter().flatten().filter_map(|it| it.try_into().ok()).map(AlertId);
    let leases = ids.map(|id| lease_one(link, id, lease, Which::Held));
    Ok(try_join_all(leases).await?.into_iter().flatten().collect())
}

async fn lease_one(link: &Link, id: AlertId, lease: Lease, which: Which) -> Reply<Option<ListedAlert>> {
    let mut run = LEASE.key(alert_keys::alert(id));
    run.key(alert_keys::outbox(id.partition())).arg(&id.0[..]).arg(lease.now.unix_ms()).arg(lease.until.unix_ms());
    run.arg(match which {
        Which::Any => "",
        Which::Held => "held",
    });
    let fields: Fields = link.run(WIDE, &run).await?;
    Ok(alert_in(fields).map(|it| Listed { id, record: Some(it) }))
}
