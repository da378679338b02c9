//! `/v1/logins`: record a login and be told what it means; look at past ones.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path, Payload},
};

use crate::{
    domain::{ids::LoginId, tenant::api_key::Scope},
    http::{
        api::export::{self, Format},
        door::{
            auth, body,
            cursor::Cursors,
            edge,
            problem::{Fault, Problem},
            query::{Parameters, login_filter},
            state::State,
        },
    },
    service::login::intake::{NewLogin, Purpose, Recorded},
    wire::{
        evidence::LoginDetail,
        login::{LoginBody, LoginList, PastLoginBody},
        login_request::LoginRequest,
    },
};

/// Records one login and tells what it means.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/logins", tag = "logins", operation_id = "recordLogin",
    request_body = LoginRequest, params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "Makes a retry recognizable for 24 hours; wins over `event_id`")),
    responses(
        (status = 201, description = "Recorded: event, device and alert are stored together", body = LoginBody),
        (status = 200, description = "Recorded already: the same answer as then", body = LoginBody,
            headers(("Idempotent-Replayed" = bool, description = "`true`"))),
        (status = 409, description = "The same request is still being worked on", body = Problem,
            content_type = "application/problem+json", headers(("Retry-After" = u32, description = "Seconds"))),
        (status = 422, description = "A field is not sound, or the idempotency key belongs to another body",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not known to be stored: try again with the same key", body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u32, description = "Seconds, 5 to 30"))),
        (status = "default", description = "Any other failure", body = Problem,
            content_type = "application/problem+json")))]
pub async fn record(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsWrite).await?;
    let idempotency_key = body::idempotency_key(&request)?;
    let body = body::read_json(&request, payload).await?;
    let draft = body::parse_json::<LoginRequest>(&body)?.into_draft()?;
    let request_id = edge::request_id(&request);
    let login = NewLogin { draft, body, idempotency_key, request_id, purpose: Purpose::Live };
    let recorded = state.intake.record(&tenant, login).await?;
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

/// Past logins, newest first, by page; or all of them in one stream, if the caller accepts NDJSON or CSV.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/logins", tag = "logins", operation_id = "listLogins",
    params(
        ("user" = Option<String>, Query, description = "Of this user"),
        ("ip" = Option<String>, Query, description = "From this address or network (CIDR)"),
        ("country" = Option<String>, Query, description = "From this country, two letters"),
        ("asn" = Option<u32>, Query, description = "From this autonomous system"),
        ("device" = Option<String>, Query, description = "From this device"),
        ("fingerprint" = Option<String>, Query, description = "With this fingerprint"),
        ("status" = Option<String>, Query, description = "`first`, `recognized`, `new`"),
        ("level" = Option<String>, Query, description = "`low`, `medium`, `high`"),
        ("signal" = Option<String>, Query, description = "With this signal"),
        ("outcome" = Option<String>, Query, description = "`success`, `failure`"),
        ("from" = Option<String>, Query, description = "At this time or later", format = DateTime),
        ("to" = Option<String>, Query, description = "Before this time", format = DateTime),
        ("limit" = Option<u32>, Query, description = "Logins on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page; with `Accept: application/x-ndjson` or `text/csv` all logins, streamed",
            content((LoginList = "application/json"), (PastLoginBody = "application/x-ndjson"), (String = "text/csv"))),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    let mut parameters = Parameters::of(&request)?;
    let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
    let question = format!("logins?{}", parameters.question());
    let cursors = Cursors { keyring: &state.keyring, tenant: &tenant, question };
    let before = cursor.map(|it| cursors.read(&it)).transpose()?.map(LoginId);
    let filter = login_filter(&mut parameters)?;
    parameters.finish()?;
    if let Some(format) = Format::accepted(&request) {
        return export::stream(state.history.clone(), tenant, filter, before, format).await;
    }
    let page = state.history.page(&tenant, &filter, before, limit).await?;
    let data = page.records.iter().map(PastLoginBody::new).collect();
    Ok(HttpResponse::Ok().json(LoginList { data, next_cursor: page.next.map(|it| cursors.write(it.0)) }))
}

/// One login, with the evidence behind its verdict.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/logins/{id}", tag = "logins", operation_id = "getLogin",
    params(("id" = String, Path, description = "The login, lgn_…")),
    responses(
        (status = 200, description = "The login", body = LoginDetail),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn one(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    let id = LoginId::parse(&id).ok_or(Fault::NotFound)?;
    let record = state.history.find(&tenant, id).await?.ok_or(Fault::NotFound)?;
    let session = state.sessions.of_login(&record).await?;
    Ok(HttpResponse::Ok().json(LoginDetail::new(&record, session.as_ref())))
}
