//! How failures look in the console: as a page. Whoever has not signed in is led to where one does, and back afterwards; what was sent
//! by a form meanwhile is kept.

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
};

use crate::http::{
    console::{
        entry::login_page::{HOME, Said, ask},
        page::headed,
        slip::{Slip, sent, wants_json},
        ways::{from_where, see_other},
    },
    door::{edge::request_id, fault::Fault, problem::Kind, state::State},
};

/// The middleware around every route of the console. Whoever asks for JSON is answered with problem details, as anywhere else.
///
/// # Errors
/// Those of the handler.
pub async fn around(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    let fault = answer.response().error().and_then(|it| it.as_error::<Fault>()).cloned();
    let Some(fault) = fault.filter(|_| !wants_json(answer.request().headers())) else { return Ok(answer) };
    let id = request_id(answer.request());
    fault.log(&id);
    let is_read = *answer.request().method() == Method::GET;
    let page = match (&fault, is_read) {
        (Fault::SignedOut, true) => to_login(&answer.request().uri().to_string()),
        (Fault::SignedOut, false) => signed_out(answer.request()).await.unwrap_or_else(|fault| fault.answer(&id, 0)),
        _ => message(&fault, &id, &answer).await.unwrap_or_else(|fault| fault.answer(&id, 0)),
    };
    Ok(answer.into_response(page))
}

/// Where one signs in, for whoever has sent a form after the session had ended: what was typed stays on the page. From a form that
/// says nothing one is led there, and back afterwards.
async fn signed_out(request: &HttpRequest) -> Result<HttpResponse, Fault> {
    let next = from_where(request, HOME);
    let Some(kept) = sent(request).await else { return Ok(to_login(&next)) };
    let said = Said { next: &next, kept: Some(&kept), ..Said::default() };
    ask(State::of(request)?, request, Kind::SignedOut.row().status, said)
}

/// Leads to where one signs in, and back to `next` afterwards.
fn to_login(next: &str) -> HttpResponse {
    let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let place = if next == HOME { "/console/login".to_owned() } else { format!("/console/login?next={query}") };
    see_other(&place)
}

/// A page that says what went wrong, with the headers that tell how to go on.
async fn message(fault: &Fault, id: &str, answered: &ServiceResponse<BoxBody>) -> Result<HttpResponse, Fault> {
    let (asked, told) = (answered.request(), answered.response().headers());
    let slip = Slip::of(asked, fault, told.contains_key(header::RETRY_AFTER), id).await;
    let mut answer = headed(fault.kind().row().status);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = told.get(&name) {
            answer.insert_header((name, value.clone()));
        }
    }
    Ok(answer.body(slip.page(asked)?))
}
