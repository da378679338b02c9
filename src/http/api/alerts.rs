//! `/v1/alerts`: what became of the warnings.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};

use crate::{
    domain::{
        alert::alert::{State as Delivered, Suppressed},
        ids::AlertId,
        login::login::Invalid,
        tenant::api_key::Scope,
    },
    http::door::{
        auth, body,
        cursor::Cursors,
        problem::{Fault, Problem},
        query::{self, Parameters},
        state::State,
    },
    ports::Requeued,
    service::alert::alerts::AlertFilter,
    wire::{
        alert::{AlertBody, AlertList},
        suppression::ResendRequest,
    },
};

/// Alerts, newest first, by page.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/alerts", tag = "alerts", operation_id = "listAlerts",
    params(
        ("user" = Option<String>, Query, description = "Of this user"),
        ("state" = Option<String>, Query, description = "`queued`, `sending`, `sent`, `failed`, `suppressed`"),
        ("reason" = Option<String>, Query, description = "Not mailed, or not at once and alone, for this reason: `rate_limited`, `no_address`, `late`, `muted`, `address_suppressed`, `storm`"),
        ("limit" = Option<u32>, Query, description = "Alerts on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page", body = AlertList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    const STATES: &str = "must be `queued`, `sending`, `sent`, `failed` or `suppressed`";
    const REASONS: &str = "must be `rate_limited`, `no_address`, `late`, `muted`, `address_suppressed` or `storm`";
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    let mut parameters = Parameters::of(&request)?;
    let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
    let question = format!("alerts?{}", parameters.question());
    let cursors = Cursors { keyring: &state.keyring, tenant: &tenant, question };
    let before = cursor.map(|it| cursors.read(&it)).transpose()?.map(AlertId);
    let user = query::user(&mut parameters)?;
    let delivered = parameters.read("state", STATES, Delivered::parse)?;
    let filter = AlertFilter { user, state: delivered, reason: parameters.read("reason", REASONS, Suppressed::parse)? };
    parameters.finish()?;
    let page = state.alerts.page(&tenant, &filter, before, limit).await?;
    let data = page.alerts.iter().map(|(alert, delivery)| AlertBody::new(alert, delivery)).collect();
    Ok(HttpResponse::Ok().json(AlertList { data, next_cursor: page.next.map(|it| cursors.write(it.0)) }))
}

/// One alert.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/alerts/{id}", tag = "alerts", operation_id = "getAlert",
    params(("id" = String, Path, description = "The alert, alr_…")),
    responses(
        (status = 200, description = "The alert", body = AlertBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn one(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    let id = AlertId::parse(&id).ok_or(Fault::NotFound)?;
    let (alert, delivery) = state.alerts.find(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(AlertBody::new(&alert, &delivery)))
}

/// Has an alert that has failed or was not mailed sent now, as a single mail. The body may be absent.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/alerts/{id}/resend", tag = "alerts", operation_id = "resendAlert",
    request_body(content = Option<ResendRequest>, content_type = "application/json"),
    params(("id" = String, Path, description = "The alert, alr_…")),
    responses(
        (status = 202, description = "Queued; to an address that gets no more mail nothing is sent even so", body = AlertBody),
        (status = 409, description = "It was sent, or waits to be", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "Its address is forgotten, and none is given", body = Problem,
            content_type = "application/problem+json"),
        (status = "default", description = "Any other failure", body = Problem,
            content_type = "application/problem+json")))]
pub async fn resend(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::AlertsWrite).await?;
    Parameters::of(&request)?.finish()?;
    let id = AlertId::parse(&id).ok_or(Fault::NotFound)?;
    let asked = body::read_optional_json(&request, payload).await?;
    let asked: ResendRequest = asked.map(|it| body::parse_json(&it)).transpose()?.unwrap_or_default();
    match state.alerts.resend(&tenant, id, asked.into_address()?).await? {
        Requeued::Queued => {}
        Requeued::Unknown => return Err(Fault::NotFound),
        Requeued::NotOver => return Err(Fault::AlertNotOver),
        Requeued::NoRecipient => return Err(Invalid::new("email", "is needed: the alert's own is forgotten").into()),
    }
    let (alert, delivery) = state.alerts.find(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Accepted().json(AlertBody::new(&alert, &delivery)))
}
