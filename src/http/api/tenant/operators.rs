//! `/v1/operators`: who may use the console, for this tenant alone. Operators who see several tenants, or every one, are invited on
//! the command line.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::{
        ids::OperatorId,
        login::login::Invalid,
        operator::{
            operator::Operator,
            role::{Role, Sees},
        },
        privacy::audit::{Subject, SubjectKind},
    },
    http::door::{
        body::Json,
        caller::{Caller, OperatorsRead, OperatorsWrite},
        edge::random_bytes,
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::operator::operators::{Candidate, InviteError, invitation_url},
    wire::operator::{InvitationBody, OperatorBody, OperatorList, OperatorRequest},
};

/// The operators of the tenant, by address; revoked ones as well, for as long as the audit is kept.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/operators", tag = "operators", operation_id = "listOperators",
    responses(
        (status = 200, description = "The operators", body = OperatorList)))]
pub async fn list(caller: Caller<OperatorsRead>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (operators, now) = (state.operators.list(Some(&caller.tenant)).await?, state.clock.now());
    Ok(HttpResponse::Ok().json(OperatorList { data: operators.iter().map(|it| OperatorBody::new(it, now)).collect() }))
}

/// Invites an operator, who is then let in by a link that works once, for a quarter of an hour. Whoever was invited before is invited
/// anew; their sessions end.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/operators", tag = "operators", operation_id = "inviteOperator",
    request_body = OperatorRequest,
    responses(
        (status = 201, description = "Invited; the link is told this once", body = InvitationBody)))]
pub async fn invite(
    caller: Caller<OperatorsWrite>,
    _: NoParameters,
    body: Json<OperatorRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (email, role) = body.value.into_parts()?;
    let (operator, url) = invited(&caller, &state, email, role).await?;
    Ok(HttpResponse::Created().json(InvitationBody::new(&operator, url, state.clock.now())))
}

/// Invites an operator who sees the caller's tenant alone. Returns where the invitation is taken up.
///
/// # Errors
/// 403 if the role may do more than the caller; 409, 422 for an address that cannot be invited; 503 when the store does not answer.
pub async fn invited(
    caller: &Caller<OperatorsWrite>,
    state: &State,
    email: String,
    role: Role,
) -> Result<(Operator, String), Fault> {
    // Nobody hands out more than they have.
    if let Some(missing) = role.scopes().iter().find(|it| !caller.scopes.contains(it)) {
        return Err(Fault::InsufficientScope(*missing));
    }
    let candidate = Candidate { email, role, sees: Sees::Only(vec![caller.tenant.clone()]) };
    let (operator, token) = state.operators.invite(candidate, Some(&caller.tenant), random_bytes()?).await?;
    caller.asks_about(Subject::thing(SubjectKind::Operator, &operator.id));
    Ok((operator, invitation_url(&state.settings.public_url, &token)))
}

/// Revokes an operator for good: from the next request on, no session of theirs is worth anything. To revoke again changes nothing.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/operators/{id}", tag = "operators", operation_id = "revokeOperator",
    params(("id" = String, Path, description = "The operator, opr_…", example = "opr_7ZK2QX4N6W8Y0A1B2C3D4E5F6G")),
    responses(
        (status = 204, description = "Revoked")))]
pub async fn revoke(
    caller: Caller<OperatorsWrite>,
    _: NoParameters,
    At(id): At<OperatorId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    revoked(&caller, &state, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Revokes an operator who sees the caller's tenant alone.
///
/// # Errors
/// 404 if there is none; 503 when the store does not answer.
pub async fn revoked(caller: &Caller<OperatorsWrite>, state: &State, id: OperatorId) -> Result<(), Fault> {
    let revoked = state.operators.revoke(id, Some(&caller.tenant)).await?;
    revoked.map(|_| ()).ok_or(Fault::NotFound)
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Email => Invalid::new("email", "must be an e-mail address").into(),
            InviteError::Taken => Self::OperatorTaken,
            InviteError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
