//! `/v1/users/{id}`: corrects how a person is written to, and how much of their logins may be used.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::UserId,
    http::door::{
        body::Json,
        caller::{Caller, PrivacyRead, PrivacyWrite},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::privacy::people::PersonError,
    wire::privacy::person::{ContactBody, ContactRequest, ProcessingBody, ProcessingRequest},
};

/// Corrects how a person is written to. 404 if nothing is known of the person.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "privacy", operation_id = "correctUser",
    request_body = ContactRequest, params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "How the person is written to now", body = ContactBody)))]
pub async fn correct(
    caller: Caller<PrivacyWrite>,
    _: NoParameters,
    At(user): At<UserId>,
    body: Json<ContactRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let contact = state.people.correct(&caller.tenant, &user, body.value.into_change()).await?;
    Ok(HttpResponse::Ok().json(ContactBody::new(&contact)))
}

/// How much of a person's logins is used and kept. That of an unknown person is `full`.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/users/{id}/processing", tag = "privacy", operation_id = "getProcessing",
    params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "The mode", body = ProcessingBody)))]
pub async fn processing(
    caller: Caller<PrivacyRead>,
    _: NoParameters,
    At(user): At<UserId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let profile = state.people.profile(&caller.tenant, &user).await?;
    Ok(HttpResponse::Ok().json(ProcessingBody::new(&profile.processing)))
}

/// Sets how much of a person's logins may be used. The person need not be known yet: somebody may object before they ever
/// sign in. The same may be asked again.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(put, path = "/v1/users/{id}/processing", tag = "privacy", operation_id = "setProcessing",
    request_body = ProcessingRequest, params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "The mode from now on", body = ProcessingBody)))]
pub async fn process(
    caller: Caller<PrivacyWrite>,
    _: NoParameters,
    At(user): At<UserId>,
    body: Json<ProcessingRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (mode, reason) = body.value.into_wish()?;
    let processing = state.people.set_processing(&caller.tenant, &user, mode, reason).await?;
    Ok(HttpResponse::Ok().json(ProcessingBody::new(&processing)))
}

impl From<PersonError> for Fault {
    fn from(error: PersonError) -> Self {
        match error {
            PersonError::Invalid(invalid) => invalid.into(),
            PersonError::Unknown => Self::NotFound,
            PersonError::Restricted => Self::Restricted,
            PersonError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
