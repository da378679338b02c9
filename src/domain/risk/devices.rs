//! What the browser says: new, denied, or not what it claims to be.

use crate::domain::{
    policy::policy::{Policy, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::situation::{Situation, Suspicion},
    user::device::Trust,
};

/// What it weighs that a device is recognized, but only just, as a share of a new one: enough to be seen, never to be mailed.
const UNCERTAIN_SHARE: f64 = 0.25;

/// The browser is none of the user's, who has signed in before, or it can hardly be told.
#[must_use]
pub fn new_device(policy: &Policy, it: &Situation<'_>) -> Option<Suspicion> {
    let devices = it.profile.devices.len();
    let plural = if devices == 1 { "device" } else { "devices" };
    let uncertain = it.status == DeviceStatus::Recognized && it.probability < policy.certain_from;
    match it.status {
        DeviceStatus::New => {
            let detail = format!("not among the {devices} known {plural} of this user");
            Some(Suspicion::new(SignalKind::NewDevice, detail))
        }
        DeviceStatus::Recognized if uncertain => {
            let percent = it.probability * 100.0;
            let detail = format!("probably, but not certainly ({percent:.0} %), one of the {devices} known {plural}");
            Some(Suspicion::new(SignalKind::NewDevice, detail).weighing(UNCERTAIN_SHARE))
        }
        DeviceStatus::Recognized | DeviceStatus::First | DeviceStatus::Unknown => None,
    }
}

/// The user has said that this device is not theirs.
#[must_use]
pub fn denied_device(it: &Situation<'_>) -> Option<Suspicion> {
    let denied = it.device.is_some_and(|it| it.trust == Trust::Denied);
    denied.then(|| Suspicion::new(SignalKind::DeniedDevice, "the user has said that this device is not theirs"))
}

/// A valid token came from a browser that cannot be the device it was given to: the cookie may have been copied.
#[must_use]
pub fn token_mismatch(it: &Situation<'_>) -> Option<Suspicion> {
    let detail = "the device token belongs to a known device that this browser cannot be";
    it.token_mismatch.then(|| Suspicion::new(SignalKind::TokenMismatch, detail))
}

/// User agent, client hints and script contradict each other.
#[must_use]
pub fn user_agent_mismatch(it: &Situation<'_>) -> Option<Suspicion> {
    it.contradiction.map(|detail| Suspicion::new(SignalKind::UserAgentMismatch, detail))
}
