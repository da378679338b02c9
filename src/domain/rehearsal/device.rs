//! Whether the device would have been recognized by another policy.

use std::collections::BTreeSet;

use crate::domain::{
    history::login_record::LoginRecord,
    policy::policy::Policy,
    recognition::verdict::{DeviceStatus, MatchedBy},
    rehearsal::untold::Untold,
};

/// The device of a login, as a policy sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenDevice {
    /// Whether it is one of the user's.
    pub status: DeviceStatus,
    /// The probability, in [0, 1], that it is the closest known device; 1 if a token vouches for it, 0 if there is none.
    pub probability: f64,
}

impl SeenDevice {
    /// As it was seen.
    #[must_use]
    pub fn of(login: &LoginRecord) -> Self {
        let by_token = login.device.matched_by == Some(MatchedBy::Token);
        let probability = if by_token { 1.0 } else { login.device.score.unwrap_or(0.0) };
        Self { status: login.device.status, probability }
    }

    /// As `after` would have seen it, where `before` judged.
    #[must_use]
    pub fn under(before: &Policy, after: &Policy, login: &LoginRecord, untold: &mut BTreeSet<Untold>) -> Self {
        let was = Self::of(login);
        let is_judged_by_score = matches!(was.status, DeviceStatus::Recognized | DeviceStatus::New);
        #[expect(clippy::float_cmp, reason = "the same number in both policies, or another")]
        let is_same_rule = before.recognized_from == after.recognized_from;
        let (Some(score), Some(evidence)) = (login.device.score, &login.evidence) else { return was };
        if is_same_rule || !is_judged_by_score {
            return was;
        }
        let is_recognized = evidence.gate.is_none() && score >= after.recognized_from;
        let status = if is_recognized { DeviceStatus::Recognized } else { DeviceStatus::New };
        if status != was.status {
            untold.insert(Untold::Device);
        }
        Self { status, ..was }
    }
}
