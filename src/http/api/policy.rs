//! `/v1/policy`: by what a tenant's logins are judged.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};

use crate::{
    domain::{
        policy::{change::PolicyChange, policy::PolicyVersion},
        tenant::api_key::Scope,
    },
    http::door::{
        auth, body,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    wire::policy::PolicyBody,
};

/// By what the tenant's logins are judged now.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/policy", tag = "policy", operation_id = "getPolicy",
    responses(
        (status = 200, description = "The policy", body = PolicyBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn now(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    let policy = state.policies.of(&tenant, state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}

/// Has the tenant's logins judged otherwise: from now on by this process, within a second by all others. What is absent
/// is as the operator has it. With `version`, only if that is still the policy's.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(put, path = "/v1/policy", tag = "policy", operation_id = "putPolicy",
    request_body = PolicyBody, responses(
        (status = 200, description = "The policy as it is now", body = PolicyBody),
        (status = 409, description = "Its version is not the given one by now", body = Problem,
            content_type = "application/problem+json"),
        (status = "default", description = "Any other failure", body = Problem,
            content_type = "application/problem+json")))]
pub async fn put(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::PolicyWrite).await?;
    Parameters::of(&request)?.finish()?;
    let body: PolicyBody = body::parse_json(&body::read_json(&request, payload).await?)?;
    let (replaced, change) = (body.replaced()?, body.into_change()?);
    let policy = state.policies.change(&tenant, replaced, &change, state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}

/// Has the tenant's logins judged by what the operator has written, again.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(delete, path = "/v1/policy", tag = "policy", operation_id = "deletePolicy",
    responses(
        (status = 204, description = "The tenant has none of its own"),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn remove(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::PolicyWrite).await?;
    Parameters::of(&request)?.finish()?;
    state.policies.change(&tenant, None, &PolicyChange::default(), state.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The policy that judged a login: that of the login's `policy`. It is kept as long as the logins that it judged.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/policy/versions/{version}", tag = "policy", operation_id = "getPolicyVersion",
    params(("version" = String, Path, description = "The policy's version, pol_…")),
    responses(
        (status = 200, description = "The policy", body = PolicyBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn past(request: HttpRequest, version: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    let version = PolicyVersion::parse(&version).ok_or(Fault::NotFound)?;
    let policy = state.policies.past(&tenant, version).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}
