//! How failures look in the console: as a page. Whoever has not signed in is led to where one does, and back afterwards; what was sent
//! by a form meanwhile is kept.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap},
    },
    middleware::Next,
};
use bytes::Bytes;

use crate::http::{
    console::{
        assets::Assets,
        entry::{
            kept::Kept,
            login_page::{HOME, Said, ask},
        },
        page::{MessagePage, headed, render},
        parts::rows::capitalized,
        ways::{from_where, see_other},
    },
    door::{
        body::read_form,
        edge::{Unread, request_id},
        fault::Fault,
        problem::Kind,
        state::State,
    },
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
        _ => message(&fault, &id, &answer).unwrap_or_else(|fault| fault.answer(&id, 0)),
    };
    Ok(answer.into_response(page))
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accepted.starts_with("application/json")
}

/// Where one signs in, for whoever has sent a form after the session had ended: what was typed stays on the page. From a form that
/// says nothing one is led there, and back afterwards.
async fn signed_out(request: &HttpRequest) -> Result<HttpResponse, Fault> {
    let next = from_where(request, HOME);
    let unread = request.extensions_mut().remove::<Unread>();
    let form = match unread {
        Some(Unread(unread)) => read_form(request, unread).await.unwrap_or_default(),
        None => Bytes::new(),
    };
    let Some(kept) = Kept::of(&request.uri().to_string(), &form) else { return Ok(to_login(&next)) };
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
fn message(fault: &Fault, id: &str, answered: &ServiceResponse<BoxBody>) -> Result<HttpResponse, Fault> {
    let (asked, told) = (answered.request(), answered.response().headers());
    let is_read = *asked.method() == Method::GET;
    let (title, text) = words(fault, is_read);
    // What was sent by a form is sent again from its page.
    let again = if is_read && told.contains_key(header::RETRY_AFTER) { asked.uri().to_string() } else { String::new() };
    let page = MessagePage { assets: Assets, title, text: &text, again: &again, request_id: id };
    let mut answer = headed(fault.kind().row().status);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = told.get(&name) {
            answer.insert_header((name, value.clone()));
        }
    }
    Ok(answer.body(render(&page)?))
}

/// What is said of a failure: a few words, and what to do.
fn words(fault: &Fault, is_read: bool) -> (&'static str, String) {
    let kind = fault.kind();
    match kind {
        Kind::NotFound => ("There is nothing here", "Or nothing that you may see.".to_owned()),
        Kind::InsufficientScope => (
            "Your role does not allow this",
            "Whoever runs this service can give you another: ask them to invite you again.".to_owned(),
        ),
        Kind::CrossSite => (
            "This came from another site",
            "Nothing was changed. If it was you who pressed the button, open the console anew and press it there."
                .to_owned(),
        ),
        Kind::Unavailable | Kind::StoreChanged if is_read => {
            ("The store does not answer", "Nothing is lost. Try again in half a minute.".to_owned())
        }
        Kind::Unavailable | Kind::StoreChanged => (
            "The store does not answer",
            "What you sent may not have been done. Go back and send it again in half a minute: what was done is not done twice."
                .to_owned(),
        ),
        Kind::Internal => ("This service has a fault", "It is in the log, under the id of this request.".to_owned()),
        _ => (kind.row().title, format!("{}.", capitalized(&fault.to_string()))),
    }
}
