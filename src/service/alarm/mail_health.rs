//! What is wrong as this process has found: with the mail server, with tenants in a storm, and with a trim that waits.

use std::sync::Arc;

use crate::{
    ports::Clock,
    service::alarm::{mail_breaker::MailBreaker, storms::Storms, trim_wait::TrimWait},
};

/// What the intake, the mail worker and the retention have found wrong, for the health check. Cheap to clone.
#[derive(Clone)]
pub struct MailHealth {
    /// Whether the mail server accepts us.
    pub breaker: Arc<MailBreaker>,
    /// Tenants most of whose users are suddenly on unknown devices.
    pub storms: Arc<Storms>,
    /// Whether a trim of old logins waits.
    pub trim_wait: Arc<TrimWait>,
    clock: Arc<dyn Clock>,
}

impl MailHealth {
    /// At the start nothing is wrong, except for what `storms` knows.
    #[must_use]
    pub fn new(storms: Arc<Storms>, clock: Arc<dyn Clock>) -> Self {
        Self { breaker: Arc::default(), storms, trim_wait: Arc::default(), clock }
    }

    /// Why mails are not sent, in words for the operator that name no tenant; `None` if they are sent.
    #[must_use]
    pub fn amiss(&self) -> Option<&'static str> {
        if self.breaker.stopped_since().is_some() {
            return Some("the mail system refuses us, and no mail leaves: see the log");
        }
        let stormy = !self.storms.stormy(self.clock.now()).is_empty();
        stormy.then_some(
            "most users of a tenant are suddenly on unknown devices, and their mails are delayed: see the log",
        )
    }
}
