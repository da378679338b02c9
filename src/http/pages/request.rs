//! `/r/{token}`: the page behind the button of a mail that asks a person about a request. Opening it changes nothing,
//! because programs open links in mails before people do. Only its form confirms or declines, and only for a browser that
//! was shown the form.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{privacy::request::PersonRequest, tokens::RequestLink},
    http::{
        door::{body::Form, fault::Fault, state::State},
        pages::{
            shown::{NonceCookie, headed, language_of},
            templates::{RequestPage, RequestPageState},
        },
    },
    words::{
        catalogue::{Catalogue, Tongue},
        language::Language,
        request::{request_gone, request_noted, request_question},
    },
};

const COOKIE: NonceCookie = NonceCookie { name: "wl_request", path: "/r" };

/// The fields of the page's form. Others are ignored.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"nonce": "2CkqYcAVZC8zTnOgTnqmBg", "answer": "yes"}))]
pub struct RequestForm {
    /// The nonce, which is also in the page's cookie. No other site can read that.
    nonce: String,
    /// The button that was pressed: `yes` or `no`.
    answer: String,
}

/// What a form says.
enum Pressed {
    Yes,
    No,
}

/// Shows the page. Changes nothing.
///
/// # Errors
/// 429; 503 when the store does not answer.
#[utoipa::path(get, path = "/r/{token}", tag = "answer", operation_id = "showRequestPage",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    responses(
        (status = 200, description = "The page that asks", body = String, content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn show(request: HttpRequest, token: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    match state.requests.by_link(&token, RequestLink::Confirm).await? {
        Some(asked) => ask(&request, &state, StatusCode::OK, &asked),
        None => gone(&request, &state),
    }
}

/// Confirms or declines the request.
///
/// # Errors
/// 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer.
#[utoipa::path(post, path = "/r/{token}", tag = "answer", operation_id = "answerRequest",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    request_body(content = RequestForm, content_type = "application/x-www-form-urlencoded",
        description = "The form of the page"),
    responses(
        (status = 200, description = "Recorded", body = String, content_type = "text/html"),
        (status = 403, description = "The form is not the one that was shown: the page asks again", body = String,
            content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn answer(
    request: HttpRequest,
    token: Path<String>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Some(pressed) = pressed(&request, &form) else {
        return match state.requests.by_link(&token, RequestLink::Confirm).await? {
            Some(asked) => ask(&request, &state, StatusCode::FORBIDDEN, &asked),
            None => gone(&request, &state),
        };
    };
    let is_confirmed = matches!(pressed, Pressed::Yes);
    match state.requests.answer(&token, is_confirmed).await? {
        Some(asked) => noted(&state, &asked, is_confirmed),
        None => gone(&request, &state),
    }
}

/// The button that was pressed on the page; `None` if the form is not the one that was shown.
fn pressed(request: &HttpRequest, form: &[u8]) -> Option<Pressed> {
    let form = Query::<RequestForm>::from_query(std::str::from_utf8(form).ok()?).ok()?.into_inner();
    if !COOKIE.was_shown(request, Some(&form.nonce)) {
        return None;
    }
    match form.answer.as_str() {
        "yes" => Some(Pressed::Yes),
        "no" => Some(Pressed::No),
        _ => None,
    }
}

/// The page that asks.
fn ask(
    request: &HttpRequest,
    state: &Data<State>,
    status: StatusCode,
    asked: &PersonRequest,
) -> Result<HttpResponse, Fault> {
    let nonce = COOKIE.nonce_or_new(request)?;
    let (tongue, product) = (tongue_of(state, asked), state.settings.product.as_str());
    let address = asked.person.as_ref().map_or("", |it| it.address.as_str());
    let words = request_question(tongue, asked.kind, address, product);
    let html = render(state, tongue.language(), RequestPageState::Ask { words, nonce: &nonce })?;
    Ok(headed(status).cookie(COOKIE.with(state, nonce)).body(html))
}

/// The page that says what happens now.
fn noted(state: &Data<State>, asked: &PersonRequest, is_confirmed: bool) -> Result<HttpResponse, Fault> {
    let tongue = tongue_of(state, asked);
    let words = request_noted(tongue, is_confirmed);
    Ok(headed(StatusCode::OK).body(render(state, tongue.language(), RequestPageState::Noted(words))?))
}

/// The page for a link that cannot be used. It must not reveal an account's language, so it uses the browser's.
///
/// # Errors
/// When the page cannot be written.
pub fn gone(request: &HttpRequest, state: &Data<State>) -> Result<HttpResponse, Fault> {
    let language = language_of(request);
    let words = request_gone(Catalogue::built_in(language), &state.settings.product);
    Ok(headed(StatusCode::NOT_FOUND).body(render(state, language, RequestPageState::Gone(words))?))
}

/// The account's language, with the words of its tenant.
#[must_use]
pub fn tongue_of<'a>(state: &'a Data<State>, asked: &PersonRequest) -> &'a Tongue {
    let locale = asked.person.as_ref().and_then(|it| it.locale.as_deref());
    state.settings.catalogue.tongue(&asked.tenant, Language::of_locale(locale))
}

/// A page about a request.
///
/// # Errors
/// When the page cannot be written.
pub fn render(state: &Data<State>, language: Language, says: RequestPageState<'_>) -> Result<String, Fault> {
    let page = RequestPage { language, product: &state.settings.product, state: says };
    page.render().map_err(|fault| Fault::internal(&fault))
}
