//! Deletes what is older than the operator wants to keep.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::{info, warn};

use crate::{
    domain::{
        history::{
            cutoffs::Cutoffs,
            retention::{SMALL_SHARE, Stocks, Trim, TrimMemory, plan},
            retention_days::{RetentionClass, RetentionDays},
        },
        time::{SECOND_MS, Timestamp},
    },
    ports::{Clock, Unavailable, Upkeep},
    service::{
        alarm::trim_wait::TrimWait,
        operator::operators::Operators,
        privacy::{
            audit::Audit,
            idle_devices::{Idle, IdleDevices},
        },
    },
};

/// How often old logins are deleted: twice within
/// [`LONGEST_SILENCE_MS`](crate::domain::history::retention::LONGEST_SILENCE_MS).
const EVERY: Duration = Duration::from_hours(1);
/// While a trim waits: how often to check whether the operator has forced it.
const EVERY_WHILE_WAITING: Duration = Duration::from_secs(5);
/// While a trim waits: how many checks are made before it is tried again.
const LOOKS: u64 = 720;

/// What is deleted by other means than a trim of the store.
pub struct Sweeps {
    /// Devices that were not seen for long.
    pub idle: IdleDevices,
    /// Entries of the audit.
    pub audit: Audit,
    /// Operators who were revoked, or never came.
    pub operators: Operators,
}

/// Deletes old logins and alerts.
pub struct Retention {
    store: Arc<dyn Upkeep>,
    audit: Audit,
    clock: Arc<dyn Clock>,
    days: RetentionDays,
    wait: Arc<TrimWait>,
    idle: IdleDevices,
    operators: Operators,
}

impl Retention {
    /// Keeps each class of records for so many days, and has `idle` forget devices. Notes in `wait` whether a trim waits.
    #[must_use]
    pub fn new(
        store: Arc<dyn Upkeep>,
        clock: Arc<dyn Clock>,
        days: RetentionDays,
        wait: Arc<TrimWait>,
        sweeps: Sweeps,
    ) -> Self {
        let Sweeps { idle, audit, operators } = sweeps;
        Self { store, audit, clock, days, wait, idle, operators }
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
        let (memory, stocks) = self.look(now).await?;
        let logins = match plan(&memory, now, &self.days, &stocks) {
            Trim::Waits => {
                let memory = memory.waiting(now);
                self.store.put_trim_memory(&memory).await?;
                self.wait.begin(now, &stocks, &memory);
                0
            }
            Trim::Before { cutoffs, holds_back } => {
                if holds_back && memory.held_back_since.is_none() {
                    info!(
                        "devices, notes and the audit are not forgotten for a day: the clock or the settings are new"
                    );
                }
                let logins = self.forget(&memory.forgotten(&cutoffs, holds_back, now), &cutoffs).await?;
                self.wait.end();
                let idle = self.idle.forget(now, cutoffs.devices).await?;
                if idle != Idle::default() {
                    info!(devices = idle.devices, users = idle.users, "devices that were not seen for long forgotten");
                }
                logins
            }
        };
        self.measure(now).await?;
        Ok(logins)
    }

    /// What a trim would delete by the clock, and what it would leave.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn stock(&self) -> Result<Stocks, Unavailable> {
        Ok(self.look(self.clock.now()).await?.1)
    }

    /// Trims by the clock, however much that deletes: for the operator's command. Returns how many logins were deleted.
    ///
    /// # Errors
    /// When the store does not answer. What was deleted by then stays deleted.
    pub async fn trim_by_the_clock(&self) -> Result<u64, Unavailable> {
        let now = self.clock.now();
        let ((memory, _), cutoffs) = (self.look(now).await?, Cutoffs::at(now, &self.days, now));
        self.forget(&memory.forgotten(&cutoffs, false, now), &cutoffs).await
    }

    async fn look(&self, now: Timestamp) -> Result<(TrimMemory, Stocks), Unavailable> {
        let memory = self.store.trim_memory().await?.unwrap_or_else(|| TrimMemory::begin(now)).seen(now);
        let cutoffs = Cutoffs::at(now, &self.days, now);
        Ok((memory, self.store.stock(&cutoffs, SMALL_SHARE.unsigned_abs()).await?))
    }

    /// Deletes, and remembers that as `next`.
    async fn forget(&self, next: &TrimMemory, cutoffs: &Cutoffs) -> Result<u64, Unavailable> {
        let mut logins = 0;
        loop {
            let trimmed = self.store.trim(cutoffs).await?;
            logins += trimmed.logins;
            if !trimmed.more {
                break;
            }
        }
        while self.audit.forget(cutoffs.audit).await?.more {}
        self.store.put_trim_memory(next).await?;
        self.operators.forget(cutoffs.audit).await?;
        Ok(logins)
    }

    /// Tells the metrics how old the oldest record of each class is, as far as the store can tell.
    async fn measure(&self, now: Timestamp) -> Result<(), Unavailable> {
        let oldest = self.store.oldest().await?;
        let last_used = |expires_at: Timestamp| expires_at.plus_ms(-self.days.ms(RetentionClass::Sessions));
        gauge_oldest(RetentionClass::Audit, now, self.audit.oldest().await?);
        gauge_oldest(RetentionClass::Logins, now, oldest.login);
        gauge_oldest(RetentionClass::MinimalLogins, now, oldest.minimal_login);
        gauge_oldest(RetentionClass::Alerts, now, oldest.alert);
        gauge_oldest(RetentionClass::Notes, now, oldest.note);
        gauge_oldest(RetentionClass::FullAddress, now, oldest.full_address);
        gauge_oldest(RetentionClass::IdleDevices, now, self.idle.oldest());
        gauge_oldest(RetentionClass::Sessions, now, oldest.session_expires_at.map(last_used));
        Ok(())
    }

    /// Whether no trim waits any more according to the store, although this process has put one off.
    async fn was_ended_by_somebody_else(&self) -> bool {
        let memory = self.store.trim_memory().await;
        memory.is_ok_and(|memory| memory.is_none_or(|memory| memory.waits_since.is_none()))
    }
}

/// Tells how old the oldest record of a class is: 0 if there is none.
fn gauge_oldest(class: RetentionClass, now: Timestamp, oldest: Option<Timestamp>) {
    let age_ms = oldest.map_or(0, |it| now.ms_since(it).max(0));
    #[expect(clippy::cast_precision_loss, reason = "whole seconds are exact in f64 for a hundred million years")]
    let age_seconds = (age_ms / SECOND_MS) as f64;
    metrics::gauge!("watchlight_oldest_record_age_seconds", "class" => class.as_str()).set(age_seconds);
}
