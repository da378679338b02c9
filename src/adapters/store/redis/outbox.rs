//! Alerts and their deliveries. What waits may lie in any partition: all are asked in one pipeline.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        damage::looked_at,
        prepared::{PreparedEvent, keeps_recipient, leased_alert, shown_alert},
        record::bytes::Malformed,
        redis::server::{
            due::{Queue, due},
            keys::{self, Waiting},
            link::{Link, QUICK, WIDE},
        },
    },
    domain::{
        alert::alert::{Alert, Answer, Delivery, State, Suppressed},
        ids::{AlertId, TenantId, UserKey},
        time::Timestamp,
        turns::{Room, last_of_each},
    },
    ports::{LeasedAlert, LookedThrough, RecordKind, Requeued, Settlement, Unavailable},
};

static LEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lease.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")));
static REQUEUE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("requeue.lua")));
static BOUNCE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("bounce.lua")));

/// Alerts that wait. To know whose one is costs a look at it.
const QUEUE: Queue = Queue { set: keys::outbox, kind: "alert:", looked_at: 500 };

/// The fields of an alert's hash.
type Fields = HashMap<String, Vec<u8>>;

/// An alert by name.
///
/// # Errors
/// The server does not answer in time, or a record cannot be read.
pub async fn alert(link: &Link, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HGETALL").arg(keys::alert(id));
    let (fields,): (Fields,) = link.ask(QUICK, &ask).await?;
    if fields.is_empty() {
        return Ok(None);
    }
    Ok(Some(link.damage.note(RecordKind::Alert, || id.to_string(), read(&fields, now))?))
}

/// A tenant's alerts below `before`, newest first. Entries of the index may outlive their alerts: they, and what cannot be
/// read, are passed over, and the next ones asked for.
///
/// # Errors
/// The server does not answer in time.
pub async fn alerts(
    link: &Link,
    tenant: &TenantId,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
    let sets: Vec<String> = keys::partitions().map(|it| keys::alerts_of(it, tenant)).collect();
    newest(link, &sets, before, limit, now).await
}

/// A user's alerts below `before`, newest first, likewise.
///
/// # Errors
/// The server does not answer in time.
pub async fn alerts_of(
    link: &Link,
    user: &UserKey,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
    newest(link, &[keys::alerts_of_user(user)], before, limit, now).await
}

/// The newest alerts of these sets.
async fn newest(
    link: &Link,
    sets: &[String],
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
    let (mut found, mut before) = (Vec::new(), before);
    while found.len() < limit {
        let wanted = limit - found.len();
        let below = before.map_or_else(|| b"+".to_vec(), |it| keys::below(&it.0));
        let mut ask = redis::pipe();
        for set in sets {
            ask.cmd("ZREVRANGEBYLEX").arg(set).arg(&below).arg("-").arg("LIMIT").arg(0).arg(wanted);
        }
        let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
        let mut ids: Vec<AlertId> =
            members.into_iter().flatten().filter_map(|it| it.try_into().ok()).map(AlertId).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.truncate(wanted);
        found.extend(named(link, &ids, now).await?);
        before = ids.last().copied();
        if ids.len() < wanted {
            break;
        }
    }
    Ok(found)
}

/// The alerts of these names, as far as there are any that can be read.
async fn named(link: &Link, ids: &[AlertId], now: Timestamp) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = redis::pipe();
    for &id in ids {
        ask.cmd("HGETALL").arg(keys::alert(id));
    }
    let found: Vec<Fields> = link.ask(WIDE, &ask).await?;
    let stored = ids.iter().zip(&found).filter(|(_, fields)| !fields.is_empty());
    let read = |(id, fields): (&AlertId, &Fields)| {
        link.damage.note(RecordKind::Alert, || id.to_string(), read(fields, now)).ok()
    };
    Ok(stored.filter_map(read).collect())
}

/// Reads alerts only to see whether they can be read.
///
/// # Errors
/// The server does not answer in time.
pub async fn look_through(link: &Link, ids: &[AlertId], found: &mut LookedThrough) -> Result<(), Unavailable> {
    let mut ask = redis::pipe();
    for &id in ids {
        ask.cmd("HGETALL").arg(keys::alert(id));
    }
    let stored: Vec<Fields> = link.ask(WIDE, &ask).await?;
    for (id, fields) in ids.iter().zip(&stored).filter(|(_, fields)| !fields.is_empty()) {
        looked_at(found, RecordKind::Alert, || id.to_string(), read(fields, Timestamp::default()).map(drop));
    }
    Ok(())
}

