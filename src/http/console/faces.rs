//! How failures look in the console: as a page. Whoever has not signed in is led to where one does, and back afterwards.

use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap},
    },
    middleware::Next,
};

use crate::http::{
    console::{
        assets::Assets,
        page::{MessagePage, headed, render},
        parts::rows::capitalized,
    },
    door::{edge::request_id, fault::Fault, problem::Kind},
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
        (Fault::SignedOut, false) => to_login("/console/"),
        _ => message(&fault, &id, &answer).unwrap_or_else(|fault| fault.answer(&id, 0)),
    };
    Ok(answer.into_response(page))
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accepted.starts_with("application/json")
}

/// Leads to where one signs in, and back to `next` afterwards.
fn to_login(next: &str) -> HttpResponse {
    let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let place = if next == "/console/" { "/console/login".to_owned() } else { format!("/console/login?next={query}") };
    see_other(&place)
}

/// Leads to another page of ours.
#[must_use]
pub fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .finish()
}

/// Where to go next: to a page of the console that an address or a form names, and nowhere else.
#[must_use]
pub fn within<'a>(next: &'a str, otherwise: &'a str) -> &'a str {
    let is_ours = next.starts_with("/console/")
        && next.len() <= 2_048
        && !next.contains("//")
        && !next.contains("..")
        && next.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if is_ours { next } else { otherwise }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_to_the_console_and_nowhere_else() {
        for ours in ["/console/", "/console/?tenant=acme", "/console/search?q=user%3Aana&tz=UTC"] {
            assert_eq!(within(ours, "/console/"), ours);
        }
        for other in [
            "",
            "https://evil.example/",
            "//evil.example/console/",
            "/console//evil.example",
            "/console/../v1",
            "/console/\\evil.example",
            "/console/\r\nSet-Cookie: a=b",
            "/v1/logins",
            "javascript:alert(1)",
        ] {
            assert_eq!(within(other, "/console/"), "/console/", "{other}");
        }
    }
}
