//! `/v1/sessions`, `/v1/activity`: what happens in a session after its login.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use crate::{
    domain::ids::UserId,
    http::door::{
        body::{IdempotencyKey, Json},
        caller::{Caller, LoginsWrite},
        fault::Fault,
        query::NoParameters,
        state::State,
    },
    service::history::sessions::SessionError,
    wire::session::{ActivityRequest, SessionBody, SessionEndRequest},
};

/// Records that a session has ended. If that is said again, the first end stays. 404 if none of the user's latest 512
/// logins named this session.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/sessions/{session_id}/end", tag = "logins", operation_id = "endSession",
    request_body = SessionEndRequest, params(("session_id" = String, Path, description = "The session, as its login named it", example = "s_20")),
    responses(
        (status = 200, description = "The session", body = SessionBody)))]
pub async fn end(
    caller: Caller<LoginsWrite>,
    _: NoParameters,
    id: Path<String>,
    body: Json<SessionEndRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (user, ended_at) = body.value.into_parts(state.clock.now())?;
    state.people.check_readable(&caller.tenant, &user).await?;
    let session = state.sessions.ended(&caller.tenant, &user, &id, ended_at).await?;
    Ok(HttpResponse::Ok().json(SessionBody::new(&id, &session)))
}

/// Records that a session was used: from where, with which browser, for how many API calls. Calls are added up. With an
/// `Idempotency-Key`, a request can be sent again among the session's next 31, and is counted once.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/activity", tag = "logins", operation_id = "recordActivity",
    request_body = ActivityRequest, params(("Idempotency-Key" = Option<String>, Header, max_length = 255, description = "Makes a retry recognizable")),
    responses(
        (status = 200, description = "The session", body = SessionBody)))]
pub async fn activity(
    caller: Caller<LoginsWrite>,
    _: NoParameters,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<ActivityRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (draft, calls) = body.value.into_draft()?;
    if let Some(user) = draft.user.id.as_deref().and_then(UserId::parse) {
        state.people.check_readable(&caller.tenant, &user).await?;
    }
    let id = draft.session_id.clone().unwrap_or_default();
    let session = state.sessions.used(&caller.tenant, draft, calls, key.as_deref()).await?;
    Ok(HttpResponse::Ok().json(SessionBody::new(&id, &session)))
}

impl From<SessionError> for Fault {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Invalid(invalid) => invalid.into(),
            SessionError::Unknown => Self::NotFound,
            SessionError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
