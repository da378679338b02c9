//! What the handlers of a running service ask.

use std::{sync::Arc, time::Duration};

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;

use crate::{
    adapters::{geo::MaxmindGeo, mail::open::OpenMail},
    app::{compose::Foundation, fault::Fault, rights::Rights, services::mailing},
    config::settings::Settings,
    http::door::{
        client_address::TrustedProxies,
        connection::Patience,
        limit::{Limits, Rate},
        state::{ConsoleSettings, HttpSettings, State},
    },
    service::{
        alarm::{mail_health::MailHealth, readiness::Readiness},
        outbound::webhooks::Webhooks,
    },
    words::catalogue::Catalogue,
};

/// For how long an answer of `/readyz` or `/metrics` is given to other requests as well.
const HEALTH_LASTS: Duration = Duration::from_secs(1);
/// How long somebody may follow logins by one request: so the audit tells to the hour what was shown.
const TAIL_LASTS: Duration = Duration::from_hours(1);

/// What only a running service has.
pub struct World {
    /// Places.
    pub geo: Arc<MaxmindGeo>,
    /// The words of pages.
    pub catalogue: Catalogue,
    /// Notified when an alert waits to be mailed.
    pub queued: Arc<Notify>,
    /// Whether mails are sent.
    pub mail_health: MailHealth,
    /// What signs reports about mails, if they are taken.
    pub mail_events_secret: Option<Arc<[u8]>>,
    /// The tenants' webhooks.
    pub webhooks: Webhooks,
    /// What persons may ask for.
    pub rights: Rights,
    /// What is shown at `/metrics`.
    pub metrics: Option<PrometheusHandle>,
}

/// What the handlers ask, made of these.
///
/// # Errors
/// When TLS cannot be set up.
pub fn state(settings: &Settings, foundation: &Foundation, mail: OpenMail, world: World) -> Result<State, Fault> {
    let Foundation { store, clock, keyring, custody, .. } = foundation.clone();
    let metrics = world.metrics;
    let sessions = foundation.sessions(world.geo.clone(), &settings.retention.days);
    let storms = world.mail_health.storms.clone();
    let intake = foundation.intake(&settings.policies, world.geo.clone(), world.queued, storms);
    let http = http_settings(settings, world.catalogue);
    let readiness = Readiness {
        store: store.clone(),
        records: store.clone(),
        custody: custody.clone(),
        mail: mail.mail,
        mail_health: world.mail_health,
        geo: world.geo.clone(),
        requests: world.rights.watch,
        unsealed: world.rights.unsealed,
        counting: world.rights.counting,
    };
    Ok(State {
        policies: intake.policies(),
        history: foundation.history(),
        inquiries: foundation.inquiries(sessions.clone(), intake.policies()),
        intake: Arc::new(intake),
        tails: foundation.tails(),
        saved_searches: foundation.searches.clone(),
        sessions,
        devices: foundation.devices(),
        erasures: foundation.erasures(),
        people: foundation.people(),
        notes: foundation.notes(),
        verdicts: foundation.verdicts(),
        exports: foundation.exports(),
        alerts: foundation.alerts(),
        requests: world.rights.requests,
        suppressions: foundation.suppressions(),
        clock,
        bounces: foundation.bounces(),
        mail_events_secret: world.mail_events_secret,
        custody,
        webhooks: world.webhooks,
        audit: foundation.audit(),
        api_keys: foundation.api_keys(),
        operators: foundation.operators(),
        single_sign_on: foundation.single_sign_on(settings)?,
        keyring,
        readiness,
        geo: world.geo,
        dev_mail: mail.dev_mail,
        limits: Arc::new(Limits::new(http.per_key, http.per_address)),
        settings: Arc::new(http),
        health: Arc::default(),
        metrics: Arc::new(move || metrics.as_ref().map(PrometheusHandle::render).unwrap_or_default()),
    })
}

fn http_settings(settings: &Settings, catalogue: Catalogue) -> HttpSettings {
    let rate = |(per_second, burst)| Rate { per_second, burst };
    HttpSettings {
        retention: settings.retention.days,
        public_url: settings.http.public_url.clone(),
        product: settings.mail.product.clone(),
        addresses: mailing::addresses(settings),
        catalogue,
        proxies: TrustedProxies {
            networks: settings.http.trusted_proxies.clone(),
            header: settings.http.client_ip_header.clone(),
        },
        per_key: rate(settings.limits.per_key),
        per_address: rate(settings.limits.per_address),
        patience: Patience::default(),
        mailbox: settings.http.mailbox,
        metrics: settings.http.metrics,
        docs: settings.http.docs,
        console: ConsoleSettings {
            is_enabled: settings.console.is_enabled,
            proxy_header: settings.console.proxy_header.clone(),
        },
        health_lasts: HEALTH_LASTS,
        tail_lasts: TAIL_LASTS,
    }
}