/// Leases what is due, in turn by tenant. Between finding and leasing another worker may have been quicker: the script
/// looks again, and then fewer are leased than were found.
///
/// # Errors
/// The server does not answer in time. Leases that were given nevertheless run out.
pub async fn lease(
    link: &Link,
    now: Timestamp,
    lease_until: Timestamp,
    limit: usize,
) -> Result<Vec<LeasedAlert>, Unavailable> {
    let room = Room::of(limit);
    let picked = room.pick(due(link, QUEUE, now, &room).await?);
    // The connection is shared and keeps order: these run as one pipeline.
    let ids = picked.iter().filter_map(|it| it.name.as_slice().try_into().ok()).map(AlertId);
    let alerts = ids.map(|id| lease_one(link, id, now, lease_until, Which::Any));
    let mut leased: Vec<LeasedAlert> = try_join_all(alerts).await?.into_iter().flatten().collect();
    let held: BTreeSet<AlertId> = leased.iter().filter(|it| it.held.is_some()).map(|it| it.alert.id).collect();
    let is_held = |name: &[u8]| name.try_into().is_ok_and(|id| held.contains(&AlertId(id)));
    let last = last_of_each(&picked).into_iter().filter(|it| picked.len() == limit && is_held(&it.name));
    for due_at in last.map(|it| it.due_at.unix_ms()).collect::<BTreeSet<i64>>() {
        leased.extend(lease_with(link, due_at, now, lease_until).await?);
    }
    Ok(leased)
}

