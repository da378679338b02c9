//! Takes reports that a mail has not arrived, or was not wanted.

use std::sync::Arc;

use tracing::info;

use crate::{
    domain::{
        alert::{
            report::{About, Report},
            suppression::{Cause, Suppression},
        },
        ids::{AlertId, EmailKey, TenantId},
        keyring::Keyring,
        tenant::webhook::{EventKind, TenantEvent},
        tokens::BounceToken,
    },
    ports::{AlertStore, Clock, SuppressionStore, Unavailable},
    service::alert::deliveries::Deliveries,
};

/// The result of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The address gets no more mail from now on.
    Suppressed,
    /// It was suppressed already.
    Known,
    /// The report is not about a mail of ours, or about another address than the mail was sent to.
    NotOurs,
}

/// Takes reports about mails.
#[derive(Clone)]
pub struct Bounces {
    alerts: Arc<dyn AlertStore>,
    deliveries: Deliveries,
    suppressions: Arc<dyn SuppressionStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Bounces {
    /// Uses these ports.
    #[must_use]
    pub fn new(
        alerts: Arc<dyn AlertStore>,
        deliveries: Deliveries,
        suppressions: Arc<dyn SuppressionStore>,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { alerts, deliveries, suppressions, clock, keyring }
    }

    /// Takes a report: suppresses the address. If the mail has not arrived, its alert becomes failed and the tenant is
    /// told. Taking the same report again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn take(&self, report: &Report) -> Result<Outcome, Unavailable> {
        let Some((tenant, email, alert)) = self.meant(report).await? else { return Ok(Outcome::NotOurs) };
        let (now, cause) = (self.clock.now(), report.cause);
        let is_new = self.suppressions.suppress(&tenant, email, Suppression { cause, since: now }).await?;
        if let Some(alert) = alert.filter(|_| cause == Cause::Bounced) {
            let event = TenantEvent::new(now, EventKind::AlertFailed, &self.keyring.tenant(&tenant), alert);
            self.deliveries.bounce(alert, now, &report.reason, &event).await?;
        }
        let outcome = if is_new { Outcome::Suppressed } else { Outcome::Known };
        info!(tenant = tenant.as_str(), cause = cause.as_str(), ?outcome, "a report about a mail");
        metrics::counter!("watchlight_mail_reports_total", "cause" => cause.as_str()).increment(1);
        Ok(outcome)
    }

    async fn meant(&self, report: &Report) -> Result<Option<(TenantId, EmailKey, Option<AlertId>)>, Unavailable> {
        let (id, token) = match &report.about {
            About::Tenant(tenant) => {
                let keys = self.keyring.tenant(tenant);
                let address = report.addresses.first();
                return Ok(address.map(|it| (tenant.clone(), keys.email(it), None)));
            }
            About::Alert(id) => (*id, None),
            About::Token(token) => match BounceToken::parse(token) {
                Some(token) => (token.alert, Some(token)),
                None => return Ok(None),
            },
        };
        let Some((alert, _)) = self.alerts.alert(id, self.clock.now()).await? else { return Ok(None) };
        let keys = self.keyring.tenant(&alert.tenant);
        let is_meant = |email: &EmailKey| token.is_none_or(|token| token.is_for(&self.keyring, *email));
        let email = report.addresses.iter().map(|it| keys.email(it)).find(is_meant);
        Ok(email.map(|it| (alert.tenant, it, Some(id))))
    }
}
