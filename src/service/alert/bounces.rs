//! Reports that a mail has not arrived, or was not wanted: whom they are about, and what follows.

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
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
    },
    ports::{AlertStore, Clock, Outbox, SuppressionStore, Unavailable},
};

/// Bytes of a bounce token that sign it.
const SIGNATURE_BYTES: usize = 10;

/// What a report came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The address gets no more mail from now on.
    Suppressed,
    /// It got none already.
    Known,
    /// The report is about no mail of ours, or about another address than the mail went to.
    NotOurs,
}

/// Takes reports.
#[derive(Clone)]
pub struct Bounces {
    alerts: Arc<dyn AlertStore>,
    outbox: Arc<dyn Outbox>,
    suppressions: Arc<dyn SuppressionStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Bounces {
    /// Over these ports.
    #[must_use]
    pub fn new(
        alerts: Arc<dyn AlertStore>,
        outbox: Arc<dyn Outbox>,
        suppressions: Arc<dyn SuppressionStore>,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { alerts, outbox, suppressions, clock, keyring }
    }

    /// Takes a report: the address gets no more mail; and if the mail has not arrived, its alert has failed and the tenant is
    /// told. The same report again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn take(&self, report: &Report) -> Result<Outcome, Unavailable> {
        let Some((tenant, email, alert)) = self.meant(report).await? else { return Ok(Outcome::NotOurs) };
        let (now, cause) = (self.clock.now(), report.cause);
        let is_new = self.suppressions.suppress(&tenant, email, Suppression { cause, since: now }).await?;
        if let Some(alert) = alert.filter(|_| cause == Cause::Bounced) {
            let event = TenantEvent::new(now, EventKind::AlertFailed, &self.keyring.tenant(&tenant), alert);
            self.outbox.bounce(alert, now, report.reason.clone(), event).await?;
        }
        let outcome = if is_new { Outcome::Suppressed } else { Outcome::Known };
        info!(tenant = tenant.as_str(), cause = cause.as_str(), ?outcome, "a report about a mail");
        metrics::counter!("watchlight_mail_reports_total", "cause" => cause.as_str()).increment(1);
        Ok(outcome)
    }

    async fn meant(&self, report: &Report) -> Result<Option<(TenantId, EmailKey, Option<AlertId>)>, Unavailable> {
        let (id, signature) = match &report.about {
            About::Tenant(tenant) => {
                let keys = self.keyring.tenant(tenant);
                let address = report.addresses.first();
                return Ok(address.map(|it| (tenant.clone(), keys.email(it), None)));
            }
            About::Alert(id) => (*id, None),
            About::Token(token) => match read_token(token) {
                Some((id, signature)) => (id, Some(signature)),
                None => return Ok(None),
            },
        };
        let Some((alert, _)) = self.alerts.alert(id, self.clock.now()).await? else { return Ok(None) };
        let keys = self.keyring.tenant(&alert.tenant);
        let expected = |email| blake3::hash(&self.keyring.bounce_signature(id, email));
        // Hashes are compared, and so in constant time.
        let is_meant = |email: &EmailKey| signature.is_none_or(|it| blake3::hash(&it) == expected(*email));
        let email = report.addresses.iter().map(|it| keys.email(it)).find(is_meant);
        Ok(email.map(|it| (alert.tenant, it, Some(id))))
    }
}

/// What stands in the return path of a mail: the alert, and a signature over it and the mailbox. 42 letters and digits
/// without case, because mail servers may change it.
#[must_use]
pub fn bounce_token(keyring: &Keyring, alert: AlertId, email: EmailKey) -> String {
    let bytes = [&alert.0[..], &keyring.bounce_signature(alert, email)].concat();
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
}

fn read_token(token: &str) -> Option<(AlertId, [u8; SIGNATURE_BYTES])> {
    let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
    let (id, signature) = bytes.split_first_chunk::<16>()?;
    Some((AlertId(*id), signature.try_into().ok()?))
}
