//! Composes what warns users by mail, and the mail system itself.

use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::sync::Notify;

use crate::{
    adapters::mail::{
        message::Wording,
        open::{self as mail, MailSettings, OpenMail},
        smtp_session::TlsMode,
    },
    app::{compose::Foundation, fault::Fault},
    config::settings::{MailRoute, Settings, Tls},
    service::{
        alarm::mail_health::MailHealth,
        alert::{
            alerts::{Alerts, LINK_TOKEN},
            bounces::Bounces,
            deliveries::Deliveries,
            dispatch::{Dispatch, DispatchParts},
            parcels::Parcels,
            suppressions::Suppressions,
        },
        outbound::signing::read_secret,
    },
    words::{catalogue::Catalogue, facts::AddressForm},
};

/// Shortest secret in bytes, according to Standard Webhooks.
const MIN_SECRET_BYTES: usize = 24;

impl Foundation {
    /// Alerts.
    #[must_use]
    pub fn alerts(&self) -> Alerts {
        Alerts::new(self.store.clone(), self.deliveries(), self.devices(), self.clock.clone(), self.keyring.clone())
    }

    fn deliveries(&self) -> Deliveries {
        Deliveries::new(self.store.clone(), self.store.clone())
    }

    /// Suppressed e-mail addresses.
    #[must_use]
    pub fn suppressions(&self) -> Suppressions {
        Suppressions::new(self.store.clone(), self.keyring.clone())
    }

    /// Whether mails are sent.
    #[must_use]
    pub fn mail_health(&self, settings: &Settings) -> MailHealth {
        MailHealth::new(self.storms(settings.limits.storm), self.clock.clone())
    }

    /// Reports about mails.
    #[must_use]
    pub fn bounces(&self) -> Bounces {
        let (alerts, suppressions) = (self.store.clone(), self.store.clone());
        Bounces::new(alerts, self.deliveries(), suppressions, self.clock.clone(), self.keyring.clone())
            .with_requests(self.store.clone())
    }

    /// The mail worker. Its links lead to `review_url`, and `queued` tells it that there is work.
    #[must_use]
    pub fn dispatch(
        &self,
        mail: &OpenMail,
        review_url: String,
        queued: Arc<Notify>,
        mail_health: &MailHealth,
    ) -> Dispatch {
        let (alerts, suppressions, counters) = (self.store.clone(), self.store.clone(), self.store.clone());
        let storms = mail_health.storms.clone();
        Dispatch::new(DispatchParts {
            outbox: self.store.clone(),
            deliveries: self.deliveries(),
            suppressions: self.store.clone(),
            parcels: Parcels::new(alerts, suppressions, counters, self.keyring.clone(), storms),
            mail: mail.mail.clone(),
            breaker: mail_health.breaker.clone(),
            custody: self.custody.clone(),
            clock: self.clock.clone(),
            keyring: self.keyring.clone(),
            review_url,
            queued,
        })
    }
}

/// Where the button of a mail leads, with [`LINK_TOKEN`] in place of the token.
#[must_use]
pub fn review_url(settings: &Settings) -> String {
    let own_page = || format!("{}/a/{LINK_TOKEN}", settings.http.public_url);
    settings.mail.review_url.clone().unwrap_or_else(own_page)
}

/// The wording of all mails, with the words of `catalogue`; `credit` names the source of places.
#[must_use]
pub fn wording(settings: &Settings, credit: Option<&'static str>, catalogue: Catalogue) -> Wording {
    Wording {
        credit,
        support: settings.mail.support.clone(),
        kept_days: settings.retention.days.logins.unsigned_abs(),
        addresses: addresses(settings),
        catalogue,
    }
}

/// The secret that signs reports about mails, if there is one.
///
/// # Errors
/// When it is not a secret in the form of Standard Webhooks, or is shorter than they allow.
pub fn mail_events_secret(settings: &Settings) -> Result<Option<Arc<[u8]>>, Fault> {
    let Some(written) = &settings.mail.events_secret else { return Ok(None) };
    let secret = read_secret(written.expose_secret()).filter(|it| it.len() >= MIN_SECRET_BYTES);
    secret.map(|it| Some(Arc::from(it))).ok_or(Fault::MailEventsSecret)
}

/// How much of an IP address mails show.
#[must_use]
pub fn addresses(settings: &Settings) -> AddressForm {
    if settings.mail.full_ip_address { AddressForm::Full } else { AddressForm::Truncated }
}

/// The mail system, with `wording` in all mails.
///
/// # Errors
/// When the settings do not describe a mail system.
pub fn mail(settings: &Settings, wording: Wording) -> Result<OpenMail, Fault> {
    let MailRoute { url, tls, from, return_path, product, username, password, .. } = &settings.mail;
    let link = review_url(settings);
    let tls = match tls {
        Tls::Required => TlsMode::Required,
        Tls::Opportunistic => TlsMode::Opportunistic,
        Tls::None => TlsMode::None,
    };
    let settings = MailSettings {
        url: url.clone(),
        tls,
        from: from.clone(),
        return_path: return_path.clone(),
        product: product.clone(),
        link_start: link.split(LINK_TOKEN).next().unwrap_or(&link).to_owned(),
        page_start: format!("{}/", settings.http.public_url),
        wording,
        username: username.clone(),
        password: password.clone(),
    };
    mail::open(settings).map_err(|it| Fault::MailOpen(it.to_string()))
}
