//! `/v1/suppressions`: suppressed addresses, which get no more mail because mails to them were refused, bounced, or
//! were marked as spam.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::{
        ids::TenantId,
        privacy::audit::{Subject, SubjectKind},
    },
    http::door::{
        body::Json,
        caller::{AlertsWrite, Caller, LoginsRead},
        fault::Fault,
        query::NoParameters,
        state::State,
    },
    wire::suppression::{AddressRequest, SuppressionBody, SuppressionCounts},
};

/// How many addresses are suppressed, by cause.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/suppressions", tag = "alerts", operation_id = "countSuppressions",
    responses(
        (status = 200, description = "How many", body = SuppressionCounts)))]
pub async fn counts(caller: Caller<LoginsRead>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    let counts = state.suppressions.counts(&caller.tenant).await?;
    Ok(HttpResponse::Ok().json(SuppressionCounts::new(&counts)))
}

/// Whether an address is suppressed, and why.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/suppressions/lookup", tag = "alerts", operation_id = "lookUpSuppression",
    request_body = AddressRequest, responses(
        (status = 200, description = "Whether it gets mail", body = SuppressionBody)))]
pub async fn look_up(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    body: Json<AddressRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let address = body.value.into_address()?;
    caller.asks_about(subject(&caller.tenant, &address, &state));
    let found = state.suppressions.find(&caller.tenant, &address).await?;
    Ok(HttpResponse::Ok().json(SuppressionBody::new(found)))
}

/// Lifts the suppression of an address, from the next alert on. 404 if there is none.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/suppressions/lift", tag = "alerts", operation_id = "liftSuppression",
    request_body = AddressRequest, responses(
        (status = 204, description = "It gets mail again")))]
pub async fn lift(
    caller: Caller<AlertsWrite>,
    _: NoParameters,
    body: Json<AddressRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let address = body.value.into_address()?;
    caller.asks_about(subject(&caller.tenant, &address, &state));
    let lifted = state.suppressions.lift(&caller.tenant, &address).await?;
    if lifted { Ok(HttpResponse::NoContent().finish()) } else { Err(Fault::NotFound) }
}

/// The address as the audit names it: by its keyed hash.
fn subject(tenant: &TenantId, address: &str, state: &State) -> Subject {
    let hash = data_encoding::HEXLOWER.encode(&state.keyring.tenant(tenant).email(address).0);
    Subject::thing(SubjectKind::Address, &hash)
}
