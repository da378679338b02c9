//! Takes reports that a mail has not arrived, or was not wanted.

use std::sync::Arc;

use tracing::info;

use crate::{
    domain::{
        alert::{
            report::{About, Report},
            suppression::{Cause, Suppression},
        },
        ids::{AlertId, EmailKey, RequestId, TenantId},
        keyring::Keyring,
        privacy::request_steps::{RequestEvent, after},
        tenant::webhook::{EventKind, TenantEvent, Topic},
        tokens::BounceToken,
    },
    ports::{AlertStore, Clock, RequestStore, SuppressionStore, Unavailable},
    service::{alert::deliveries::Deliveries, queue::tries::retry_stale},
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
    requests: Option<Arc<dyn RequestStore>>,
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
        Self { alerts, deliveries, suppressions, requests: None, clock, keyring }
    }

    /// Takes reports about mails to people who have asked for something, too.
    #[must_use]
    pub fn with_requests(self, requests: Arc<dyn RequestStore>) -> Self {
        Self { requests: Some(requests), ..self }
    }

    /// Takes a report: suppresses the address. If the mail has not arrived, its alert becomes failed and the tenant is
    /// told, or its request becomes failed. Taking the same report again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn take(&self, report: &Report) -> Result<Outcome, Unavailable> {
        let Some((tenant, email, topic)) = self.meant(report).await? else { return Ok(Outcome::NotOurs) };
        let (now, cause) = (self.clock.now(), report.cause);
        let is_new = self.suppressions.suppress(&tenant, email, Suppression { cause, since: now }).await?;
        match topic.filter(|_| cause == Cause::Bounced) {
            Some(Topic::Alert(alert)) => {
                let event = TenantEvent::new(now, EventKind::AlertFailed, &self.keyring.tenant(&tenant), alert);
                self.deliveries.bounce(alert, now, &report.reason, &event).await?;
            }
            Some(Topic::Request(request)) => self.returned(request, &report.reason).await?,
            // A verdict is told by no mail.
            Some(Topic::Verdict(_) | Topic::Login(_)) | None => {}
        }
        let outcome = if is_new { Outcome::Suppressed } else { Outcome::Known };
        info!(tenant = tenant.as_str(), cause = cause.as_str(), ?outcome, "a report about a mail");
        metrics::counter!("watchlight_mail_reports_total", "cause" => cause.as_str()).increment(1);
        Ok(outcome)
    }

    async fn meant(&self, report: &Report) -> Result<Option<(TenantId, EmailKey, Option<Topic>)>, Unavailable> {
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
        let Some((tenant, topic)) = self.topic(id).await? else { return Ok(None) };
        let keys = self.keyring.tenant(&tenant);
        let is_meant = |email: &EmailKey| token.is_none_or(|token| token.is_for(&self.keyring, *email));
        let email = report.addresses.iter().map(|it| keys.email(it)).find(is_meant);
        Ok(email.map(|it| (tenant, it, Some(topic))))
    }

    /// What a mail with this id was about: an alert, or a request with the same bytes.
    async fn topic(&self, id: AlertId) -> Result<Option<(TenantId, Topic)>, Unavailable> {
        if let Some((alert, _)) = self.alerts.alert(id, self.clock.now()).await? {
            return Ok(Some((alert.tenant, Topic::Alert(id))));
        }
        let Some(requests) = &self.requests else { return Ok(None) };
        let found = requests.request(RequestId(id.0)).await?;
        Ok(found.map(|(_, request)| (request.tenant, Topic::Request(request.id))))
    }

    /// The mail that asks about a request came back: it is failed, unless the person has answered it after all.
    async fn returned(&self, id: RequestId, reason: &str) -> Result<(), Unavailable> {
        let Some(requests) = &self.requests else { return Ok(()) };
        retry_stale("a request", || async {
            let Some((version, request)) = requests.request(id).await? else { return Ok(Some(())) };
            let event = RequestEvent::Returned(format!("it came back: {reason}"));
            let Some(failed) = after(request, self.clock.now(), event) else { return Ok(Some(())) };
            Ok::<_, Unavailable>(requests.put_request(version, &failed, None).await?.then_some(()))
        })
        .await
    }
}
