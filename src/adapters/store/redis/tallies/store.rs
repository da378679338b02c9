//! What is asked of tallies.

use std::{collections::HashMap, ops::RangeInclusive, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{Reply, TallyBytes},
        redis::{
            log::leaves::{self, Bounds},
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
                tally_keys,
            },
            store::Redis,
        },
    },
    domain::{
        ids::{LoginId, TenantId},
        search::{clear::segment::SegmentNumber, tallies::Quarter},
    },
};

/// How many quarter hours a day has.
const MOST_A_DAY: usize = 96;

/// Puts what stands in the clear of a login behind its id, where that stands alone.
static PUT_FACETS: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("../log/leaves.lua"),
        include_str!("../log/leaves_cut.lua"),
        "local life = redis.call('PTTL', leaf_of(KEYS[1], ARGV[1]))
        if remove(KEYS[1], ARGV[1]) == 0 then return end
        local leaf = add(KEYS[1], ARGV[1] .. ARGV[2])
        if life > 0 then redis.call('PEXPIRE', leaf, life) end"
    ))
});

impl TallyBytes for Redis {
    async fn is_counted(&self) -> Reply<bool> {
        self.fold().await?;
        let mut ask = Batch::new();
        ask.cmd("EXISTS").arg(tally_keys::COUNTED);
        let (is_counted,): (bool,) = self.link.ask(QUICK, &ask).await?;
        Ok(is_counted)
    }

    async fn put_counted(&self) -> Reply<()> {
        let mut put = Batch::new();
        put.cmd("SET").arg(tally_keys::COUNTED).arg(1).ignore();
        self.link.ask(QUICK, &put).await
    }

    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        limit: usize,
    ) -> Reply<Vec<(Quarter, Vec<u8>)>> {
        let (first, last) = (tally_keys::place(*quarters.start()).0, tally_keys::place(*quarters.end()).0);
        let mut ask = Batch::new();
        ask.cmd("ZREVRANGEBYSCORE").arg(tally_keys::days(tenant)).arg(last).arg(first);
        let (days,): (Vec<i64>,) = self.link.ask(WIDE, &ask).await?;
        let mut found = Vec::new();
        // A day may have one quarter hour, or all.
        for some in days.chunks(limit.div_ceil(MOST_A_DAY) + 1) {
            let mut ask = Batch::new();
            for day in some {
                ask.cmd("HGETALL").arg(tally_keys::day(tenant, *day));
            }
            let rows: Vec<HashMap<i64, Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
            let rows = some.iter().zip(rows);
            found.extend(rows.flat_map(|(day, rows)| {
                rows.into_iter().map(move |(field, bytes)| (tally_keys::quarter(*day, field), bytes))
            }));
            if found.len() > limit + MOST_A_DAY {
                break;
            }
        }
        found.retain(|(quarter, _)| quarters.contains(quarter));
        found.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        found.truncate(limit);
        Ok(found)
    }

    async fn next_quarter(&self, tenant: Option<&TenantId>, from: Quarter) -> Reply<Option<(TenantId, Quarter)>> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(keys::TENANTS_WITH_WEEKS);
        let (names,): (Vec<String>,) = self.link.ask(WIDE, &ask).await?;
        let mut tenants: Vec<TenantId> = names.iter().filter_map(|it| TenantId::parse(it)).collect();
        tenants.retain(|it| tenant.is_none_or(|tenant| tenant <= it));
        tenants.sort_unstable();
        for it in tenants {
            let start = if Some(&it) == tenant { from.first_id() } else { LoginId([0; 16]) };
            let from = keys::from(&start.0);
            let bounds = Bounds { from: &from, below: b"+" };
            let mut ask = Batch::new();
            for partition in keys::partitions() {
                ask.add_command(leaves::oldest(&keys::logins_of(partition, &it), bounds, 1));
            }
            let first: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
            let ids = first.iter().flatten().filter_map(|it| it.first_chunk().copied()).map(LoginId);
            if let Some(id) = ids.min() {
                return Ok(Some((it, Quarter::of(id.time()))));
            }
        }
        Ok(None)
    }

    async fn put_facets(&self, tenant: &TenantId, facets: Vec<(LoginId, Vec<u8>)>) -> Reply<()> {
        for (id, bytes) in facets {
            let mut run = PUT_FACETS.key(keys::logins_of(id.partition(), tenant));
            run.arg(&id.0[..]).arg(bytes);
            self.link.run::<()>(WIDE, &run).await?;
        }
        Ok(())
    }

    async fn recount(&self, tenant: &TenantId, quarters: RangeInclusive<Quarter>) -> Reply<u64> {
        self.count_anew(tenant, quarters).await
    }
}

impl Redis {
    /// Deletes all tallies and segments of a tenant.
    ///
    /// # Errors
    /// The server does not answer in time.
    pub(crate) async fn remove_tallies(&self, tenant: &TenantId) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("ZRANGE").arg(tally_keys::days(tenant)).arg(0).arg(-1);
        ask.cmd("ZRANGE").arg(tally_keys::segments(tenant)).arg(0).arg(-1);
        ask.cmd("ZRANGE").arg(tally_keys::MISSING).arg(0).arg(-1);
        let (days, segments, missing): (Vec<i64>, Vec<i64>, Vec<String>) = self.link.ask(WIDE, &ask).await?;
        let mut remove = Batch::new();
        for number in segments {
            remove.cmd("UNLINK").arg(tally_keys::segment(tenant, SegmentNumber(number))).ignore();
        }
        remove.cmd("UNLINK").arg(tally_keys::segments(tenant)).ignore();
        let is_theirs = |it: &&String| tally_keys::read_missing(it).is_none_or(|(of, _)| of == *tenant);
        for name in missing.iter().filter(is_theirs) {
            remove.cmd("ZREM").arg(tally_keys::MISSING).arg(name).ignore();
            remove.cmd("HDEL").arg(tally_keys::MARKS).arg(name).ignore();
        }
        for day in days {
            remove.cmd("UNLINK").arg(tally_keys::day(tenant, day)).ignore();
        }
        remove.cmd("UNLINK").arg(tally_keys::days(tenant)).ignore();
        self.link.ask(WIDE, &remove).await
    }
}
