//! `/console/invitation/{token}`: where somebody who was invited chooses a password. Opening it changes nothing, because programs
//! open links before people do. The form takes up the invitation, once.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    domain::{
        ids::TenantId,
        operator::{operator::Operator, password, token::InvitationToken},
        privacy::audit::Action,
    },
    http::{
        console::{
            assets::Assets,
            entry::{
                admitting::{admit, note},
                login_page::HOME,
                own_login::Way,
            },
            page::{MessagePage, minute, page},
            ways::see_other,
        },
        door::{body::Form, edge::random_bytes, fault::Fault, state::State},
    },
};

/// Where an invitation is taken up.
#[derive(Template)]
#[template(path = "console/invitation.html")]
struct InvitationPage<'a> {
    /// What it loads.
    assets: Assets,
    /// Who is invited.
    email: &'a str,
    /// As what.
    role: &'a str,
    /// For which tenants; none means every one.
    tenants: &'a [TenantId],
    /// Until when the link works.
    until: &'a str,
    /// Why the password was not taken.
    amiss: Option<&'a str>,
}

/// The fields of the page's form. Others are ignored.
#[derive(Deserialize, Default)]
struct InvitationForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// Shows the page. Changes nothing.
///
/// # Errors
/// 429; 503 when the store does not answer.
pub async fn show(token: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    match invited(&state, &token).await? {
        Some((_, operator)) => ask(StatusCode::OK, &operator, None),
        None => gone(),
    }
}

/// Takes up the invitation: sets the password, and signs in.
///
/// # Errors
/// 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer.
pub async fn join(
    request: HttpRequest,
    token: Path<String>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Some((token, operator)) = invited(&state, &token).await? else { return gone() };
    let text = std::str::from_utf8(&form).map_err(|_| Fault::BadRequest)?;
    let form = Query::<InvitationForm>::from_query(text).map_err(|_| Fault::BadRequest)?.into_inner();
    if let Some(amiss) = password::amiss(&form.password, &operator.email) {
        return ask(StatusCode::UNPROCESSABLE_ENTITY, &operator, Some(amiss));
    }
    if form.password != form.again {
        return ask(StatusCode::UNPROCESSABLE_ENTITY, &operator, Some("The two are not the same."));
    }
    match state.operators.join(&token, form.password, random_bytes()?).await? {
        Some(operator) => {
            note(&state, &operator, Action::JoinOperator).await?;
            admit(&request, &state, &operator, Way::Password, see_other(HOME)).await
        }
        None => gone(),
    }
}

/// The invitation that a link is about, if it is worth something.
async fn invited(state: &State, token: &str) -> Result<Option<(InvitationToken, Operator)>, Fault> {
    let Some(token) = InvitationToken::parse(token) else { return Ok(None) };
    Ok(state.operators.invited_by(&token).await?.map(|operator| (token, operator)))
}

fn ask(status: StatusCode, operator: &Operator, amiss: Option<&str>) -> Result<HttpResponse, Fault> {
    let until = operator.invitation.as_ref().map(|it| minute(it.expires_at)).unwrap_or_default();
    page(
        status,
        &InvitationPage {
            assets: Assets,
            email: &operator.email,
            role: operator.role.as_str(),
            tenants: operator.sees.named(),
            until: &until,
            amiss,
        },
    )
}

/// A link that was used, has expired or never was one. The page does not say which.
fn gone() -> Result<HttpResponse, Fault> {
    let text = "It works once, for a quarter of an hour. Whoever sent it can make another; if it was you who used it, sign in.";
    let title = "This link does not work any more";
    page(StatusCode::NOT_FOUND, &MessagePage { assets: Assets, title, text, again: "", request_id: "" })
}
