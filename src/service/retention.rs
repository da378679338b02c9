//! Forgetting what is older than the operator wants kept.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::{
    domain::{
        history::retention::{SMALL_SHARE, Stock, Trim, TrimMemory, plan},
        time::Timestamp,
    },
    ports::{Clock, Unavailable, Upkeep},
    service::alarm::trim_wait::TrimWait,
};

/// How often the store is looked through: twice within
/// [`LONGEST_SILENCE_MS`](crate::domain::history::retention::LONGEST_SILENCE_MS).
const EVERY: Duration = Duration::from_hours(1);
/// How often it is looked, while a trim waits, whether the operator has had it done.
const EVERY_WHILE_WAITING: Duration = Duration::from_secs(5);
/// Looks while a trim waits, until it is tried again.
const LOOKS: u64 = 720;

/// Trims the history.
pub struct Retention {
    store: Arc<dyn Upkeep>,
    clock: Arc<dyn Clock>,
    keep_ms: i64,
    wait: Arc<TrimWait>,
}

impl Retention {
    /// Keeps logins and alerts for `keep_ms` milliseconds, and notes in `wait` whether a trim waits.
    #[must_use]
    pub fn new(store: Arc<dyn Upkeep>, clock: Arc<dyn Clock>, keep_ms: i64, wait: Arc<TrimWait>) -> Self {
        Self { store, clock, keep_ms, wait }
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
            // Either the time passes or the end comes.
            let _ = timeout(pause, stop.changed()).await;
        }
    }

    /// Forgets everything that is older than is kept, or puts it off and alarms if that may be because the clock is
    /// ahead: see [`plan`]. Returns how many logins went.
    ///
    /// # Errors
    /// When the store does not answer; what went by then is gone.
    pub async fn trim(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let (memory, stock) = self.look(now).await?;
        match plan(&memory, now, self.keep_ms, &stock) {
            Trim::Waits => {
                let memory = memory.waiting(now);
                self.store.put_trim_memory(&memory).await?;
                self.wait.begin(now, &stock, &memory);
                Ok(0)
            }
            Trim::Before { cutoff, expired_at } => {
                let logins = self.forget(&memory, cutoff, expired_at).await?;
                self.wait.end();
                Ok(logins)
            }
        }
    }

    /// What a trim by the clock would find.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn stock(&self) -> Result<Stock, Unavailable> {
        Ok(self.look(self.clock.now()).await?.1)
    }

    /// Trims by the clock, whatever that takes: by the operator's word. Returns how many logins went.
    ///
    /// # Errors
    /// When the store does not answer; what went by then is gone.
    pub async fn trim_by_the_clock(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let (memory, _) = self.look(now).await?;
        self.forget(&memory, now.plus_ms(-self.keep_ms), now).await
    }

    async fn look(&self, now: Timestamp) -> Result<(TrimMemory, Stock), Unavailable> {
        let memory = self.store.trim_memory().await?.unwrap_or_else(|| TrimMemory::begin(now)).seen(now);
        let stock = self.store.stock(now.plus_ms(-self.keep_ms), SMALL_SHARE.unsigned_abs()).await?;
        Ok((memory, stock))
    }

    async fn forget(&self, memory: &TrimMemory, cutoff: Timestamp, expired_at: Timestamp) -> Result<u64, Unavailable> {
        let mut logins = 0;
        loop {
            let trimmed = self.store.trim(expired_at, cutoff).await?;
            logins += trimmed.logins;
            if !trimmed.more {
                break;
            }
        }
        self.store.put_trim_memory(&memory.forgotten(cutoff)).await?;
        Ok(logins)
    }

    /// Whether nothing waits any more in the store, although this process has put a trim off.
    async fn was_ended_by_somebody_else(&self) -> bool {
        let memory = self.store.trim_memory().await;
        memory.is_ok_and(|it| it.is_none_or(|it| it.waits_since.is_none()))
    }
}
