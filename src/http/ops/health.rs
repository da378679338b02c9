//! Health: whether the service is alive, ready, and its metrics.
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
//! | `watchlight_oldest_record_age_seconds` | gauge | `class` (such as `login`) | the age of the oldest record; 0 if there is none |
//! | `watchlight_unreadable_records_total` | counter | `kind` (such as `login`) | records that could not be read, each once a process |
//! | `watchlight_unsealed_records` | gauge | | records from before sealing that are not sealed yet |
//! | `watchlight_requests_overdue` | gauge | | people's requests whose answer is overdue |
//! | `watchlight_request_mails_total` | counter | `outcome` (`sent`, `not_sent`) | attempts to mail people about their requests |
//! | `watchlight_webhook_attempts_total` | counter | `result` (`taken`, `failed`) | attempts to post to webhooks |

use std::sync::atomic::Ordering;

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
    service::alarm::readiness::{Check, Fitness},
};

/// Whether logins can be recorded, and what is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "degraded", "checks": [
    {"name": "store", "status": "ok", "detail": null, "durability": "a login is on the disk before it is acknowledged"},
    {"name": "mail", "status": "failed", "detail": "the mail system does not take mail"}
]}))]
pub struct ReadinessBody {
    /// `ready`; `stopping`: this process answers for a moment longer, and then no more; `degraded`: logins are recorded, but mails or places may be missing, old logins are kept too long,
    /// single records cannot be read or are not sealed, or people wait too long for an answer; `unavailable`.
    status: &'static str,
    /// What this service depends on.
    checks: Vec<CheckBody>,
}

/// One dependency.
#[derive(Debug, Serialize, ToSchema)]
struct CheckBody {
    /// `store`, `mail`, `geo`, `retention`, `records`, `requests`, `sealing`, `counting`.
    name: &'static str,
    /// `ok` or `failed`.
    status: &'static str,
    /// What is wrong. The log says more.
    #[schema(required = true)]
    detail: Option<String>,
    /// Of the store, while nothing is wrong: how it keeps what it acknowledges.
    #[serde(skip_serializing_if = "Option::is_none")]
    durability: Option<String>,
}

impl ReadinessBody {
    const STOPPING: Self = Self { status: "stopping", checks: Vec::new() };

    fn new(fitness: Fitness, checks: &[Check]) -> Self {
        Self { status: fitness.as_str(), checks: checks.iter().map(CheckBody::new).collect() }
    }
}

impl CheckBody {
    fn new(check: &Check) -> Self {
        let status = if check.amiss.is_none() { "ok" } else { "failed" };
        Self { name: check.dependency.as_str(), status, detail: check.amiss.clone(), durability: check.known.clone() }
    }
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "health", operation_id = "health",
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain", example = json!("ok\n"))))]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("ok\n")
}

/// Whether logins can be recorded, with each dependency by name. The answer may be a second old.
#[utoipa::path(get, path = "/readyz", tag = "health", operation_id = "readiness",
    responses(
        (status = 200, description = "Logins are recorded", body = ReadinessBody),
        (status = 503, description = "The store does not answer, or is not fit to be written, or this process stops", body = ReadinessBody)))]
pub async fn ready(state: Data<State>) -> HttpResponse {
    if state.health.is_stopping.load(Ordering::Relaxed) {
        return HttpResponse::ServiceUnavailable().json(ReadinessBody::STOPPING);
    }
    let (status, body) = state.health.ready.get(state.settings.health_lasts, look(&state)).await;
    HttpResponse::build(status).content_type("application/json").body(body)
}

/// Asks every dependency. Returns the status and the body of the answer.
async fn look(state: &State) -> (StatusCode, Bytes) {
    let checks = state.readiness.look().await;
    let fitness = Fitness::of(&checks);
    let status = match fitness {
        Fitness::Ready | Fitness::Degraded => StatusCode::OK,
        Fitness::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    // All keys are texts, so this cannot fail.
    (status, serde_json::to_vec(&ReadinessBody::new(fitness, &checks)).unwrap_or_default().into())
}

/// The metrics, in Prometheus' text format. They may be a second old. 404 for those whom the setting `http.metrics`
/// leaves out.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "metrics",
    responses(
        (status = 200, description = "Prometheus text format 0.0.4", body = String, content_type = "text/plain",
        example = json!("watchlight_logins_total{status=\"recognized\",level=\"low\"} 34\n"))))]
pub async fn metrics(state: Data<State>) -> HttpResponse {
    let numbers = state.health.metrics.get(state.settings.health_lasts, async { (state.metrics)().into() }).await;
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4")).body(numbers)
}
