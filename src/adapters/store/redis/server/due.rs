//! What is due, whosever it is, with enough of every tenant's for them to take turns.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::redis::server::{
        keys,
        link::{Batch, Link, WIDE},
    },
    domain::{
        ids::{Partition, WebhookId},
        time::Timestamp,
        turns::{Candidate, Room},
    },
    ports::Unavailable,
};

static DUE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("due.lua")));

/// Where something waits.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// The sorted set in a partition.
    pub set: fn(Partition) -> String,
    /// What the keys of its members begin with after the partition.
    pub kind: &'static str,
    /// How many in each partition are looked at, so that Redis stands still for a millisecond or two at most. Beyond that a
    /// tenant's turn does not come before those that are due for longer.
    pub looked_at: usize,
}

/// Everything that is due at `now`, as far as there may be room for it.
///
/// # Errors
/// The server does not answer in time.
pub async fn due(
    link: &Link,
    queue: Queue,
    now: Timestamp,
    room: &Room,
) -> Result<Vec<Candidate<Vec<u8>>>, Unavailable> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYSCORE").arg((queue.set)(partition)).arg("-inf").arg(now.unix_ms()).arg("LIMIT").arg(0).arg(1);
    }
    let first: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let busy = keys::partitions().zip(first).filter(|(_, it)| !it.is_empty()).map(|(partition, _)| partition);
    let (tenants, webhooks) = (room.full_tenants(), room.full_webhooks());
    let mut look = Batch::new();
    look.with_reading_script(&DUE);
    for partition in busy {
        let mut run = DUE.key((queue.set)(partition));
        run.arg(now.unix_ms()).arg(queue.kind);
        run.arg(room.of_tenant.min(room.in_all)).arg(room.of_webhook.min(room.in_all));
        run.arg(queue.looked_at).arg(tenants.len());
        for it in &tenants {
            run.arg(it.as_str());
        }
        for it in &webhooks {
            run.arg(&it.0[..]);
        }
        look.invoke_script(&run);
    }
    let found: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &look).await?;
    Ok(found.iter().flat_map(|it| it.chunks_exact(3)).filter_map(read).collect())
}

/// When something is next due.
///
/// # Errors
/// The server does not answer in time.
pub async fn next_due(link: &Link, set: fn(Partition) -> String) -> Result<Option<Timestamp>, Unavailable> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGE").arg(set(partition)).arg(0).arg(0).arg("WITHSCORES");
    }
    let members: Vec<Vec<(Vec<u8>, i64)>> = link.ask(WIDE, &ask).await?;
    Ok(members.into_iter().flatten().map(|(_, due_at)| Timestamp::from_unix_ms(due_at)).min())
}

fn read(parts: &[Vec<u8>]) -> Option<Candidate<Vec<u8>>> {
    let [name, due_at, tenant] = parts else { return None };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let webhook = name.get(16..).and_then(|it| it.try_into().ok()).map(WebhookId);
    let due_at = Timestamp::from_unix_ms(text(due_at)?.parse().ok()?);
    Some(Candidate { tenant: text(tenant)?, webhook, due_at, name: name.clone() })
}
