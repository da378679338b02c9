//! Makes the services of people's rights.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::{
    adapters::mail::open::OpenMail,
    app::compose::Foundation,
    config::settings::Settings,
    domain::time::DAY_MS,
    service::{
        alarm::{
            counting_watch::CountingWatch, mail_health::MailHealth, request_watch::RequestWatch,
            unsealed_watch::UnsealedWatch,
        },
        alert::posting::Posting,
        privacy::{
            request_worker::{RequestWorker, RequestWorkerParts},
            requests::{RequestParts, Requests},
            wishes::{PersonWishes, Wishes},
        },
    },
};

/// The services of people's rights.
pub struct Rights {
    /// What people ask for.
    pub requests: Requests,
    /// Whether people wait too long for an answer.
    pub watch: Arc<RequestWatch>,
    /// Whether records are left in the clear.
    pub unsealed: Arc<UnsealedWatch>,
    /// Whether logins are left that are not counted.
    pub counting: Arc<CountingWatch>,
}

impl Rights {
    /// Over this foundation, and the worker that takes the steps of requests. Mails go to `mail`.
    #[must_use]
    pub fn over(
        foundation: &Foundation,
        settings: &Settings,
        mail: &OpenMail,
        mail_health: &MailHealth,
    ) -> (Self, RequestWorker) {
        let Foundation { store, clock, keyring, custody, .. } = foundation;
        let answer_ms = settings.privacy.answer_days * DAY_MS;
        let (woken, watch): (Arc<Notify>, Arc<RequestWatch>) = Default::default();
        let wishes: Arc<dyn Wishes> =
            Arc::new(PersonWishes { erasures: foundation.erasures(), people: foundation.people() });
        let requests = Requests::new(RequestParts {
            requests: store.clone(),
            profiles: store.clone(),
            suppressions: store.clone(),
            wishes: wishes.clone(),
            clock: clock.clone(),
            keyring: keyring.clone(),
            answer_ms,
            woken: woken.clone(),
        });
        let worker = RequestWorker::new(RequestWorkerParts {
            requests: store.clone(),
            wishes,
            posting: Posting {
                mail: mail.mail.clone(),
                breaker: mail_health.breaker.clone(),
                suppressions: store.clone(),
                clock: clock.clone(),
            },
            custody: custody.clone(),
            keyring: keyring.clone(),
            public_url: settings.http.public_url.clone(),
            answer_ms,
            woken,
            watch: watch.clone(),
        });
        let unsealed = Arc::new(UnsealedWatch::new(store.clone()));
        (Self { requests, watch, unsealed, counting: Arc::new(CountingWatch::new(store.clone())) }, worker)
    }
}
