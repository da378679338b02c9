//! Decides which logins are worth a warning. Whether one is then mailed is another question.

use crate::domain::{
    policy::policy::{Policy, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::{assessment::Assessment, places::looks_copied, situation::Situation},
};

/// How many strong signals are worth a mail about a known device.
const MANY_STRONG: usize = 2;

/// Whether a login is worth a warning: a success on a new device, or on a known one that has two strong signals, that
/// the user has denied, or that seems to be copied abroad.
#[must_use]
pub fn is_worth_a_warning(policy: &Policy, situation: &Situation<'_>, assessment: &Assessment) -> bool {
    let strong = assessment.signals.iter().filter(|signal| signal.weight >= policy.strong_from).count();
    let fired = |kind| assessment.signals.iter().any(|signal| signal.kind == kind);
    let elsewhere = || fired(SignalKind::ImpossibleTravel) || fired(SignalKind::NewCountry);
    let strange = || strong >= MANY_STRONG || (elsewhere() && looks_copied(policy, situation));
    situation.succeeded && (situation.status == DeviceStatus::New || fired(SignalKind::DeniedDevice) || strange())
}
