//! Deletes what is older than the operator wants to keep.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::{
    domain::{
        history::{
            retention::{Cutoffs, SMALL_SHARE, Stock, Trim, TrimMemory, plan},
            retention_days::RetentionDays,
        },
        time::Timestamp,
    },
    ports::{Clock, Unavailable, Upkeep},
    service::alarm::trim_wait::TrimWait,
};

/// How often old logins are deleted: twice within
/// [`LONGEST_SILENCE_MS`](crate::domain::history::retention::LONGEST_SILENCE_MS).
const EVERY: Duration = Duration::from_hours(1);
/// While a trim waits: how often to check whether the operator has forced it.
const EVERY_WHILE_WAITING: Duration = Duration::from_secs(5);
/// While a trim waits: how many checks are made before it is tried again.
const LOOKS: u64 = 720;

/// Deletes old logins and alerts.
pub struct Retention {
    store: Arc<dyn Upkeep>,
    clock: Arc<dyn Clock>,
    days: RetentionDays,
    wait: Arc<TrimWait>,
}

impl Retention {
    /// Keeps each class of records for so many days. Notes in `wait` whether a trim waits.
    #[must_use]
    pub fn new(store: Arc<dyn Upkeep>, clock: Arc<dyn Clock>, days: RetentionDays, wait: Arc<TrimWait>) -> Self {
        Self { store, clock, days, wait }
    }

    /// Trims at once and then every hour, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut looks = 0;
        while !*stop.borrow() {
            if looks == 0 || self.was_ended_by_somebody_else().await {
                looks = 0;
                match self.trim().await {
                    Ok(0) => {}
                    Ok(logins) => info!(logins, "history trimmed"),
                    Err(fault) => warn!(%fault, "the history cannot be trimmed"),
                }
            }
            looks = if self.wait.waits() { (looks + 1) % LOOKS } else { 0 };
            let pause = if self.wait.waits() { EVERY_WHILE_WAITING } else { EVERY };
            // Ends after the pause, or at once when `stop` turns true.
            let _ = timeout(pause, stop.changed()).await;
        }
    }

    /// Deletes everything that is too old. If it is so much that the clock may be ahead, waits and raises the alarm
    /// instead: see [`plan`]. Returns how many logins were deleted.
    ///
    /// # Errors
    /// When the store does not answer. What was deleted by then stays deleted.
    pub async fn trim(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let (memory, stock) = self.look(now).await?;
        match plan(&memory, now, &self.days, &stock) {
            Trim::Waits => {
                let memory = memory.waiting(now);
                self.store.put_trim_memory(&memory).await?;
                self.wait.begin(now, &stock, &memory);
                Ok(0)
            }
            Trim::Before(cutoffs) => {
                let logins = self.forget(&memory, &cutoffs).await?;
                self.wait.end();
                Ok(logins)
            }
        }
    }

    /// What a trim would delete by the clock, and what it would leave.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn stock(&self) -> Result<Stock, Unavailable> {
        Ok(self.look(self.clock.now()).await?.1)
    }

    /// Trims by the clock, however much that deletes: for the operator's command. Returns how many logins were deleted.
    ///
    /// # Errors
    /// When the store does not answer. What was deleted by then stays deleted.
    pub async fn trim_by_the_clock(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let (memory, _) = self.look(now).await?;
        self.forget(&memory, &Cutoffs::at(now, &self.days, now)).await
    }

    async fn look(&self, now: Timestamp) -> Result<(TrimMemory, Stock), Unavailable> {
        let memory = self.store.trim_memory().await?.unwrap_or_else(|| TrimMemory::begin(now)).seen(now);
        let cutoff = Cutoffs::at(now, &self.days, now).logins;
        let stock = self.store.stock(cutoff, SMALL_SHARE.unsigned_abs()).await?;
        Ok((memory, stock))
    }

    async fn forget(&self, memory: &TrimMemory, cutoffs: &Cutoffs) -> Result<u64, Unavailable> {
        let mut logins = 0;
        loop {
            let trimmed = self.store.trim(cutoffs).await?;
            logins += trimmed.logins;
            if !trimmed.more {
                break;
            }
        }
        self.store.put_trim_memory(&memory.forgotten(cutoffs.logins)).await?;
        Ok(logins)
    }

    /// Whether no trim waits any more according to the store, although this process has put one off.
    async fn was_ended_by_somebody_else(&self) -> bool {
        let memory = self.store.trim_memory().await;
        memory.is_ok_and(|memory| memory.is_none_or(|memory| memory.waits_since.is_none()))
    }
}
