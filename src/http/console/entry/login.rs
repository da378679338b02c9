//! `/console/login` and `/console/logout`: in by a password, out by a button.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use serde::Deserialize;

use crate::{
    domain::{
        login::login::{MAX_EMAIL_BYTES, Outcome},
        operator::{password, token::SessionToken},
        privacy::audit::Action,
    },
    http::{
        console::{
            entry::{
                admitting::{admit, note},
                kept::Kept,
                login_page::{HOME, Said, ask},
                own_login::{self, Way},
            },
            ways::{see_other, within},
        },
        door::{body::Form, console::cookies::SESSION, fault::Fault, state::State},
    },
};

/// What is said of a wrong password and of an address that nobody has alike.
const WRONG: &str = "E-mail address or password is wrong.";

/// What the page's address says. Anything else is ignored.
#[derive(Deserialize, Default)]
pub struct LoginQuery {
    /// Where to go afterwards.
    #[serde(default)]
    pub next: String,
}

/// The fields of the page's form. Others are ignored.
#[derive(Deserialize, Default)]
struct LoginForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Shows where one signs in. Changes nothing.
///
/// # Errors
/// 429; 503 when the store is not the one that was used before.
pub async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let query = Query::<LoginQuery>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    ask(&state, &request, StatusCode::OK, Said { next: within(&query.next, HOME), ..Said::default() })
}

/// Signs in.
///
/// # Errors
/// 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer.
pub async fn sign_in(request: HttpRequest, Form(form): Form, state: Data<State>) -> Result<HttpResponse, Fault> {
    let text = std::str::from_utf8(&form).map_err(|_| Fault::BadRequest)?;
    let kept = Kept::along(&form);
    let form = Query::<LoginForm>::from_query(text).map_err(|_| Fault::BadRequest)?.into_inner();
    let (email, next) = (form.email.trim(), within(&form.next, HOME));
    let wrong = Said { email, next, kept: kept.as_ref(), amiss: Some(WRONG) };
    if email.len() > MAX_EMAIL_BYTES || form.password.len() > password::MAX_BYTES {
        return ask(&state, &request, StatusCode::FORBIDDEN, Said { email: "", ..wrong });
    }
    if let Some(address) = state.settings.proxies.caller(request.head()) {
        state.limits.check_sign_in(state.keyring.operator_id(email).0, address)?;
    }
    match state.operators.check(email, form.password.clone()).await? {
        (Some(operator), true) => {
            let answer = match &kept {
                Some(kept) => kept.show(&operator, next)?,
                None => see_other(next),
            };
            admit(&request, &state, &operator, Way::Password, answer).await
        }
        (known, _) => {
            if let Some(operator) = known {
                own_login::record(&state, &request, &operator, Way::Password, Outcome::Failure).await;
            }
            ask(&state, &request, StatusCode::FORBIDDEN, wrong)
        }
    }
}

/// Signs out, and leads to where one signs in.
///
/// # Errors
/// 503 when the store does not answer.
pub async fn sign_out(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let url = &state.settings.public_url;
    if let Some(token) = SESSION.of(&request, url).and_then(|it| SessionToken::parse(&it)) {
        if let Some(signed_in) = state.operators.signed_in(&token).await? {
            note(&state, &signed_in.operator, Action::SignOut).await?;
        }
        state.operators.end(&token).await?;
    }
    let mut answer = see_other("/console/login");
    answer.add_cookie(&SESSION.removed(url)).map_err(|fault| Fault::internal(&fault))?;
    Ok(answer)
}
