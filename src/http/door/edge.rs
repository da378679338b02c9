//! What happens to every request: it gets an id, its answer gets headers, and one line in the log says how it went. The
//! line names the route and never the path, because paths contain tokens and users.

use std::{cell::RefCell, sync::atomic::Ordering, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use crate::{
    domain::ids::TenantId,
    http::door::{
        connection::{Pieces, Unanswered},
        fault::{Fault, RATE_LIMIT, RATE_LIMIT_POLICY},
        limit::Counted,
        state::State,
    },
};

/// As what its lines are logged: `app` has them written together, because there are so many.
pub const LOGGED_AS: &str = module_path!();

/// The header with the id of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: a random UUID.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The tenant that a request was made for, once that is known.
#[derive(Clone, Debug)]
pub struct RequestTenant(pub TenantId);

/// What a request has sent that was refused before any of it was read.
pub struct Unread(pub Payload);

/// The id of this request.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The middleware around everything.
///
/// # Errors
/// When the system gives no random bytes. Every other failure has become an answer when this returns.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let chance = chance_for_id()?;
    let id = uuid(chance);
    request.extensions_mut().insert(RequestId(id.clone()));
    let unanswered = request.conn_data::<Unanswered>().cloned().unwrap_or_default();
    unanswered.asked(&id);
    let (method, route) = (request.method().clone(), request.match_pattern().unwrap_or_else(|| "none".to_owned()));
    let mut answer = explain(next.call(request).await?.map_into_boxed_body(), &id, chance[0]);
    unanswered.answered();
    add_headers(&mut answer, &id);
    if State::of(answer.request()).is_ok_and(|state| state.health.is_stopping.load(Ordering::Relaxed)) {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let (status, elapsed) = (answer.status().as_u16(), started.elapsed());
    let labels = [("route", route.clone()), ("method", known(&method)), ("status", status.to_string())];
    metrics::counter!("watchlight_http_requests_total", &labels).increment(1);
    metrics::histogram!("watchlight_http_request_duration_seconds", "route" => route.clone()).record(elapsed);
    let tenant = answer.request().extensions().get::<RequestTenant>().map(|tenant| tenant.0.as_str().to_owned());
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method = known(&method), route, status, duration_ms, request_id = id, tenant, "request");
    Ok(answer.map_body(|_, body| Pieces::of(body)))
}

/// The answer to a request that is refused before it has a route, with the headers of every answer.
#[must_use]
pub fn refuse(method: &Method, fault: &Fault) -> HttpResponse {
    let chance = chance_for_id().unwrap_or_default();
    let id = uuid(chance);
    fault.log(&id);
    let mut answer = fault.answer(&id, chance[0]);
    add_usual(answer.headers_mut(), &id);
    let status = answer.status().as_u16();
    let labels = [("route", "none".to_owned()), ("method", known(method)), ("status", status.to_string())];
    metrics::counter!("watchlight_http_requests_total", &labels).increment(1);
    tracing::info!(method = known(method), status, request_id = id, "request refused before its body came");
    answer
}

/// A method's name, if it is a usual one. Callers may invent others, and a metric has no room for those.
fn known(method: &Method) -> String {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.iter().find(|known| **known == method.as_str()).copied().unwrap_or("other").to_owned()
}

/// Gives a failure its problem details, which contain the request's id.
fn explain(answer: ServiceResponse<BoxBody>, id: &str, jitter: u8) -> ServiceResponse<BoxBody> {
    let status = answer.status();
    let error = answer.response().error();
    let wordless = error.is_some() || matches!(answer.response().body().size(), BodySize::None | BodySize::Sized(0));
    if !(status.is_client_error() || status.is_server_error()) || !wordless {
        return answer;
    }
    let fault = error.and_then(|error| error.as_error::<Fault>()).cloned();
    let fault = fault.unwrap_or_else(|| Fault::of_status(status));
    fault.log(id);
    let (request, _) = answer.into_parts();
    ServiceResponse::new(request, fault.answer(id, jitter))
}

fn add_headers(answer: &mut ServiceResponse<BoxBody>, id: &str) {
    let counted = answer.request().extensions().get::<Counted>().and_then(Counted::headers);
    let headers = answer.headers_mut();
    // A refused request has already been told of the limit that refused it.
    if let (Some([policy, state]), false) = (counted, headers.contains_key(RATE_LIMIT)) {
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
    add_usual(headers, id);
}

/// The headers that every answer has.
fn add_usual(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Random bytes that nobody can guess. Nothing else under `http` draws any.
///
/// # Errors
/// When the operating system has none to give.
#[expect(clippy::disallowed_methods, reason = "the one door to chance under http")]
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|fault| Fault::internal(&fault))?;
    Ok(bytes)
}

/// How many requests get their ids from one question to the system.
const IDS_AT_ONCE: usize = 64;

/// Random bytes for the id of a request. A thread draws those of many at once, so that few requests ask the system for any.
///
/// # Errors
/// When the operating system has none to give.
fn chance_for_id() -> Result<[u8; 16], Fault> {
    thread_local! {
        static DRAWN: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.is_empty() {
            let bytes = random_bytes::<{ 16 * IDS_AT_ONCE }>()?;
            drawn.extend(bytes.as_chunks::<16>().0);
        }
        drawn.pop().map_or_else(random_bytes, Ok)
    })
}

/// The form of a UUID of version 4 (RFC 9562, 5.4).
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let mut text = String::with_capacity(36);
    for (at, part) in [0..4, 4..6, 6..8, 8..10, 10..16].into_iter().enumerate() {
        if at > 0 {
            text.push('-');
        }
        data_encoding::HEXLOWER.encode_append(&bytes[part], &mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_request_is_a_uuid() {
        assert_eq!(uuid([0xFF; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
