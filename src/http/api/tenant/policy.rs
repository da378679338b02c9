//! `/v1/policy`: how a tenant's logins are judged.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::policy::{change::PolicyChange, policy::PolicyVersion},
    http::door::{
        body::Json,
        caller::{Caller, LoginsRead, PolicyWrite},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::tenant::policies::PolicyError,
    wire::{examples, policy::PolicyBody},
};

/// The policy that judges the tenant's logins now.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/policy", tag = "policy", operation_id = "getPolicy",
    responses(
        (status = 200, description = "The policy", body = PolicyBody)))]
pub async fn now(caller: Caller<LoginsRead>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    let policy = state.policies.of(&caller.tenant, state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}

/// Changes the policy that judges the tenant's logins: from now on in this process, within a second in all others. What
/// is absent is as the operator has set it. With `version`, only if that is still the current one.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(put, path = "/v1/policy", tag = "policy", operation_id = "putPolicy",
    request_body(content = PolicyBody, example = json!(examples::policy::policy_request())), responses(
        (status = 200, description = "The policy as it is now", body = PolicyBody)))]
pub async fn put(
    caller: Caller<PolicyWrite>,
    _: NoParameters,
    body: Json<PolicyBody>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (replaced, change) = (body.value.replaced()?, body.value.into_change()?);
    let policy = state.policies.change(&caller.tenant, replaced, &change, state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}

/// Goes back to the operator's policy.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/policy", tag = "policy", operation_id = "deletePolicy",
    responses(
        (status = 204, description = "The tenant has none of its own")))]
pub async fn remove(caller: Caller<PolicyWrite>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    state.policies.change(&caller.tenant, None, &PolicyChange::default(), state.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The policy that judged a login, by the version that the login names as `policy`. It is kept as long as the logins
/// that it judged.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/policy/versions/{version}", tag = "policy", operation_id = "getPolicyVersion",
    params(("version" = String, Path, description = "The policy's version, pol_…", example = "pol_4da021e440c81269")),
    responses(
        (status = 200, description = "The policy", body = PolicyBody)))]
pub async fn past(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(version): At<PolicyVersion>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let policy = state.policies.past(&caller.tenant, version).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(&policy)))
}

impl From<PolicyError> for Fault {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Invalid(invalid) => invalid.into(),
            PolicyError::Changed => Self::PolicyChanged,
            PolicyError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
