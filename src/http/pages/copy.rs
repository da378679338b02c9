//! `/e/{token}`: the page that hands out a person's copy. Opening it changes nothing, because programs open links in mails
//! before people do. Its form gives the copy once, and only to a browser that was shown the form.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{Data, Path, Query},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{privacy::request::PersonRequest, tokens::RequestLink},
    http::{
        api::privacy::{export, export_writer::ExportFormat},
        door::{body::Form, edge, fault::Fault, state::State},
        pages::{
            request::{gone, render, tongue_of},
            shown::{NonceCookie, headed},
            templates::RequestPageState,
        },
    },
    service::privacy::export::Whose,
    words::request::copy_offer,
};

const COOKIE: NonceCookie = NonceCookie { name: "wl_copy", path: "/e" };

/// The fields of the page's form. Others are ignored.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"nonce": "2CkqYcAVZC8zTnOgTnqmBg", "answer": "html"}))]
pub struct FetchForm {
    /// The nonce, which is also in the page's cookie. No other site can read that.
    nonce: String,
    /// The button that was pressed: `html` or `json`.
    answer: String,
}

/// Shows the page. Changes nothing.
///
/// # Errors
/// 429; 503 when the store does not answer.
#[utoipa::path(get, path = "/e/{token}", tag = "answer", operation_id = "showCopyPage",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    responses(
        (status = 200, description = "The page that hands out the copy", body = String, content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn show(request: HttpRequest, token: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    match state.requests.by_link(&token, RequestLink::Copy).await? {
        Some(asked) => offer(&request, &state, StatusCode::OK, &asked),
        None => gone(&request, &state),
    }
}

/// Gives the copy, once.
///
/// # Errors
/// 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer, and then the link can
/// still be used.
#[utoipa::path(post, path = "/e/{token}", tag = "answer", operation_id = "fetchCopy",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    request_body(content = FetchForm, content_type = "application/x-www-form-urlencoded",
        description = "The form of the page"),
    responses(
        (status = 200, description = "The copy, as a page to read or as JSON", body = String, content_type = "text/html"),
        (status = 403, description = "The form is not the one that was shown: the page asks again", body = String,
            content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn fetch(
    request: HttpRequest,
    token: Path<String>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Some(asked) = state.requests.by_link(&token, RequestLink::Copy).await? else { return gone(&request, &state) };
    let (Some(form), Some(person)) = (pressed(&request, &form), &asked.person) else {
        return offer(&request, &state, StatusCode::FORBIDDEN, &asked);
    };
    let whose = Whose { tenant: asked.tenant.clone(), user: person.user.clone() };
    // Begun before the link counts as used: if the store does not answer, it can be used again.
    let mut copy = match export::answer(&state, whose, form, edge::request_id(&request)).await {
        Err(Fault::NotFound) => return gone(&request, &state),
        begun => begun?,
    };
    if state.requests.fetch(&token).await?.is_none() {
        return gone(&request, &state);
    }
    let disposition = match form {
        ExportFormat::Html => "attachment; filename=\"copy.html\"",
        ExportFormat::Json | ExportFormat::Ndjson => "attachment; filename=\"copy.json\"",
    };
    let headers = copy.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    Ok(copy)
}

/// The form that is wanted; `None` if the page's form is not the one that was shown.
fn pressed(request: &HttpRequest, form: &[u8]) -> Option<ExportFormat> {
    let form = Query::<FetchForm>::from_query(std::str::from_utf8(form).ok()?).ok()?.into_inner();
    match (COOKIE.was_shown(request, Some(&form.nonce)), form.answer.as_str()) {
        (true, "html") => Some(ExportFormat::Html),
        (true, "json") => Some(ExportFormat::Json),
        _ => None,
    }
}

/// The page that hands out the copy.
fn offer(
    request: &HttpRequest,
    state: &Data<State>,
    status: StatusCode,
    asked: &PersonRequest,
) -> Result<HttpResponse, Fault> {
    let nonce = COOKIE.nonce_or_new(request)?;
    let tongue = tongue_of(state, asked);
    let words = copy_offer(tongue, &state.settings.product);
    let html = render(state, tongue.language(), RequestPageState::Copy { words, nonce: &nonce })?;
    Ok(headed(status).cookie(COOKIE.with(state, nonce)).body(html))
}
