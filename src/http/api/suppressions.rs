//! `/v1/suppressions`: addresses that get no more mail, because mails to them were refused, came back, or were called
//! spam.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::tenant::api_key::Scope,
    http::door::{
        auth, body,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    wire::suppression::{AddressRequest, SuppressionBody, SuppressionCounts},
};

/// How many addresses get no more mail, by cause.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/suppressions", tag = "alerts", operation_id = "countSuppressions",
    responses(
        (status = 200, description = "How many", body = SuppressionCounts),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn counts(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    Ok(HttpResponse::Ok().json(SuppressionCounts::new(&state.suppressions.counts(&tenant).await?)))
}

/// Whether an address gets mail, and why not.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/suppressions/lookup", tag = "alerts", operation_id = "lookUpSuppression",
    request_body = AddressRequest, responses(
        (status = 200, description = "Whether it gets mail", body = SuppressionBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn look_up(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    let address = read(&request, payload).await?;
    Ok(HttpResponse::Ok().json(SuppressionBody::new(state.suppressions.find(&tenant, &address).await?)))
}

/// Lets an address have mail again, from the next alert on. 404 if it gets mail already.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/suppressions/lift", tag = "alerts", operation_id = "liftSuppression",
    request_body = AddressRequest, responses(
        (status = 204, description = "It gets mail again"),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn lift(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::AlertsWrite).await?;
    let address = read(&request, payload).await?;
    let lifted = state.suppressions.lift(&tenant, &address).await?;
    if lifted { Ok(HttpResponse::NoContent().finish()) } else { Err(Fault::NotFound) }
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<String, Fault> {
    Parameters::of(request)?.finish()?;
    let body = body::read_json(request, payload).await?;
    Ok(body::parse_json::<AddressRequest>(&body)?.into_address()?)
}
