//! What leads to logins and people: in each partition and stretch of four weeks up to 256 small sorted sets, by the first byte of a clue.
//! A set of a hundred members is kept in one piece, which takes a third of the memory; it expires as a whole.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{ClueBytes, ClueTrace, CluesAsked, Reply},
        prepared::PreparedClue,
        redis::{
            server::{history_keys, keys, link::WIDE},
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

impl ClueBytes for Redis {
    async fn clues(&self, asked: CluesAsked<'_>) -> Reply<Vec<(ClueKey, Vec<u8>)>> {
        let CluesAsked { keys, from, below, limit, now } = asked;
        let mut found = Vec::new();
        // One at a time: a clue is in any of some two thousand sets.
        for key in keys {
            let mut ask = redis::pipe();
            for stretch in self.stretches(now) {
                for partition in keys::partitions() {
                    ask.cmd("ZREVRANGEBYLEX").arg(history_keys::clues(partition, stretch, key));
                    ask.arg([b"(", &key.0[..], below].concat()).arg([b"[", &key.0[..], from].concat());
                    ask.arg("LIMIT").arg(0).arg(limit);
                }
            }
            let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
            found.extend(members.into_iter().flatten().map(|it| (*key, it.get(KEY..).unwrap_or_default().to_vec())));
        }
        Ok(found)
    }

    async fn forget_clues(&self, user: &UserKey, now: Timestamp, traces: Vec<ClueTrace>) -> Reply<()> {
        let mut remove = redis::pipe();
        let mut without_key: HashMap<Stretch, Vec<Vec<u8>>> = HashMap::new();
        for ClueTrace { stretch, key, lead } in traces {
            for stretch in stretch.map_or_else(|| self.stretches(now), |it| vec![it]) {
                let Some(key) = key else {
                    without_key.entry(stretch).or_default().push(lead.clone());
                    continue;
                };
                let set = history_keys::clues(user.partition, stretch, &key);
                remove.cmd("ZREM").arg(set).arg([&key.0[..], &lead].concat()).ignore();
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
        let set = |first| history_keys::clues(partition, stretch, &ClueKey([first; KEY]));
        let sets: Vec<String> = (0..=u8::MAX).map(set).collect();
        let mut ask = redis::pipe();
        for set in &sets {
            ask.cmd("ZRANGE").arg(set).arg(0).arg(-1);
        }
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let mut remove = redis::pipe();
        for (set, members) in sets.iter().zip(members) {
            for member in members.iter().filter(|it| is_one(it.get(KEY..).unwrap_or_default())) {
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
    let set = history_keys::clues(partition, clue.stretch, &clue.key);
    (life_ms > 0).then(|| (set, [&clue.key.0[..], &clue.lead].concat(), life_ms))
}
