//! `/console/oidc`: in by the issuer of operators' identities. A browser is sent there, and comes back with a code.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Data, Query},
};
use serde::Deserialize;

use crate::{
    domain::{
        login::login::Outcome,
        operator::{claims::Worthless, vouching::NotAdmitted},
        privacy::audit::Action,
    },
    http::{
        console::{
            entry::{
                admitting::{admit, note, note_revoked},
                login::LoginQuery,
                login_page::{HOME, Said, ask, host_of},
                own_login::{self, Way},
            },
            ways::{see_other, within},
        },
        door::{console::cookies::TICKET, edge::random_bytes, fault::Fault, state::State},
    },
    ports::IssuerFault,
    service::operator::single_sign_on::{Returned, SignOnError, SignedOn, SingleSignOn},
};

/// Longest address to go to afterwards, in bytes: a cookie carries it.
const MAX_NEXT_BYTES: usize = 1_024;

/// After so many seconds it is worth trying again with an issuer that does not answer.
const AWAY_FOR: HeaderValue = HeaderValue::from_static("30");

/// What the issuer sends back with the browser. Anything else is ignored.
#[derive(Deserialize, Default)]
struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// Sends the browser to the issuer. Changes nothing.
///
/// # Errors
/// 404 where no issuer is set; 429; 503, as a page, when the issuer does not answer.
pub async fn begin(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let sign_on = state.single_sign_on.as_ref().ok_or(Fault::NotFound)?;
    let query = Query::<LoginQuery>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    let next = Some(within(&query.next, HOME)).filter(|it| it.len() <= MAX_NEXT_BYTES).unwrap_or(HOME);
    match sign_on.begin(random_bytes()?, next.to_owned()).await {
        Ok((url, ticket)) => {
            let mut answer = see_other(&url);
            let cookie = TICKET.with(ticket, &state.settings.public_url);
            answer.add_cookie(&cookie).map_err(|fault| Fault::internal(&fault))?;
            Ok(answer)
        }
        Err(fault) => refuse(&state, &request, sign_on, &fault.into(), next),
    }
}

/// Lets in who comes back from the issuer in the browser that was sent there.
///
/// # Errors
/// 404 where no issuer is set; 429; 503 when the store does not answer. Whoever is not let in gets the page where one signs in, with
/// the reason.
pub async fn come_back(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let sign_on = state.single_sign_on.as_ref().ok_or(Fault::NotFound)?;
    if let Some(address) = state.settings.proxies.caller(request.head()) {
        state.limits.check_sign_in_from(address)?;
    }
    let url = &state.settings.public_url;
    let answer = Query::<Answer>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    let ticket = TICKET.of(&request, url);
    let (ticket, issuer) = (ticket.as_deref(), answer.iss.as_deref());
    let mut answer = if answer.error.is_some() {
        declined(&state, &request, sign_on)?
    } else {
        let returned = Returned { ticket, state: &answer.state, code: &answer.code, issuer };
        match sign_on.finish(returned).await {
            Ok(signed_on) => let_in(&state, &request, signed_on).await?,
            Err(fault) => keep_out(&state, &request, sign_on, fault).await?,
        }
    };
    // While the issuer is away the browser keeps what it has: it can come back the same way a moment later.
    if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
        answer.add_cookie(&TICKET.removed(url)).map_err(|fault| Fault::internal(&fault))?;
    }
    Ok(answer)
}

async fn let_in(state: &State, request: &HttpRequest, signed_on: SignedOn) -> Result<HttpResponse, Fault> {
    let SignedOn { operator, is_news, next } = signed_on;
    if is_news {
        note(state, &operator, Action::JoinOperator).await?;
    }
    admit(request, state, &operator, Way::Issuer, see_other(&next)).await
}

async fn keep_out(
    state: &State,
    request: &HttpRequest,
    sign_on: &SingleSignOn,
    fault: SignOnError,
) -> Result<HttpResponse, Fault> {
    if let SignOnError::NoRole(Some(operator)) = &fault {
        note_revoked(state, operator).await?;
        own_login::record(state, request, operator, Way::Issuer, Outcome::Failure).await;
    }
    refuse(state, request, sign_on, &fault, HOME)
}

/// Who has changed their mind at the issuer, or was not let in there.
fn declined(state: &State, request: &HttpRequest, sign_on: &SingleSignOn) -> Result<HttpResponse, Fault> {
    let amiss = format!("{} has not let you in.", host_of(sign_on.issuer()));
    ask(state, request, StatusCode::FORBIDDEN, Said { amiss: Some(&amiss), ..Said::default() })
}

/// The page where one signs in, with why it did not succeed.
fn refuse(
    state: &State,
    request: &HttpRequest,
    sign_on: &SingleSignOn,
    fault: &SignOnError,
    next: &str,
) -> Result<HttpResponse, Fault> {
    if let SignOnError::Unavailable(fault) = fault {
        return Err(fault.clone().into());
    }
    tracing::warn!(%fault, "an operator could not sign in with the issuer");
    let is_away = matches!(fault, SignOnError::Issuer(IssuerFault::Away(_)));
    let amiss = words(fault, &host_of(sign_on.issuer()));
    let said = Said { next, amiss: Some(&amiss), ..Said::default() };
    if !is_away {
        return ask(state, request, StatusCode::FORBIDDEN, said);
    }
    let mut answer = ask(state, request, StatusCode::SERVICE_UNAVAILABLE, said)?;
    answer.headers_mut().insert(header::RETRY_AFTER, AWAY_FOR);
    Ok(answer)
}

/// What is said to who was not let in.
fn words(fault: &SignOnError, host: &str) -> String {
    match fault {
        SignOnError::NotBegun => {
            "This sign-in was not begun in this browser, or it was finished before, or that is too long ago. Begin anew.".to_owned()
        }
        SignOnError::NoRole(_) => format!("Your account at {host} has no role for this console."),
        SignOnError::Worthless(Worthless::NoEmail) => format!("{host} does not tell your e-mail address."),
        SignOnError::Worthless(Worthless::Unverified) => format!("{host} has not verified your e-mail address."),
        SignOnError::Worthless(Worthless::NoTenant) => format!("Your account at {host} names no tenant of this console."),
        SignOnError::NotAdmitted(NotAdmitted::Revoked) => {
            "You were revoked here. Whoever runs this service can invite you again.".to_owned()
        }
        SignOnError::NotAdmitted(NotAdmitted::AnotherAccount) => format!(
            "Another account at {host} has come with your e-mail address before. Whoever runs this service can revoke that one, and \
             invite you."
        ),
        SignOnError::Issuer(IssuerFault::Away(_)) => {
            format!("{host} does not answer as it should. Try again in half a minute; whoever runs this service finds why in its log.")
        }
        SignOnError::Worthless(_) | SignOnError::Issuer(IssuerFault::Refused(_)) | SignOnError::Unavailable(_) => {
            format!("What {host} says of you could not be believed. Begin anew; whoever runs this service finds why in its log.")
        }
    }
}
