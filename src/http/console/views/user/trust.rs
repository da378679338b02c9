//! What is decided about a device: the buttons of the user's and the device's page.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use crate::{
    domain::{alert::alert::Speaker, user::device::Trust},
    http::{
        console::{
            done::Done,
            parts::{linked::user_path, view::View},
            views::judging::read,
            ways::{see_other, within},
        },
        door::{
            body::Form,
            caller::{Caller, DevicesWrite},
            fault::Fault,
            path::{At, DeviceOf},
            state::State,
        },
    },
};

/// What the buttons send.
#[derive(Deserialize)]
struct TrustForm {
    #[serde(default)]
    next: String,
}

/// Records that a device is the user's.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn confirm(
    caller: Caller<DevicesWrite>,
    view: View,
    At(device): At<DeviceOf>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set(&caller, &view, device, (&form, Trust::Confirmed), &state).await
}

/// Records that a device is not the user's: its next login is a high risk.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn deny(
    caller: Caller<DevicesWrite>,
    view: View,
    At(device): At<DeviceOf>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    set(&caller, &view, device, (&form, Trust::Denied), &state).await
}

async fn set(
    caller: &Caller<DevicesWrite>,
    view: &View,
    DeviceOf { user, device }: DeviceOf,
    (form, trust): (&[u8], Trust),
    state: &State,
) -> Result<HttpResponse, Fault> {
    let form: TrustForm = read(form)?;
    state.people.check_readable(&caller.tenant, &user).await?;
    let by = Speaker::colleague(&caller.key);
    let changed = state.devices.set_trust(&caller.tenant, &user, device, trust, by).await?;
    changed.ok_or(Fault::NotFound)?;
    let shown = view.href(&user_path(&user), &[]);
    let next = if form.next.is_empty() { &shown } else { within(&form.next, &shown) };
    let done = if trust == Trust::Denied { Done::Denied } else { Done::Confirmed };
    Ok(see_other(&view.operator.told(state, done, next)))
}
