//! What leads to logins and people, in memory.

use crate::{
    adapters::store::{
        backend::{ClueBytes, ClueTrace, CluesAsked, Reply},
        memory::store::{Memory, Tables},
    },
    domain::{
        ids::{ClueKey, UserKey},
        time::Timestamp,
    },
};

impl ClueBytes for Memory {
    async fn clues(&self, asked: CluesAsked<'_>) -> Reply<Vec<(ClueKey, Vec<u8>)>> {
        let CluesAsked { keys, from, below, limit, now: _ } = asked;
        let tables = self.tables();
        let mut found = Vec::new();
        for key in keys {
            let leads =
                tables.clues.iter().rev().filter(|(_, of, lead)| of == key && from <= &lead[..] && &lead[..] < below);
            let mut leads: Vec<&Vec<u8>> = leads.map(|(_, _, lead)| lead).collect();
            leads.sort_unstable_by(|a, b| b.cmp(a));
            found.extend(leads.into_iter().take(limit).map(|lead| (*key, lead.clone())));
        }
        Ok(found)
    }

    async fn forget_clues(&self, _: &UserKey, _: Timestamp, traces: Vec<ClueTrace>) -> Reply<()> {
        forget_clues(&mut self.tables(), &traces);
        Ok(())
    }

    async fn forget_clues_to(&self, user: &UserKey, _: Timestamp) -> Reply<()> {
        self.tables().clues.retain(|(_, _, lead)| lead.len() == 16 || !lead.ends_with(&user.hash));
        Ok(())
    }
}

/// Deletes clues.
pub fn forget_clues(tables: &mut Tables, traces: &[ClueTrace]) {
    let is_one = |(stretch, key, lead): &(_, _, Vec<u8>), trace: &ClueTrace| {
        trace.lead == *lead && trace.stretch.is_none_or(|it| it == *stretch) && trace.key.is_none_or(|it| it == *key)
    };
    tables.clues.retain(|clue| !traces.iter().any(|trace| is_one(clue, trace)));
}
