//! What all processes on one store have admitted, for limits that they keep together: each tells now and then what it has
//! admitted, and learns in the same call what the others have.

use std::sync::Arc;

use crate::{
    domain::{
        keyring::Keyring,
        usage::{Reading, Stretches},
    },
    ports::{Clock, Count, Counters, Unavailable},
};

/// Exchanges what processes have admitted.
#[derive(Clone)]
pub struct SharedUsage {
    counters: Arc<dyn Counters>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

/// What this process has admitted of a caller since it told last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Identifies the caller among those of the limit.
    pub caller: Vec<u8>,
    /// How many requests.
    pub requests: u64,
    /// What was read last; `None` the first time.
    pub before: Option<Reading>,
}

/// What is known of a caller then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// How many requests other processes have admitted since.
    pub by_others: u64,
    /// What was read, for the next time.
    pub reading: Reading,
}

impl SharedUsage {
    /// Counts in this store, whose processes have the same keys.
    #[must_use]
    pub const fn new(counters: Arc<dyn Counters>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { counters, clock, keyring }
    }

    /// Tells what was admitted within a limit, by caller, and learns what others have admitted, in the same order. One call of
    /// the store. If it fails, it is not known what was told.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn exchange(
        &self,
        limit: &str,
        stretches: Stretches,
        admitted: &[Admitted],
    ) -> Result<Vec<Learned>, Unavailable> {
        let now = self.clock.now();
        let stretch = stretches.number(now);
        let count = |caller: &[u8], stretch, add| Count {
            key: self.keyring.usage(limit, caller, stretch),
            add,
            expires_at: stretches.read_until(stretch),
        };
        let counts = admitted
            .iter()
            .flat_map(|it| [count(&it.caller, stretch, it.requests), count(&it.caller, stretch.saturating_sub(1), 0)]);
        let found = self.counters.count(&counts.collect::<Vec<_>>(), now).await?;
        let learned = admitted.iter().zip(found.chunks_exact(2)).map(|(it, found)| {
            let reading = Reading { stretch, current: found[0], previous: found[1] };
            Learned { by_others: stretches.of_others(it.before, reading, it.requests, now), reading }
        });
        Ok(learned.collect())
    }
}
