//! `/v1/users/{id}/devices`: what is known of a user's devices, and what the user says about them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use crate::{
    domain::{
        ids::{DeviceId, UserId},
        tenant::api_key::Scope,
        user::device::Trust,
    },
    http::door::{
        auth,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    wire::device::{DeviceBody, DeviceList},
};

/// The user's devices.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/users/{id}/devices", tag = "devices", operation_id = "listDevices",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The devices; none for an unknown user", body = DeviceList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, user: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    let user = UserId::parse(&user).ok_or(Fault::NotFound)?;
    let devices = state.devices.list(&tenant, &user).await?;
    Ok(HttpResponse::Ok().json(DeviceList { data: devices.iter().map(DeviceBody::new).collect() }))
}

/// Records that a device is the user's.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/users/{id}/devices/{device}/confirm", tag = "devices",
    operation_id = "confirmDevice", params(("id" = String, Path, description = "The user"), ("device" = String, Path, description = "dev_…")),
    responses(
        (status = 200, description = "The device as it is now", body = DeviceBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn confirm(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set_trust(&request, &path, &state, Trust::Confirmed).await
}

/// Records that a device is not the user's: its next login is a high risk.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/users/{id}/devices/{device}/deny", tag = "devices",
    operation_id = "denyDevice", params(("id" = String, Path, description = "The user"), ("device" = String, Path, description = "dev_…")),
    responses(
        (status = 200, description = "The device as it is now", body = DeviceBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn deny(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set_trust(&request, &path, &state, Trust::Denied).await
}

async fn set_trust(
    request: &HttpRequest,
    path: &(String, String),
    state: &Data<State>,
    trust: Trust,
) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(state, request, Scope::DevicesWrite).await?;
    Parameters::of(request)?.finish()?;
    let (user, device) = read(path)?;
    let device = state.devices.set_trust(&tenant, &user, device, trust).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(DeviceBody::new(&device)))
}

/// Forgets a device: its next login is a new device's.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(delete, path = "/v1/users/{id}/devices/{device}", tag = "devices", operation_id = "forgetDevice",
    params(("id" = String, Path, description = "The user"), ("device" = String, Path, description = "dev_…")),
    responses(
        (status = 204, description = "Forgotten"),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn forget(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::DevicesWrite).await?;
    Parameters::of(&request)?.finish()?;
    let (user, device) = read(&path)?;
    state.devices.forget(&tenant, &user, device).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::NoContent().finish())
}

/// A name that nobody can have is a name that nobody has.
fn read((user, device): &(String, String)) -> Result<(UserId, DeviceId), Fault> {
    UserId::parse(user).zip(DeviceId::parse(device)).ok_or(Fault::NotFound)
}
