//! Suppressions that get no more mail, and what is counted.

use std::{collections::BTreeMap, sync::LazyLock};

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        damage::hex,
        record::bytes::Malformed,
        redis::{
            keys,
            server::link::{Link, QUICK, WIDE},
        },
    },
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::{EmailKey, TenantId},
        time::Timestamp,
    },
    ports::{Count, RecordKind, Unavailable},
};

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("count.lua")));

/// Puts a mailbox on the list; whether it was not there.
///
/// # Errors
/// The server does not answer in time.
pub async fn suppress(link: &Link, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable> {
    link.must_keep(QUICK).await?;
    let mut ask = redis::pipe();
    ask.cmd("HSETNX").arg(keys::suppressed(tenant)).arg(&email.0[..]).arg(write(why));
    let (is_new,) = link.ask(QUICK, &ask).await?;
    Ok(is_new)
}

/// Which mailboxes are on the list. What cannot be read is passed over.
///
/// # Errors
/// The server does not answer in time.
pub async fn suppressions(
    link: &Link,
    asked: &[(TenantId, EmailKey)],
) -> Result<Vec<Option<Suppression>>, Unavailable> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = redis::pipe();
    for (tenant, email) in asked {
        ask.cmd("HGET").arg(keys::suppressed(tenant)).arg(&email.0[..]);
    }
    let found: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let read = |((tenant, email), entry): (&(TenantId, EmailKey), Option<Vec<u8>>)| {
        let id = || format!("{} {}", tenant.as_str(), hex(&email.0));
        entry.and_then(|it| link.damage.note(RecordKind::Suppression, id, read(&it)).ok())
    };
    Ok(asked.iter().zip(found).map(read).collect())
}

/// Takes a mailbox off the list; whether it was there.
///
/// # Errors
/// The server does not answer in time.
pub async fn lift(link: &Link, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HDEL").arg(keys::suppressed(tenant)).arg(&email.0[..]);
    let (was_there,) = link.ask(QUICK, &ask).await?;
    Ok(was_there)
}

/// How many of a tenant's mailboxes are on the list. Those that cannot be read are not counted.
///
/// # Errors
/// The server does not answer in time.
pub async fn count_suppressions(link: &Link, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HVALS").arg(keys::suppressed(tenant));
    let (entries,): (Vec<Vec<u8>>,) = link.ask(WIDE, &ask).await?;
    let mut counts = BTreeMap::new();
    for suppression in entries.iter().filter_map(|it| read(it).ok()) {
        *counts.entry(suppression.cause).or_insert(0) += 1;
    }
    Ok(counts.into_iter().collect())
}

/// Adds to counters.
///
/// # Errors
/// The server does not answer in time. What was added nevertheless is not taken back.
pub async fn count(link: &Link, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
    // The connection is shared and keeps order: these run as one pipeline. The first that runs the script goes ahead, because
    // a server that does not know the script yet has it sent again, behind those that were sent after it.
    let ahead = counts.iter().position(|it| it.add > 0).map_or(0, |at| at + 1);
    let (first, others) = counts.split_at(ahead);
    let mut values = try_join_all(first.iter().map(|it| count_one(link, it, now))).await?;
    values.extend(try_join_all(others.iter().map(|it| count_one(link, it, now))).await?);
    Ok(values)
}

async fn count_one(link: &Link, count: &Count, now: Timestamp) -> Result<u64, Unavailable> {
    let key = keys::counter(&count.key);
    if count.add == 0 {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(key);
        let (value,): (Option<u64>,) = link.ask(WIDE, &ask).await?;
        return Ok(value.unwrap_or(0));
    }
    let mut run = COUNT.key(key);
    run.arg(count.add).arg(count.expires_at.ms_since(now).max(1));
    link.run(WIDE, &run).await
}

/// The stored form: the cause's name, a space, and since when in Unix milliseconds.
fn write(why: Suppression) -> String {
    format!("{} {}", why.cause.as_str(), why.since.unix_ms())
}

fn read(entry: &[u8]) -> Result<Suppression, Malformed> {
    let entry = std::str::from_utf8(entry).map_err(|_| Malformed::Impossible("text"))?;
    let (cause, since) = entry.split_once(' ').ok_or(Malformed::Short)?;
    let cause = Cause::parse(cause).ok_or(Malformed::Impossible("cause"))?;
    let since = since.parse().map_err(|_| Malformed::Impossible("time"))?;
    Ok(Suppression { cause, since: Timestamp::from_unix_ms(since) })
}
