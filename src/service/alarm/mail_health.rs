//! What this process has found amiss: the way to the mail server, the tenants' storms, and a trim that waits.

use std::sync::Arc;

use crate::{
    ports::Clock,
    service::alarm::{mail_breaker::MailBreaker, storms::Storms, trim_wait::TrimWait},
};

/// What the intake, the outbox worker and the retention take note of, for those who tell how the service is. Cheap to clone.
#[derive(Clone)]
pub struct MailHealth {
    /// The way to the mail server.
    pub breaker: Arc<MailBreaker>,
    /// Tenants most of whose users are suddenly on unknown devices.
    pub storms: Arc<Storms>,
    /// Whether forgetting old logins waits.
    pub trim_wait: Arc<TrimWait>,
    clock: Arc<dyn Clock>,
}

impl MailHealth {
    /// Nothing is amiss yet but what `storms` know.
    #[must_use]
    pub fn new(storms: Arc<Storms>, clock: Arc<dyn Clock>) -> Self {
        Self { breaker: Arc::default(), storms, trim_wait: Arc::default(), clock }
    }

    /// Why mails do not leave, in words for the operator that name no tenant; none if they do.
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
