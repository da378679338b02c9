//! `/v1/alerts`: what became of the warnings.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use crate::{
    domain::{alert::State as Delivered, api_key::Scope, ids::AlertId},
    http::{
        auth,
        cursor::Cursors,
        problem::{Fault, Problem},
        query::{self, Parameters},
        state::State,
        wire::alert::{AlertBody, AlertList},
    },
    service::alerts::AlertFilter,
};

/// Alerts, newest first, by page.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/alerts", tag = "alerts", operation_id = "listAlerts",
    security(("api_key" = ["logins:read"])),
    params(
        ("user" = Option<String>, Query, description = "Of this user"),
        ("state" = Option<String>, Query, description = "`queued`, `sending`, `sent`, `failed`, `suppressed`"),
        ("limit" = Option<u32>, Query, description = "Alerts on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page", body = AlertList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    const STATES: &str = "must be `queued`, `sending`, `sent`, `failed` or `suppressed`";
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    let mut parameters = Parameters::of(&request)?;
    let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
    let question = format!("alerts?{}", parameters.question());
    let cursors = Cursors { keyring: &state.keyring, tenant: &tenant, question };
    let before = cursor.map(|it| cursors.read(&it)).transpose()?.map(AlertId);
    let user = query::user(&mut parameters)?;
    let filter = AlertFilter { user, state: parameters.read("state", STATES, Delivered::parse)? };
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
    security(("api_key" = ["logins:read"])), params(("id" = String, Path, description = "The alert, alr_…")),
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
