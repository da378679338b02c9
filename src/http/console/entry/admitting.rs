//! Lets in an operator who has shown who they are, by whichever way.

use actix_web::{HttpRequest, HttpResponse};

use crate::{
    domain::{
        ids::TenantId,
        login::login::Outcome,
        operator::{operator::Operator, role::CONSOLE_TENANT},
        privacy::audit::{self, Action, Actor, Subject, SubjectKind},
    },
    http::{
        console::entry::own_login::{self, Way},
        door::{
            console::cookies::{DEVICE, SESSION},
            edge::random_bytes,
            fault::Fault,
            state::State,
        },
    },
    service::privacy::audit::Deed,
};

/// Begins the session of an operator who has shown who they are, with this answer.
///
/// # Errors
/// 503 when the store does not answer.
pub async fn admit(
    request: &HttpRequest,
    state: &State,
    operator: &Operator,
    way: Way,
    mut answer: HttpResponse,
) -> Result<HttpResponse, Fault> {
    note(state, operator, Action::SignIn).await?;
    let token = state.operators.begin(operator, random_bytes()?).await?;
    let device = own_login::record(state, request, operator, way, Outcome::Success).await;
    let url = &state.settings.public_url;
    let cookies = [Some(SESSION.with(token.reveal(), url)), device.map(|it| DEVICE.with(it, url))];
    for cookie in cookies.iter().flatten() {
        answer.add_cookie(cookie).map_err(|fault| Fault::internal(&fault))?;
    }
    Ok(answer)
}

/// Notes in the audit of the operators' own tenant what an operator has done about themselves.
///
/// # Errors
/// 503 when the store does not answer.
pub async fn note(state: &State, operator: &Operator, action: Action) -> Result<(), Fault> {
    by(state, Actor::Operator(operator.id.to_string()), operator, action).await
}

/// Notes there that the issuer has given an operator no role any more.
///
/// # Errors
/// 503 when the store does not answer.
pub async fn note_revoked(state: &State, operator: &Operator) -> Result<(), Fault> {
    by(state, Actor::System, operator, Action::RevokeOperator).await
}

async fn by(state: &State, actor: Actor, operator: &Operator, action: Action) -> Result<(), Fault> {
    let Some(tenant) = TenantId::parse(CONSOLE_TENANT) else { return Ok(()) };
    let deed = Deed {
        actor,
        action,
        outcome: audit::Outcome::Done,
        subject: Some(Subject::thing(SubjectKind::Operator, &operator.id)),
        query: None,
        purpose: None,
    };
    Ok(state.audit.note(&tenant, deed).await?)
}
