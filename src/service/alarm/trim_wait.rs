//! Whether a trim waits because it would delete too much, as this process has found, and the alarm.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{error, info};

use crate::domain::{
    history::retention::{Stocks, TrimMemory},
    time::{DAY_MS, Timestamp},
};

/// Whether a trim waits. The retention sets it, and the health check reads it.
#[derive(Debug, Default)]
pub struct TrimWait(AtomicBool);

impl TrimWait {
    /// Why no old logins are deleted, in words for the operator; `None` if they are.
    #[must_use]
    pub fn amiss(&self) -> Option<&'static str> {
        self.0.load(Ordering::Relaxed).then_some(
            "forgetting old logins waits, because it would take too many at once: is the clock right? See the log",
        )
    }

    /// Notes that a trim waits, and raises the alarm. Called again for every trim that waits.
    pub fn begin(&self, now: Timestamp, stocks: &Stocks, memory: &TrimMemory) {
        let Stocks { logins, alerts } = stocks;
        let newest_is_days_old = logins.newest.max(alerts.newest).map(|it| now.ms_since(it) / DAY_MS);
        let waits_hours = memory.waits_since.map(|it| now.ms_since(it) * 24 / DAY_MS);
        error!(
            logins = logins.older,
            of = logins.older.saturating_add(logins.kept),
            alerts = alerts.older,
            of_alerts = alerts.older.saturating_add(alerts.kept),
            newest_is_days_old,
            waits_hours,
            "ALARM: old records are not forgotten, because it would take too many at once: is the clock right, and \
             retention.logins_days, and retention.alerts_days? It goes on when the clock has run for a day, or after `watchlight store trim --yes`"
        );
        self.0.store(true, Ordering::Relaxed);
        metrics::gauge!("watchlight_retention_waits").set(1.0);
    }

    /// Notes that no trim waits.
    pub fn end(&self) {
        if self.0.swap(false, Ordering::Relaxed) {
            info!("old logins are forgotten again");
        }
        metrics::gauge!("watchlight_retention_waits").set(0.0);
    }

    /// Whether a trim waits.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
