//! Forgetting what is older than the operator wants kept.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::ports::{Clock, Store, Unavailable};

/// How often the store is looked through.
const EVERY: Duration = Duration::from_hours(1);

/// Trims the history.
pub struct Retention {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keep_ms: i64,
}

impl Retention {
    /// Keeps logins and alerts for `keep_ms` milliseconds.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, keep_ms: i64) -> Self {
        Self { store, clock, keep_ms }
    }

    /// Trims at once and then every hour, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.trim().await {
                Ok(0) => {}
                Ok(logins) => info!(logins, "history trimmed"),
                Err(fault) => warn!(%fault, "the history cannot be trimmed"),
            }
            // Either an hour passes or the end comes.
            let _ = timeout(EVERY, stop.changed()).await;
        }
    }

    /// Forgets everything that is older than is kept; returns how many logins went.
    ///
    /// # Errors
    /// When the store does not answer; what went by then is gone.
    pub async fn trim(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let cutoff = now.plus_ms(-self.keep_ms);
        let mut logins = 0;
        loop {
            match self.store.trim(now, cutoff).await? {
                0 => return Ok(logins),
                step => logins += step,
            }
        }
    }
}
