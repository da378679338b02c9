//! `/v1/logins`: records a login and answers with the verdict; searches past logins.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use crate::{
    domain::{ids::LoginId, privacy::note::latest_verdict},
    http::{
        api::logins::export::{self, Accepted, Format},
        door::{
            body::{IdempotencyKey, Json},
            caller::{Caller, LoginsRead, LoginsWrite},
            edge,
            fault::Fault,
            page::{Listed, Page, Searched},
            path::At,
            query::{LoginParameters, NoParameters, PeriodParameters},
            state::State,
        },
    },
    service::login::intake::{NewLogin, Purpose, Recorded},
    wire::{
        examples,
        inquiry::evidence::LoginDetail,
        login::{LoginBody, LoginList, PastLoginBody},
        login_request::LoginRequest,
    },
};

/// Records a login and answers with the verdict.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/logins", tag = "logins", operation_id = "recordLogin",
    request_body = LoginRequest, params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "Makes a retry recognizable for 24 hours; wins over `event_id`")),
    responses(
        (status = 201, description = "Recorded: event, device and alert are stored together", body = LoginBody),
        (status = 200, description = "Recorded already: the same answer as then", body = LoginBody,
            headers(("Idempotent-Replayed" = bool, description = "`true`")))))]
pub async fn record(
    caller: Caller<LoginsWrite>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    body: Json<LoginRequest>,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (draft, request_id) = (body.value.into_draft()?, edge::request_id(&request));
    let login = NewLogin { draft, body: body.bytes, idempotency_key, request_id, purpose: Purpose::Live };
    let recorded = state.intake.record(&caller.tenant, login).await?;
    count(&recorded);
    let mut answer = if recorded.replayed { HttpResponse::Ok() } else { HttpResponse::Created() };
    if recorded.replayed {
        answer.insert_header(("Idempotent-Replayed", "true"));
    }
    answer.insert_header((header::LOCATION, format!("/v1/logins/{}", recorded.record.id)));
    Ok(answer.json(LoginBody::new(&recorded.record, recorded.device_token)))
}

/// Counts a login in the metrics, once.
pub fn count(recorded: &Recorded) {
    if recorded.replayed {
        return;
    }
    let record = &recorded.record;
    let labels = [("status", record.device.status.as_str()), ("level", record.assessment.level.as_str())];
    metrics::counter!("watchlight_logins_total", &labels).increment(1);
    if let Some(alert) = &record.alert {
        let status = if alert.suppressed.is_some() { "suppressed" } else { "queued" };
        metrics::counter!("watchlight_alerts_total", "status" => status).increment(1);
    }
}

/// Past logins, newest first, by page; or all of them in one stream, if the caller accepts NDJSON or CSV. Those of restricted
/// persons are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins", tag = "logins", operation_id = "listLogins",
    params(
        ("q" = Option<String>, Query, max_length = 4096, description = "A search in the language of docs/search.md, together with the other parameters",
            example = "country:BR,PT -status:recognized risk>=0.6 last:7d"),
        LoginParameters, PeriodParameters,
        ("limit" = Option<u32>, Query, description = "Logins on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page; with `Accept: application/x-ndjson` or `text/csv` all logins, streamed",
            content((LoginList = "application/json"), (PastLoginBody = "application/x-ndjson"), (String = "text/csv", example = json!(examples::login::table()))))))]
pub async fn list(
    caller: Caller<LoginsRead>,
    page: Page<Searched>,
    Accepted(format): Accepted,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    listed(caller, page, format, &request, &state).await
}

/// The same by page, whatever the caller accepts: what a page of the console shows, as data.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn data(
    caller: Caller<LoginsRead>,
    page: Page<Searched>,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    listed(caller, page, None, &request, &state).await
}

/// The same as a table, whatever the caller accepts.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn table(
    caller: Caller<LoginsRead>,
    page: Page<Searched>,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    listed(caller, page, Some(Format::Csv), &request, &state).await
}

async fn listed(
    caller: Caller<LoginsRead>,
    page: Page<Searched>,
    format: Option<Format>,
    request: &HttpRequest,
    state: &State,
) -> Result<HttpResponse, Fault> {
    let before = page.before.map(LoginId);
    if let Some(user) = page.list.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    if let Some(format) = format {
        let asked = export::Asked { tenant: caller.tenant, query: page.list.query, before, format, hidden };
        return export::stream(state.history.clone(), asked, edge::request_id(request)).await;
    }
    let found = state.history.page(&caller.tenant, &page.list.query, before, page.limit).await?;
    let shown: Vec<_> = found.records.iter().filter(|record| !hidden.hides(&record.user)).collect();
    if let Some(user) = page.list.one_of(&shown) {
        caller.concerns(user);
    }
    let data = shown.into_iter().map(PastLoginBody::new).collect();
    let query = page.list.by_language.then(|| page.list.query.to_string());
    Ok(HttpResponse::Ok().json(LoginList { data, next_cursor: found.next.map(|next| page.cursor(next.0)), query }))
}

/// One login, with the evidence behind its verdict.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/{id}", tag = "logins", operation_id = "getLogin",
    params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses(
        (status = 200, description = "The login", body = LoginDetail)))]
pub async fn one(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(id): At<LoginId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let record = caller.login(&state, id).await?;
    let session = state.sessions.of_login(&record).await?;
    let notes = state.notes.of(&record).await?;
    Ok(HttpResponse::Ok().json(LoginDetail::new(&record, session.as_ref(), latest_verdict(&notes))))
}
