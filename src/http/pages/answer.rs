//! `/a/{token}`: the page behind a mail's button. Opening it changes nothing, because programs open links in mails
//! before people do. Only its form records an answer, and only for a browser that was shown the form.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::alert::alert::Alert,
    http::{
        door::{body::Form, fault::Fault, state::State},
        pages::{
            shown::{NonceCookie, headed, language_of},
            templates::{AnswerPage, AnswerState},
        },
    },
    words::{
        self,
        catalogue::{Catalogue, Tongue},
        facts::SignIn,
        language::Language,
        page::{question, thanks},
    },
};

const COOKIE: NonceCookie = NonceCookie { name: "wl_answer", path: "/a" };

/// The fields of the page's form. Others are ignored.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"nonce": "2CkqYcAVZC8zTnOgTnqmBg"}))]
pub struct AnswerForm {
    /// The nonce, which is also in the page's cookie. No other site can read that.
    nonce: String,
}

/// Shows the page. Changes nothing.
///
/// # Errors
/// 429; 503 when the store does not answer.
#[utoipa::path(get, path = "/a/{token}", tag = "answer", operation_id = "showAnswerPage",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    responses(
        (status = 200, description = "The page that asks", body = String, content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn show(request: HttpRequest, token: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    match state.alerts.by_link(&token).await? {
        Some(alert) => ask(&request, &state, StatusCode::OK, &alert),
        None => gone(&request, &state),
    }
}

/// Records “it was not me”.
///
/// # Errors
/// 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer.
#[utoipa::path(post, path = "/a/{token}", tag = "answer", operation_id = "answerNotMe",
    params(("token" = String, Path, description = "The secret of the link in the mail", example = "AYiIuFMGg2i3BOXV3QUaQpu0t4WtKkYQVZC8zTnOgTk")),
    request_body(content = AnswerForm, content_type = "application/x-www-form-urlencoded",
        description = "The form of the page"),
    responses(
        (status = 200, description = "Recorded: the device is denied", body = String, content_type = "text/html"),
        (status = 403, description = "The form is not the one that was shown: the page asks again", body = String,
            content_type = "text/html"),
        (status = 404, description = "The link is expired, used or unknown", body = String, content_type = "text/html")))]
pub async fn deny(
    request: HttpRequest,
    token: Path<String>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if !was_shown(&request, &form) {
        return match state.alerts.by_link(&token).await? {
            Some(alert) => ask(&request, &state, StatusCode::FORBIDDEN, &alert),
            None => gone(&request, &state),
        };
    }
    match state.alerts.deny_by_link(&token).await? {
        Some(alert) => done(&state, &alert),
        None => gone(&request, &state),
    }
}

/// Whether the form is the one that was shown to this browser.
fn was_shown(request: &HttpRequest, form: &[u8]) -> bool {
    let form = std::str::from_utf8(form).ok().and_then(|form| Query::<AnswerForm>::from_query(form).ok());
    COOKIE.was_shown(request, form.as_ref().map(|form| form.nonce.as_str()))
}

/// The page that asks.
fn ask(request: &HttpRequest, state: &Data<State>, status: StatusCode, alert: &Alert) -> Result<HttpResponse, Fault> {
    let nonce = COOKIE.nonce_or_new(request)?;
    let tongue = tongue_of(state, alert);
    let words = question(tongue, &SignIn::new(alert, state.settings.addresses));
    let html = render(state, tongue.language(), AnswerState::Ask { words, nonce: &nonce })?;
    Ok(headed(status).cookie(COOKIE.with(state, nonce)).body(html))
}

/// The page that confirms the answer and says what to do next.
fn done(state: &Data<State>, alert: &Alert) -> Result<HttpResponse, Fault> {
    let tongue = tongue_of(state, alert);
    let method = SignIn::new(alert, state.settings.addresses).method;
    let words = thanks(tongue, &state.settings.product, method);
    Ok(headed(StatusCode::OK).body(render(state, tongue.language(), AnswerState::Done(words))?))
}

/// The page for a link that cannot be used. It must not reveal an account's language, so it uses the browser's.
fn gone(request: &HttpRequest, state: &Data<State>) -> Result<HttpResponse, Fault> {
    let language = language_of(request);
    let words = words::page::gone(Catalogue::built_in(language), &state.settings.product);
    Ok(headed(StatusCode::NOT_FOUND).body(render(state, language, AnswerState::Gone(words))?))
}

/// The account's language, with the words of its tenant.
fn tongue_of<'a>(state: &'a Data<State>, alert: &Alert) -> &'a Tongue {
    state.settings.catalogue.tongue(&alert.tenant, Language::of_locale(alert.locale.as_deref()))
}

fn render(state: &Data<State>, language: Language, says: AnswerState<'_>) -> Result<String, Fault> {
    let page = AnswerPage { language, product: &state.settings.product, credit: state.geo.credit(), state: says };
    page.render().map_err(|fault| Fault::internal(&fault))
}