/// Leases what is held until this time, in Unix milliseconds.
async fn lease_with(
    link: &Link,
    due_at: i64,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Vec<LeasedAlert>, Unavailable> {
    let mut ask = redis::pipe();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYSCORE").arg(keys::outbox(partition)).arg(due_at).arg(due_at);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let ids = members.into_iter().flatten().filter_map(|it| it.try_into().ok()).map(AlertId);
    let leases = ids.map(|id| lease_one(link, id, now, lease_until, Which::Held));
    Ok(try_join_all(leases).await?.into_iter().flatten().collect())
}

/// Which alerts are leased, of those that are due.
#[derive(Clone, Copy)]
enum Which {
    Any,
    Held,
}

async fn lease_one(
    link: &Link,
    id: AlertId,
    now: Timestamp,
    lease_until: Timestamp,
    which: Which,
) -> Result<Option<LeasedAlert>, Unavailable> {
    let mut run = LEASE.key(keys::alert(id));
    run.key(keys::outbox(id.partition())).arg(&id.0[..]).arg(now.unix_ms()).arg(lease_until.unix_ms());
    run.arg(match which {
        Which::Any => "",
        Which::Held => "held",
    });
    let fields: Fields = link.run(WIDE, &run).await?;
    let Some(record) = fields.get("record") else { return Ok(None) };
    // One that cannot be read must not hold up the others.
    let lease = read_delivery(&fields).and_then(|it| leased_alert(record, &it));
    Ok(link.damage.note(RecordKind::Alert, || id.to_string(), lease).ok().flatten())
}

/// Ends a lease, if it is the latest.
///
/// # Errors
/// The server does not answer in time. To settle again is safe.
pub async fn settle(
    link: &Link,
    id: AlertId,
    fence: u64,
    now: Timestamp,
    (settlement, event): (Settlement, Option<PreparedEvent>),
) -> Result<bool, Unavailable> {
    let (kept, uncounted) =
        (keeps_recipient(&settlement), matches!(settlement, Settlement::Postponed(..) | Settlement::Held(..)));
    let (state, due_at, reason, why) = match settlement {
        Settlement::Sent => (State::Sent, None, String::new(), ""),
        Settlement::Dead(reason) | Settlement::GivenUp(reason) => (State::Failed, None, reason, ""),
        Settlement::Suppressed(why) => (State::Suppressed, None, String::new(), why.as_str()),
        Settlement::RetryAt(due_at, reason) | Settlement::Postponed(due_at, reason) => {
            (State::Queued, Some(due_at), reason, "")
        }
        Settlement::Held(until, why) => (State::Queued, Some(until), String::new(), why.as_str()),
    };
    let mut run = SETTLE.key(keys::alert(id));
    run.key(keys::outbox(id.partition()))
        .arg(&id.0[..])
        .arg(fence)
        .arg(state.as_str())
        .arg(due_at.map_or(String::new(), |it| it.unix_ms().to_string()))
        .arg(reason)
        .arg(now.unix_ms())
        .arg(why)
        .arg(u8::from(kept))
        .arg(u8::from(uncounted));
    if let Some(it) = event {
        let waiting = Waiting { event: it.id, webhook: None };
        run.key(waiting.key()).key(keys::events(it.id.partition()));
        run.arg(waiting.name()).arg(it.record).arg(it.due_at.unix_ms());
    }
    link.run(WIDE, &run).await
}

/// Has an alert sent again that was given up or suppressed.
///
/// # Errors
/// The server does not answer in time.
pub async fn requeue(
    link: &Link,
    id: AlertId,
    now: Timestamp,
    recipient: Option<String>,
) -> Result<Requeued, Unavailable> {
    let mut run = REQUEUE.key(keys::alert(id));
    run.key(keys::outbox(id.partition())).arg(&id.0[..]).arg(now.unix_ms()).arg(recipient.unwrap_or_default());
    let outcome: String = link.run(WIDE, &run).await?;
    match outcome.as_str() {
        "queued" => Ok(Requeued::Queued),
        "no recipient" => Ok(Requeued::NoRecipient),
        "not over" => Ok(Requeued::NotOver),
        "unknown" => Ok(Requeued::Unknown),
        other => Err(Unavailable(format!("the script said `{other}`"))),
    }
}

/// Has an alert that was sent counted as failed; whether it was sent.
///
/// # Errors
/// The server does not answer in time.
pub async fn bounce(
    link: &Link,
    id: AlertId,
    now: Timestamp,
    reason: String,
    event: PreparedEvent,
) -> Result<bool, Unavailable> {
    let waiting = Waiting { event: event.id, webhook: None };
    let mut run = BOUNCE.key(keys::alert(id));
    run.key(waiting.key()).key(keys::events(event.id.partition()));
    run.arg(now.unix_ms()).arg(reason).arg(waiting.name()).arg(event.record).arg(event.due_at.unix_ms());
    link.run(WIDE, &run).await
}

/// When the next alert is due.
///
/// # Errors
/// The server does not answer in time.
pub async fn next_due(link: &Link) -> Result<Option<Timestamp>, Unavailable> {
    let mut ask = redis::pipe();
    for partition in keys::partitions() {
        ask.cmd("ZRANGE").arg(keys::outbox(partition)).arg(0).arg(0).arg("WITHSCORES");
    }
    let members: Vec<Vec<(Vec<u8>, i64)>> = link.ask(WIDE, &ask).await?;
    Ok(members.into_iter().flatten().map(|(_, due_at)| Timestamp::from_unix_ms(due_at)).min())
}

fn text(bytes: Vec<u8>) -> Result<String, Malformed> {
    String::from_utf8(bytes).map_err(|_| Malformed::Impossible("text"))
}

fn read(fields: &Fields, now: Timestamp) -> Result<(Alert, Delivery), Malformed> {
    let record = fields.get("record").ok_or(Malformed::Short)?;
    shown_alert(record, read_delivery(fields)?, now)
}

fn read_delivery(fields: &Fields) -> Result<Delivery, Malformed> {
    let field = |name: &str| fields.get(name).cloned().map(text).transpose();
    let number = |name: &str| {
        let number = field(name)?.map(|it| it.parse::<i64>());
        number.transpose().map_err(|_| Malformed::Impossible("number"))
    };
    let time = |name: &str| Ok::<_, Malformed>(number(name)?.map(Timestamp::from_unix_ms));
    let state = field("state")?.as_deref().and_then(State::parse).ok_or(Malformed::Impossible("state"))?;
    let answer = field("answer")?.as_deref().and_then(Answer::parse).ok_or(Malformed::Impossible("answer"))?;
    let suppressed = field("suppressed")?.map(|it| Suppressed::parse(&it).ok_or(Malformed::Impossible("reason")));
    let count = |name| u32::try_from(number(name)?.unwrap_or(0)).map_err(|_| Malformed::Impossible("number"));
    Ok(Delivery {
        state,
        suppressed: suppressed.transpose()?,
        recipient: field("recipient")?,
        attempts: count("attempts")?,
        uncounted: count("uncounted")?,
        resent_at: time("resent_at")?,
        due_at: time("due_at")?,
        last_error: field("last_error")?,
        settled_at: time("settled_at")?,
        answer,
    })
}
