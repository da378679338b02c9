//! What works in the background of a running service.

use std::{sync::Arc, time::Duration};

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    sync::watch,
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

use crate::{
    http::{door::limit::Limits, tls::Certificate},
    service::{
        alarm::{counting_watch::CountingWatch, custody::Custody, unsealed_watch::UnsealedWatch},
        alert::dispatch::Dispatch,
        history::{segmenting::SegmentMaker, tail::tails::Tails},
        outbound::worker::WebhookWorker,
        privacy::{
            checkpoints::Checkpoints, erasures::Erasures, removal::removals::Removals, request_worker::RequestWorker,
        },
        queue::lease,
        retention::Retention,
        shared_usage::SharedUsage,
    },
};

/// How often idle counters are dropped, and the files of the certificate are checked.
const UPKEEP: Duration = Duration::from_secs(5);

/// What works in the background.
pub struct Workers {
    /// Sends mails.
    pub dispatch: Dispatch,
    /// Posts to webhooks.
    pub webhook_worker: WebhookWorker,
    /// Takes the steps of persons' requests.
    pub request_worker: RequestWorker,
    /// Deletes what is too old.
    pub retention: Retention,
    /// Tells of logins as they are stored.
    pub tails: Tails,
    /// Finishes erasures that were cut off.
    pub erasures: Erasures,
    /// Finishes removals that were cut off.
    pub removals: Removals,
    /// Looks whether the store is the one that was used before.
    pub custody: Arc<Custody>,
    /// Writes down where audits stand.
    pub checkpoints: Checkpoints,
    /// Counts the records that are not sealed.
    pub unsealed: Arc<UnsealedWatch>,
    /// Watches whether every login is counted.
    pub counting: Arc<CountingWatch>,
    /// Makes segments of hours that are over.
    pub segments: SegmentMaker,
    /// Tells other processes how much of the limits was used here.
    pub usage: SharedUsage,
    /// What is looked after now and then.
    pub kept: Kept,
}

impl Workers {
    /// Starts each in a task of its own, until `stopped` turns true.
    pub fn start(self, stopped: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        let Self { dispatch, webhook_worker, request_worker, retention, tails, erasures, .. } = self;
        let Self { removals, custody, checkpoints, unsealed, counting, segments, usage, kept, .. } = self;
        let end = stopped.clone();
        workers.spawn(async move { lease::run(&dispatch, end).await });
        let end = stopped.clone();
        workers.spawn(async move { lease::run(&webhook_worker, end).await });
        let end = stopped.clone();
        workers.spawn(async move { lease::run(&request_worker, end).await });
        let end = stopped.clone();
        workers.spawn(async move { retention.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { tails.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { erasures.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { removals.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { custody.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { checkpoints.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { unsealed.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { counting.run(end).await });
        let end = stopped.clone();
        workers.spawn(async move { segments.run(end).await });
        let (limits, end) = (kept.limits.clone(), stopped.clone());
        workers.spawn(async move { limits.keep_sharing(&usage, end).await });
        workers.spawn(upkeep(kept, stopped.clone()));
        workers
    }
}

/// What is looked after while the service runs.
pub struct Kept {
    /// Counters of requests, of which idle ones are dropped.
    pub limits: Arc<Limits>,
    /// Metrics, of which old ones are summed up.
    pub metrics: Option<PrometheusHandle>,
    /// The certificate, which is read again when it changes.
    pub certificate: Option<Arc<Certificate>>,
}

/// Keeps the memory of limits and metrics bounded, and the certificate up to date.
async fn upkeep(kept: Kept, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        kept.limits.forget_idle();
        if let Some(metrics) = &kept.metrics {
            metrics.run_upkeep();
        }
        if let Some(certificate) = kept.certificate.clone() {
            // On a thread of its own: a file system that hangs must not hold up mails. A panic only ends this look.
            let _ = spawn_blocking(move || certificate.renew()).await;
        }
        // Ends after the interval, or at once when `stop` turns true.
        let _ = timeout(UPKEEP, stop.changed()).await;
    }
}
