//! What leads to logins and people: in each partition and stretch of four weeks a set in leaves, which expires as a whole. Earlier
//! versions had up to 256 small sorted sets for that, by the first byte of a clue: they are read until they have expired.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{ClueBytes, ClueTrace, CluesAsked, Reply},
        prepared::PreparedClue,
        redis::{
            log::leaves::{self, Bounds},
            server::{
                history_keys, keys,
                link::{Batch, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        history::clue::Stretch,
        ids::{ClueKey, Partition, UserKey},
        time::{DAY_MS, Timestamp},
    },
};

/// Bytes of a clue before its lead.
const KEY: usize = 8;
/// Bytes of a user's hash, with which a lead to a user or a browser ends, and of a login's id.
const HASH: usize = 16;
/// More than any set has: the most that a script of the server reads as a whole number.
const EVERY: usize = 1 << 31;

impl ClueBytes for Redis {
    async fn clues(&self, asked: CluesAsked<'_>) -> Reply<Vec<(ClueKey, Vec<u8>)>> {
        let CluesAsked { keys, from, below, limit, now } = asked;
        let mut found = Vec::new();
        // One at a time: a clue is in any of some four thousand sets.
        for key in keys {
            let (from, below) = ([b"[", &key.0[..], from].concat(), [b"(", &key.0[..], below].concat());
            let bounds = Bounds { from: &from, below: &below };
            let mut ask = Batch::new();
            for partition in keys::partitions() {
                let sets = |stretch| {
                    [history_keys::clues(partition, stretch), history_keys::old_clues(partition, stretch, key)]
                };
                let sets: Vec<String> = self.stretches(now).into_iter().flat_map(sets).collect();
                ask.add_command(leaves::newest_of_each(&sets, bounds, limit));
            }
            let members: Vec<Vec<Vec<Vec<u8>>>> = self.link.ask(WIDE, &ask).await?;
            let members = members.into_iter().flatten().flatten();
            found.extend(members.map(|it| (*key, it.get(KEY..).unwrap_or_default().to_vec())));
        }
        Ok(found)
    }

    async fn forget_clues(&self, user: &UserKey, now: Timestamp, traces: Vec<ClueTrace>) -> Reply<()> {
        let mut remove = Batch::new();
        let mut without_key: HashMap<Stretch, Vec<Vec<u8>>> = HashMap::new();
        for ClueTrace { stretch, key, lead } in traces {
            for stretch in stretch.map_or_else(|| self.stretches(now), |it| vec![it]) {
                let Some(key) = key else {
                    without_key.entry(stretch).or_default().push(lead.clone());
                    continue;
                };
                let member = [&key.0[..], &lead].concat();
                remove
                    .add_command(leaves::remove(&history_keys::clues(user.partition, stretch), [&member[..]]))
                    .ignore();
                remove.cmd("ZREM").arg(history_keys::old_clues(user.partition, stretch, &key)).arg(member).ignore();
            }
        }
        if !remove.is_empty() {
            self.link.ask::<()>(WIDE, &remove).await?;
        }
        for (stretch, leads) in without_key {
            self.forget_where(user.partition, stretch, |lead| leads.iter().any(|it| it == lead)).await?;
        }
        Ok(())
    }

    async fn forget_clues_to(&self, user: &UserKey, now: Timestamp) -> Reply<()> {
        for stretch in self.stretches(now) {
            let leads_to = |lead: &[u8]| lead.len() > HASH && lead.ends_with(&user.hash);
            self.forget_where(user.partition, stretch, leads_to).await?;
        }
        Ok(())
    }
}

impl Redis {
    /// The stretches of which there may be clues, the latest first.
    fn stretches(&self, now: Timestamp) -> Vec<Stretch> {
        let (first, last) = (Stretch::of(now.plus_ms(-self.retention_ms)), Stretch::of(now.plus_ms(DAY_MS)));
        (first.0..=last.0).rev().map(Stretch).collect()
    }

    /// Walks through the sets of a partition and a stretch, and deletes members by where they lead.
    async fn forget_where(&self, partition: Partition, stretch: Stretch, is_one: impl Fn(&[u8]) -> bool) -> Reply<()> {
        let set = history_keys::clues(partition, stretch);
        let old = |first| history_keys::old_clues(partition, stretch, &ClueKey([first; KEY]));
        let old: Vec<String> = (0..=u8::MAX).map(old).collect();
        let mut ask = Batch::new();
        ask.add_command(leaves::oldest(&set, Bounds { from: b"-", below: b"+" }, EVERY));
        for set in &old {
            ask.cmd("ZRANGE").arg(set).arg(0).arg(-1);
        }
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let is_one = |it: &&Vec<u8>| is_one(it.get(KEY..).unwrap_or_default());
        let mut remove = Batch::new();
        let theirs: Vec<&[u8]> = members.iter().take(1).flatten().filter(is_one).map(Vec::as_slice).collect();
        if !theirs.is_empty() {
            remove.add_command(leaves::remove(&set, theirs)).ignore();
        }
        for (set, members) in old.iter().zip(members.iter().skip(1)) {
            for member in members.iter().filter(is_one) {
                remove.cmd("ZREM").arg(set).arg(member).ignore();
            }
        }
        if remove.is_empty() { Ok(()) } else { self.link.ask(WIDE, &remove).await }
    }
}

/// The set that a clue is stored in, the member, and for how many milliseconds from now the set lives; `None` if it would live no more.
#[must_use]
pub fn stored_clue(
    partition: Partition,
    clue: &PreparedClue,
    now: Timestamp,
    kept_ms: i64,
) -> Option<(String, Vec<u8>, i64)> {
    let life_ms = clue.stretch.end().plus_ms(kept_ms).ms_since(now);
    let set = history_keys::clues(partition, clue.stretch);
    (life_ms > 0).then(|| (set, [&clue.key.0[..], &clue.lead].concat(), life_ms))
}
