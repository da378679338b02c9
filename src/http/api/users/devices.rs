//! `/v1/users/{id}/devices`: users' devices, and what users say about them.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::{alert::alert::Speaker, ids::UserId, user::device::Trust},
    http::door::{
        caller::{Caller, DevicesWrite, LoginsRead},
        fault::Fault,
        path::{At, DeviceOf},
        query::NoParameters,
        state::State,
    },
    wire::device::{DeviceBody, DeviceList},
};

/// The user's devices.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/users/{id}/devices", tag = "devices", operation_id = "listDevices",
    params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "The devices; none for an unknown user", body = DeviceList)))]
pub async fn list(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(user): At<UserId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    state.people.check_readable(&caller.tenant, &user).await?;
    let devices = state.devices.list(&caller.tenant, &user).await?;
    Ok(HttpResponse::Ok().json(DeviceList { data: devices.iter().map(DeviceBody::new).collect() }))
}

/// Records that a device is the user's.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/users/{id}/devices/{device}/confirm", tag = "devices", operation_id = "confirmDevice",
    params(("id" = String, Path, description = "The user", example = "u_42"), ("device" = String, Path, description = "dev_…", example = "dev_d404d00f00bf43c2")),
    responses((status = 200, description = "The device as it is now", body = DeviceBody)))]
pub async fn confirm(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(device): At<DeviceOf>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set_trust(&caller, &device, &state, Trust::Confirmed).await
}

/// Records that a device is not the user's: its next login is a high risk.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/users/{id}/devices/{device}/deny", tag = "devices", operation_id = "denyDevice",
    params(("id" = String, Path, description = "The user", example = "u_42"), ("device" = String, Path, description = "dev_…", example = "dev_d404d00f00bf43c2")),
    responses((status = 200, description = "The device as it is now", body = DeviceBody)))]
pub async fn deny(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(device): At<DeviceOf>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set_trust(&caller, &device, &state, Trust::Denied).await
}

async fn set_trust(
    caller: &Caller<DevicesWrite>,
    DeviceOf { user, device }: &DeviceOf,
    state: &State,
    trust: Trust,
) -> Result<HttpResponse, Fault> {
    state.people.check_readable(&caller.tenant, user).await?;
    let changed = state.devices.set_trust(&caller.tenant, user, *device, trust, Speaker::API).await?;
    let device = changed.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(DeviceBody::new(&device)))
}

/// Deletes a device: its next login is a new device's.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/users/{id}/devices/{device}", tag = "devices", operation_id = "forgetDevice",
    params(("id" = String, Path, description = "The user", example = "u_42"), ("device" = String, Path, description = "dev_…", example = "dev_d404d00f00bf43c2")),
    responses((status = 204, description = "Forgotten")))]
pub async fn forget(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(DeviceOf { user, device }): At<DeviceOf>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    state.devices.forget(&caller.tenant, &user, device).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::NoContent().finish())
}
