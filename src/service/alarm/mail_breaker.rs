//! Whether the mail server accepts us, as this process has found, and the alarm when it does not.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::{error, info};

use crate::domain::{
    alert::breaker::{Allowed, Breaker},
    time::Timestamp,
};

/// Whether mails may be sent. The worker that sends them and the health check share it.
#[derive(Debug, Default)]
pub struct MailBreaker(Mutex<Breaker>);

impl MailBreaker {
    /// How many mails may be sent now.
    #[must_use]
    pub fn allows(&self, now: Timestamp) -> Allowed {
        self.breaker().allows(now)
    }

    /// Since when the mail server has refused us; none if it does not.
    #[must_use]
    pub fn stopped_since(&self) -> Option<Timestamp> {
        match *self.breaker() {
            Breaker::Closed => None,
            Breaker::Open { since, .. } => Some(since),
        }
    }

    /// Notes that the mail server has refused us, and why.
    pub fn refused(&self, now: Timestamp, reason: &str) {
        let mut breaker = self.breaker();
        let before = *breaker;
        *breaker = before.refused(now);
        if let Breaker::Open { pause_ms, .. } = *breaker
            && *breaker != before
        {
            error!(reason, pause_s = pause_ms / 1_000, "ALARM: the mail server refuses us, and no mail leaves");
            metrics::gauge!("watchlight_mail_stopped").set(1.0);
        }
    }

    /// Notes that the mail server has accepted or rejected a mail on its own account: it does not refuse us.
    pub fn accepted(&self) {
        let mut breaker = self.breaker();
        if *breaker != Breaker::Closed {
            info!("the mail server takes our mails again");
            metrics::gauge!("watchlight_mail_stopped").set(0.0);
            *breaker = Breaker::Closed;
        }
    }

    /// Ignores poisoning: every change is a single assignment.
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
