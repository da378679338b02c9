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
    let is_new = situation.status == DeviceStatus::New;
    situation.succeeded
        && (is_worth_it_anyway(policy, is_new, assessment)
            || (tells_of_elsewhere(assessment) && looks_copied(policy, situation)))
}

/// Whether a success is worth a warning whether or not its browser looks copied.
#[must_use]
pub fn is_worth_it_anyway(policy: &Policy, is_new_device: bool, assessment: &Assessment) -> bool {
    let strong = assessment.signals.iter().filter(|signal| signal.weight >= policy.strong_from).count();
    is_new_device || fired(assessment, SignalKind::DeniedDevice) || strong >= MANY_STRONG
}

/// Whether a success is worth a warning if its browser looks copied: it comes from elsewhere.
#[must_use]
pub fn tells_of_elsewhere(assessment: &Assessment) -> bool {
    fired(assessment, SignalKind::ImpossibleTravel) || fired(assessment, SignalKind::NewCountry)
}

fn fired(assessment: &Assessment, kind: SignalKind) -> bool {
    assessment.signals.iter().any(|signal| signal.kind == kind)
}
