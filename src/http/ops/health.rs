//! How the service is: alive, ready, and in numbers.
//!
//! | metric | kind | labels | what |
//! |---|---|---|---|
//! | `watchlight_http_requests_total` | counter | `route`, `method`, `status` | requests answered |
//! | `watchlight_http_request_duration_seconds` | histogram | `route` | until the answer starts |
//! | `watchlight_logins_total` | counter | `status` (of the device), `level` (of risk) | logins recorded, each once |
//! | `watchlight_alerts_total` | counter | `status` (`queued`, `suppressed`) | alerts raised |
//! | `watchlight_mails_total` | counter | `outcome` (`sent`, `retried`, `postponed`, `held`, `refused`, `given_up`, `suppressed`) | attempts to mail |
//! | `watchlight_mail_stopped` | gauge | | 1 while the mail system refuses us, and no mail leaves |
//! | `watchlight_store_changed` | gauge | | 1 while the store is not the one that was used before, and no mail leaves |
//! | `watchlight_storms_total` | counter | | storms: most of a tenant's users were suddenly on unknown devices, and their mails delayed |
//! | `watchlight_mail_reports_total` | counter | `cause` (`bounced`, `complained`) | reports about mails that were ours |
//! | `watchlight_retention_waits` | gauge | | 1 while old logins are not forgotten because it would take too many at once |
//! | `watchlight_unreadable_records_total` | counter | `kind` (such as `login`) | records that could not be read, each once a process |
//! | `watchlight_webhook_attempts_total` | counter | `result` (`taken`, `failed`) | attempts to post to webhooks |

use std::{future::Future, time::Duration};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::door::state::State,
    ports::{Geo, Unfit},
    service::alarm::custody::NotTheStore,
};

/// How long a dependency may take to answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether logins can be recorded, and what is amiss.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "degraded", "checks": [
    {"name": "store", "status": "ok", "detail": null},
    {"name": "mail", "status": "failed", "detail": "the mail system does not take mail"}
]}))]
pub struct Readiness {
    /// `ready`; `degraded`: logins are recorded, mails or places may be missing, old logins are kept too long, or single records cannot be read; `unavailable`.
    status: &'static str,
    /// What this service depends on.
    checks: Vec<Check>,
}

/// One dependency.
#[derive(Debug, Serialize, ToSchema)]
struct Check {
    /// `store`, `mail`, `geo`, `retention`, `records`.
    name: &'static str,
    /// `ok` or `failed`.
    status: &'static str,
    /// What is amiss; the log says more.
    #[schema(required = true)]
    detail: Option<String>,
}

impl Check {
    fn new(name: &'static str, fault: Option<String>) -> Self {
        Self { name, status: if fault.is_none() { "ok" } else { "failed" }, detail: fault }
    }
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "health", operation_id = "health",
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain", example = json!("ok\n"))))]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("ok\n")
}

/// Whether logins can be recorded: each dependency by name. What was found may be a second old.
#[utoipa::path(get, path = "/readyz", tag = "health", operation_id = "readiness",
    responses(
        (status = 200, description = "Logins are recorded", body = Readiness),
        (status = 503, description = "The store does not answer, or is not fit to be written", body = Readiness)))]
pub async fn ready(state: Data<State>) -> HttpResponse {
    let (status, body) = state.health.ready.get(state.settings.health_lasts, look(&state)).await;
    HttpResponse::build(status).content_type("application/json").body(body)
}

/// Asks every dependency; the status and the body of the answer.
async fn look(state: &State) -> (StatusCode, Bytes) {
    let (store, mail) = tokio::join!(
        probe("store", "the store does not answer", probe_store(state), |fault| match fault {
            Unfit::Told(words) => Some(words),
            Unfit::Unavailable(_) => None,
        }),
        probe("mail", "the mail system does not take mail", state.mail.probe(), |_| None),
    );
    // Of a mail system that greets us and refuses our mails only the worker knows.
    let mail = match state.custody.holds_mails().or_else(|| state.mail_health.amiss()) {
        Some(amiss) => Check::new("mail", Some(amiss.to_owned())),
        None => mail,
    };
    let geo = Check::new("geo", databases(state.geo.as_ref()));
    let retention = Check::new("retention", state.mail_health.trim_wait.amiss().map(str::to_owned));
    let records = Check::new("records", records(state.store.unreadable()));
    let failed = |it: &Check| it.status != "ok";
    let (status, code) = match (failed(&store), [&mail, &geo, &retention, &records].into_iter().any(failed)) {
        (true, _) => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        (false, true) => ("degraded", StatusCode::OK),
        (false, false) => ("ready", StatusCode::OK),
    };
    let readiness = Readiness { status, checks: vec![store, mail, geo, retention, records] };
    // Its keys are texts: it cannot fail.
    (code, serde_json::to_vec(&readiness).unwrap_or_default().into())
}

/// Whether the store works, and is the one that was used before.
async fn probe_store(state: &State) -> Result<(), Unfit> {
    state.store.probe().await?;
    state.custody.look().await?;
    state.custody.check().map_err(|NotTheStore(words)| Unfit::Told(words))
}

/// Asks one dependency. The cause of a failure is for our log, because it may name machines; `told` says what of it is for
/// anybody, and `detail` stands where there is nothing.
async fn probe<E: std::fmt::Display>(
    name: &'static str,
    detail: &'static str,
    asked: impl Future<Output = Result<(), E>>,
    told: impl FnOnce(&E) -> Option<&'static str>,
) -> Check {
    let fault = match tokio::time::timeout(PROBE_TIMEOUT, asked).await {
        Ok(Ok(())) => None,
        Ok(Err(cause)) => {
            tracing::warn!(dependency = name, %cause, "a dependency is amiss");
            Some(told(&cause).unwrap_or(detail).to_owned())
        }
        Err(_) => Some(format!("{detail} within {} s", PROBE_TIMEOUT.as_secs())),
    };
    Check::new(name, fault)
}

/// What is said of so many records that cannot be read.
fn records(unreadable: usize) -> Option<String> {
    let told = "cannot be read, and lists leave them out: see `watchlight check`";
    match unreadable {
        0 => None,
        1 => Some(format!("1 record {told}")),
        many => Some(format!("{many} records {told}")),
    }
}

fn databases(geo: &dyn Geo) -> Option<String> {
    let databases = geo.databases();
    let refused: Vec<&str> = databases.iter().filter(|it| it.refused.is_some()).map(|it| it.file.as_str()).collect();
    match (databases.len(), refused.as_slice()) {
        (0, _) => Some("there is no database of places: logins are recorded without one".to_owned()),
        (_, []) => None,
        (_, refused) => Some(format!("not in use: {}", refused.join(", "))),
    }
}

/// The service in numbers, in Prometheus' text format. They may be a second old. Whom the setting `http.metrics` leaves out is
/// told 404.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "metrics",
    responses(
        (status = 200, description = "Prometheus text format 0.0.4", body = String, content_type = "text/plain",
        example = json!("watchlight_logins_total{status=\"recognized\",level=\"low\"} 34\n"))))]
pub async fn metrics(state: Data<State>) -> HttpResponse {
    let numbers = state.health.metrics.get(state.settings.health_lasts, async { (state.metrics)().into() }).await;
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4")).body(numbers)
}
