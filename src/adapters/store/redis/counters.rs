//! Counters.

use std::{sync::LazyLock, time::Duration};

use futures_util::future::try_join_all;
use redis::Script;

use crate::{
    adapters::store::{
        backend::{CounterNumbers, Reply},
        redis::{
            server::{
                keys,
                link::{Batch, Link, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::time::Timestamp,
    ports::Count,
};

/// A login asks for no more than these before it is decided, and must not wait for a server that is away longer than for its user.
const FEW: usize = 32;

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("count.lua")));

impl CounterNumbers for Redis {
    /// Where the server does not answer in time, what was added nevertheless is not taken back.
    async fn count(&self, counts: &[Count], now: Timestamp) -> Reply<Vec<u64>> {
        let link = &self.link;
        let limit = if counts.len() <= FEW { QUICK } else { WIDE };
        // The connection is shared and keeps order: these run as one pipeline. The first that runs the script goes ahead,
        // because a server that does not know the script yet has it sent again, behind those that were sent after it.
        let ahead = counts.iter().position(|it| it.add > 0).map_or(0, |at| at + 1);
        let (first, others) = counts.split_at(ahead);
        let mut values = try_join_all(first.iter().map(|it| count_one(link, limit, it, now))).await?;
        values.extend(try_join_all(others.iter().map(|it| count_one(link, limit, it, now))).await?);
        Ok(values)
    }
}

async fn count_one(link: &Link, limit: Duration, count: &Count, now: Timestamp) -> Reply<u64> {
    let key = keys::counter(&count.key);
    if count.add == 0 {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(key);
        let (value,): (Option<u64>,) = link.ask(limit, &ask).await?;
        return Ok(value.unwrap_or(0));
    }
    let mut run = COUNT.key(key);
    run.arg(count.add).arg(count.expires_at.ms_since(now).max(1));
    link.run(limit, &run).await
}
