//! What the browser says: new, denied, or not what it claims to be.

use crate::domain::{
    policy::policy::{Policy, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::situation::{Situation, Suspicion},
    user::device::Trust,
    wording::figures::count,
};

/// The weight of an uncertain device, as a share of a new one's: enough to be seen, never enough for a mail.
const UNCERTAIN_SHARE: f64 = 0.25;

/// The user has signed in before, but never with this browser; or it is uncertain whether it is a known one.
#[must_use]
pub fn new_device(policy: &Policy, login: &Situation<'_>) -> Option<Suspicion> {
    let share = new_device_share(policy, login.status, login.probability)?;
    let devices = login.profile.devices.len();
    let detail = if login.status == DeviceStatus::New && devices == 1 {
        "not the one known device of this user".to_owned()
    } else if login.status == DeviceStatus::New {
        format!("not among the {} of this user", count(devices, "known device"))
    } else {
        let percent = login.probability * 100.0;
        format!("probably, but not certainly ({percent:.0} %), one of the {}", count(devices, "known device"))
    };
    Some(Suspicion::new(SignalKind::NewDevice, detail).weighing(share))
}

/// The share of its weight with which a device is new that is, with this probability in [0, 1], the closest known one;
/// `None` if it is not new.
#[must_use]
pub fn new_device_share(policy: &Policy, status: DeviceStatus, probability: f64) -> Option<f64> {
    match status {
        DeviceStatus::New => Some(1.0),
        DeviceStatus::Recognized if probability < policy.certain_from => Some(UNCERTAIN_SHARE),
        DeviceStatus::Recognized | DeviceStatus::First | DeviceStatus::Unknown => None,
    }
}

/// Somebody has said that this device is not the user's: the user, the tenant or a colleague.
#[must_use]
pub fn denied_device(login: &Situation<'_>) -> Option<Suspicion> {
    let denied = login.device.is_some_and(|it| it.trust == Trust::Denied);
    denied.then(|| Suspicion::new(SignalKind::DeniedDevice, "this device was denied, by the user or for them"))
}

/// A valid token came from a browser that cannot be the device that got it: the cookie may have been copied.
#[must_use]
pub fn token_mismatch(login: &Situation<'_>) -> Option<Suspicion> {
    let detail = "the device token belongs to a known device that this browser cannot be";
    login.token_mismatch.then(|| Suspicion::new(SignalKind::TokenMismatch, detail))
}

/// User agent, client hints and script contradict each other.
#[must_use]
pub fn user_agent_mismatch(login: &Situation<'_>) -> Option<Suspicion> {
    login.contradiction.map(|detail| Suspicion::new(SignalKind::UserAgentMismatch, detail))
}
