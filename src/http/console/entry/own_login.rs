//! Operators' own logins go through Watchlight itself, in a tenant of their own: whoever signs in from a new browser gets the mail
//! that any user would get.

use actix_web::{HttpRequest, http::header};
use bytes::Bytes;

use crate::{
    domain::{
        ids::TenantId,
        login::login::{ClientDraft, LoginDraft, Outcome, UserDraft},
        operator::{operator::Operator, role::CONSOLE_TENANT},
    },
    http::{
        api::logins::logins::count,
        door::{console::cookies::DEVICE, edge, state::State},
    },
    service::login::intake::{NewLogin, Purpose},
};

/// Headers that tell something of a browser, besides the client hints.
const TELLING: [header::HeaderName; 4] =
    [header::USER_AGENT, header::ACCEPT, header::ACCEPT_LANGUAGE, header::ACCEPT_ENCODING];
/// How the names of client hints begin.
const HINTS: &str = "sec-ch-";

/// By what an operator signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A password.
    Password,
    /// The issuer of operators' identities.
    Issuer,
    /// A proxy of ours.
    Proxy,
}

impl Way {
    /// The method of the login.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Issuer => "oidc",
            Self::Proxy => "proxy",
        }
    }
}

/// Records that an operator has signed in, or that somebody has tried. Returns the token by which the browser is known from then
/// on. Nobody is kept out because this did not succeed.
pub async fn record(
    state: &State,
    request: &HttpRequest,
    operator: &Operator,
    way: Way,
    outcome: Outcome,
) -> Option<String> {
    let tenant = TenantId::parse(CONSOLE_TENANT)?;
    let draft = LoginDraft {
        outcome: Some(outcome.as_str().to_owned()),
        method: Some(way.as_str().to_owned()),
        ..draft(state, request, operator)
    };
    let request_id = edge::request_id(request);
    let login = NewLogin { draft, body: Bytes::new(), idempotency_key: None, request_id, purpose: Purpose::Live };
    match state.intake.record(&tenant, login).await {
        Ok(recorded) => {
            count(&recorded);
            recorded.device_token
        }
        Err(fault) => {
            tracing::warn!(%fault, "the login of an operator was not recorded");
            None
        }
    }
}

fn draft(state: &State, request: &HttpRequest, operator: &Operator) -> LoginDraft {
    let is_told = |name: &header::HeaderName| TELLING.contains(name) || name.as_str().starts_with(HINTS);
    let headers = request.headers().iter().filter(|(name, _)| is_told(name));
    let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    LoginDraft {
        user: UserDraft {
            id: Some(operator.id.to_string()),
            email: Some(operator.email.clone()),
            ..UserDraft::default()
        },
        client: ClientDraft {
            ip: state.settings.proxies.caller(request.head()).map(|it| it.to_string()),
            headers: headers.collect(),
            device_token: DEVICE.of(request, &state.settings.public_url),
            ..ClientDraft::default()
        },
        ..LoginDraft::default()
    }
}
