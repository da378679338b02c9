//! Counters, in memory.

use crate::{
    adapters::store::{
        backend::{CounterNumbers, Reply},
        memory::store::Memory,
    },
    domain::time::Timestamp,
    ports::Count,
};

impl CounterNumbers for Memory {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Reply<Vec<u64>> {
        let counters = &mut self.tables().counters;
        let one = |count: &Count| {
            let (value, expires_at) = counters.get(&count.key).copied().unwrap_or_default();
            let (value, expires_at) = if expires_at > now { (value, expires_at) } else { (0, count.expires_at) };
            let value = value.saturating_add(count.add);
            if count.add > 0 {
                counters.insert(count.key, (value, expires_at));
            }
            value
        };
        Ok(counts.iter().map(one).collect())
    }
}
