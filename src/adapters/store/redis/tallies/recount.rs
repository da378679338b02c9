//! Counts anew what stands in the clear, while logins come and go.
//!
//! What an index lists may be noted already and not counted yet. So each partition is asked in one step for both, and what is
//! noted and will be counted later is taken off in advance.

use std::{collections::HashMap, ops::RangeInclusive};

use crate::{
    adapters::store::{
        backend::Reply,
        redis::{
            server::{
                keys,
                link::{Batch, WIDE},
                tally_keys,
            },
            store::Redis,
            tallies::{
                fold::{Entries, read_entry},
                rows::{Progress, put},
            },
        },
        tallying::TallyChanges,
    },
    domain::{
        ids::{LoginId, TenantId},
        search::tallies::Quarter,
    },
    ports::Unavailable,
};

/// How often it is tried anew where logins are counted meanwhile.
const TRIES: usize = 100;

/// What an index lists, and what is noted behind an entry, at the same moment.
const LOOK: &str = concat!(
    "-- reads\n",
    include_str!("../log/leaves.lua"),
    include_str!("../log/leaves_between.lua"),
    "return {between(KEYS[1], ARGV[1], ARGV[2]), redis.call('XRANGE', KEYS[2], ARGV[3], '+')}"
);

impl Redis {
    /// Counts these quarter hours of a tenant anew. Returns how many logins there are.
    ///
    /// # Errors
    /// The server does not answer in time.
    pub(crate) async fn count_anew(&self, tenant: &TenantId, quarters: RangeInclusive<Quarter>) -> Reply<u64> {
        for _ in 0..TRIES {
            self.fold().await?;
            let _folding = self.folding.lock().await;
            let mut ask = Batch::new();
            Progress::ask(&mut ask);
            let (version, offsets): (Option<String>, HashMap<String, String>) = self.link.ask(WIDE, &ask).await?;
            let progress = Progress::read(version, offsets);
            let (logins, changes) = self.counted_anew(tenant, &quarters, &progress).await?;
            if put(&self.link, &progress.version, &[], changes).await? {
                return Ok(logins);
            }
        }
        Err(Unavailable("others count logins all the time".to_owned()))
    }

    async fn counted_anew(
        &self,
        tenant: &TenantId,
        quarters: &RangeInclusive<Quarter>,
        progress: &Progress,
    ) -> Reply<(u64, TallyChanges)> {
        let (start, end) = (quarters.start().first_id(), quarters.end().next().first_id());
        let (mut changes, mut logins) = (TallyChanges::default(), 0);
        for quarter in self.quarters_with_tallies(tenant, quarters).await? {
            changes.begin_anew(tenant, quarter);
        }
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("EVAL")
                .arg(LOOK)
                .arg(2)
                .arg(keys::logins_of(partition, tenant))
                .arg(tally_keys::uncounted(partition));
            ask.arg(keys::from(&start.0)).arg(keys::below(&end.0)).arg(progress.of(partition).next().to_string());
        }
        let found: Vec<(Vec<Vec<u8>>, Entries)> = self.link.ask(WIDE, &ask).await?;
        for entry in found.iter().flat_map(|(entries, _)| entries) {
            let Some((id, facets)) = entry.split_first_chunk() else { continue };
            let id = LoginId(*id);
            changes.begin_anew_unless_begun(tenant, Quarter::of(id.time()));
            changes.come(tenant, id, facets);
            logins += 1;
        }
        for pair in found.iter().flat_map(|(_, noted)| noted).flat_map(|(_, fields)| fields.chunks_exact(2)) {
            let Some((comes, of, id, facets)) = read_entry(&pair[0], &pair[1]) else { continue };
            if of == *tenant && quarters.contains(&Quarter::of(id.time())) {
                changes.begin_anew_unless_begun(tenant, Quarter::of(id.time()));
                if comes {
                    changes.go(tenant, id, facets);
                } else {
                    changes.come(tenant, id, facets);
                }
            }
        }
        Ok((logins, changes))
    }

    async fn quarters_with_tallies(
        &self,
        tenant: &TenantId,
        quarters: &RangeInclusive<Quarter>,
    ) -> Reply<Vec<Quarter>> {
        let (first, last) = (tally_keys::place(*quarters.start()).0, tally_keys::place(*quarters.end()).0);
        let mut ask = Batch::new();
        ask.cmd("ZRANGEBYSCORE").arg(tally_keys::days(tenant)).arg(first).arg(last);
        let (days,): (Vec<i64>,) = self.link.ask(WIDE, &ask).await?;
        if days.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for day in &days {
            ask.cmd("HKEYS").arg(tally_keys::day(tenant, *day));
        }
        let fields: Vec<Vec<i64>> = self.link.ask(WIDE, &ask).await?;
        let all = days.iter().zip(fields);
        let all = all.flat_map(|(day, fields)| fields.into_iter().map(move |it| tally_keys::quarter(*day, it)));
        Ok(all.filter(|it| quarters.contains(it)).collect())
    }
}
