//! Has what waits be counted, and watches whether every login is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::ports::{TallyStore, Unavailable};

/// How often what waits is counted, if nobody asks.
const COUNTS_EVERY: Duration = Duration::from_secs(1);

/// What was found when somebody last looked.
pub struct CountingWatch {
    tallies: Arc<dyn TallyStore>,
    is_uncounted: AtomicBool,
}

impl CountingWatch {
    /// Watches this store.
    #[must_use]
    pub fn new(tallies: Arc<dyn TallyStore>) -> Self {
        Self { tallies, is_uncounted: AtomicBool::new(false) }
    }

    /// What is said of it; `None` if every login is counted, as far as is known.
    #[must_use]
    pub fn amiss(&self) -> Option<String> {
        self.is_uncounted.load(Ordering::Relaxed).then(|| UNCOUNTED.to_owned())
    }

    /// Looks again and again, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let looked = tokio::select! {
                looked = self.look() => looked,
                _ = stop.changed() => break,
            };
            if let Err(fault) = looked {
                // `/readyz` says what is amiss with the store.
                tracing::debug!(%fault, "logins could not be counted");
            }
            // Ends after the interval, or at once when `stop` turns true.
            let _ = timeout(COUNTS_EVERY, stop.changed()).await;
        }
    }

    async fn look(&self) -> Result<(), Unavailable> {
        let is_uncounted = !self.tallies.is_counted().await?;
        match (self.is_uncounted.swap(is_uncounted, Ordering::Relaxed), is_uncounted) {
            (false, true) => warn!("{UNCOUNTED}"),
            (true, false) => info!("every login is counted"),
            _ => {}
        }
        Ok(())
    }
}

/// What is said where not every login is counted.
pub const UNCOUNTED: &str =
    "logins of an earlier version are not counted, and searches are slow: run `watchlight store recount`";
