//! What waits for longer than it can.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::redis::server::{
        alert_keys::{self, Waiting},
        keys,
        link::{Batch, Link, WIDE},
    },
    domain::{
        alert::alert::State,
        ids::{AlertId, Partition},
        time::Timestamp,
        waiting::Latest,
    },
    ports::Unavailable,
};

static HASTEN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("hasten.lua")));

/// How many are looked at in one round trip.
const AT_ONCE: usize = 1_000;

/// What waits: its key, its set, its name there, and when it is due.
type Far = (String, String, Vec<u8>, i64);
/// The fields that tell what it waits for: state, why it was suppressed, whether it is leased, attempts.
type Fields = (Option<String>, Option<String>, Option<u8>, Option<u32>);

/// Has alerts due now that wait for longer than they can.
///
/// # Errors
/// The server does not answer in time.
pub async fn alerts(link: &Link, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
    let key = |name: &[u8]| Some(alert_keys::alert(AlertId(name.try_into().ok()?)));
    hasten(link, now, latest, &far(link, alert_keys::outbox, latest, key).await?).await
}

/// Has due now what waits for longer than it can to be posted.
///
/// # Errors
/// The server does not answer in time.
pub async fn events(link: &Link, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
    let key = |name: &[u8]| Some(Waiting::read(name)?.key());
    hasten(link, now, latest, &far(link, alert_keys::events, latest, key).await?).await
}

/// Everything that is due later than what was never tried can be.
async fn far(
    link: &Link,
    set: fn(Partition) -> String,
    latest: &Latest,
    key: impl Fn(&[u8]) -> Option<String>,
) -> Result<Vec<Far>, Unavailable> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        let after = format!("({}", latest.fresh.unix_ms());
        ask.cmd("ZRANGEBYSCORE").arg(set(partition)).arg(after).arg("+inf").arg("WITHSCORES");
    }
    let members: Vec<Vec<(Vec<u8>, i64)>> = link.ask(WIDE, &ask).await?;
    let whole =
        |(partition, (name, due_at)): (Partition, (Vec<u8>, i64))| Some((key(&name)?, set(partition), name, due_at));
    let members =
        keys::partitions().zip(members).flat_map(|(partition, it)| it.into_iter().map(move |it| (partition, it)));
    Ok(members.filter_map(whole).collect())
}

async fn hasten(link: &Link, now: Timestamp, latest: &Latest, far: &[Far]) -> Result<u64, Unavailable> {
    let mut hastened = 0;
    for far in far.chunks(AT_ONCE) {
        let mut ask = Batch::new();
        for (key, ..) in far {
            ask.cmd("HMGET").arg(key).arg(&["state", "suppressed", "leased", "attempts"]);
        }
        let fields: Vec<Fields> = link.ask(WIDE, &ask).await?;
        for ((key, set, name, due_at), (state, suppressed, leased, attempts)) in far.iter().zip(fields) {
            let is_leased = leased == Some(1) || state.as_deref() == Some(State::Sending.as_str());
            let latest = latest.of(is_leased, suppressed.is_some(), attempts.unwrap_or(0));
            if *due_at > latest.unix_ms() {
                let mut run = HASTEN.key(key);
                run.key(set).arg(name).arg(*due_at).arg(now.unix_ms());
                hastened += link.run::<u64>(WIDE, &run).await?;
            }
        }
    }
    Ok(hastened)
}
