//! What a tenant changes of the operator's policy, and whether the change is valid.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    ids::UserId,
    login::login::Invalid,
    policy::policy::{Policy, SignalKind, TrustedNetwork},
    time::{DAY_MS, HOUR_MS},
    user::profile::MAX_RECENT_ALERTS,
};

/// Longest name of a trusted network, in characters.
const MAX_NAME_CHARS: usize = 80;
/// How many ranges all trusted networks may have together: each login is compared with all of them.
const MAX_RANGES: usize = 1_000;
/// Longest time in a policy, in days: ten years.
const MAX_DAYS: u32 = 3_650;

/// A change of a policy as it was written. `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyChange {
    /// See [`Policy::recognized_from`]; in [0, 1], as the other thresholds.
    pub recognized_from: Option<f64>,
    /// See [`Policy::certain_from`].
    pub certain_from: Option<f64>,
    /// See [`Policy::medium_from`].
    pub medium_from: Option<f64>,
    /// See [`Policy::high_from`].
    pub high_from: Option<f64>,
    /// See [`Policy::strong_from`].
    pub strong_from: Option<f64>,
    /// The weights of signals, in [0, 1]. Those that are absent stay as they are.
    pub weights: BTreeMap<SignalKind, f64>,
    /// See [`Policy::country_memory_ms`].
    pub country_memory_days: Option<u32>,
    /// See [`Policy::learning_ms`].
    pub learning_days: Option<u32>,
    /// See [`Policy::learning_logins`].
    pub learning_logins: Option<u32>,
    /// See [`Policy::copied_within_ms`].
    pub copied_within_hours: Option<u32>,
    /// See [`Policy::mails_per_hour`].
    pub mails_per_hour: Option<u32>,
    /// See [`Policy::mails_per_day`].
    pub mails_per_day: Option<u32>,
    /// See [`Policy::late_after_ms`].
    pub late_after_hours: Option<u32>,
    /// See [`Policy::muted`].
    pub muted: Option<bool>,
    /// See [`Policy::trusted_networks`]; all of them.
    pub trusted_networks: Option<Vec<TrustedNetwork>>,
    /// See [`Policy::excluded_users`]; all of them.
    pub excluded_users: Option<BTreeSet<String>>,
}

impl PolicyChange {
    /// The change that turns any policy into this one.
    #[must_use]
    pub fn whole(policy: &Policy) -> Self {
        let days = |ms: i64| u32::try_from(ms / DAY_MS).unwrap_or(u32::MAX);
        let hours = |ms: i64| u32::try_from(ms / HOUR_MS).unwrap_or(u32::MAX);
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Self {
            recognized_from: Some(policy.recognized_from),
            certain_from: Some(policy.certain_from),
            medium_from: Some(policy.medium_from),
            high_from: Some(policy.high_from),
            strong_from: Some(policy.strong_from),
            weights: SignalKind::ALL.iter().map(|kind| (*kind, policy.weights.get(*kind))).collect(),
            country_memory_days: Some(days(policy.country_memory_ms)),
            learning_days: Some(days(policy.learning_ms)),
            learning_logins: Some(policy.learning_logins),
            copied_within_hours: Some(hours(policy.copied_within_ms)),
            mails_per_hour: Some(count(policy.mails_per_hour)),
            mails_per_day: Some(count(policy.mails_per_day)),
            late_after_hours: Some(hours(policy.late_after_ms)),
            muted: Some(policy.muted),
            trusted_networks: Some(policy.trusted_networks.clone()),
            excluded_users: Some(policy.excluded_users.clone()),
        }
    }

    /// `base` with this change, with the version that follows from it.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn apply(&self, base: &Policy) -> Result<Policy, Invalid> {
        let days = |name, written: Option<u32>, otherwise| match written {
            Some(days) if days > MAX_DAYS => Err(Invalid::new(name, format!("must be at most {MAX_DAYS}"))),
            written => Ok(written.map_or(otherwise, |it| i64::from(it) * DAY_MS)),
        };
        let hours = |written: Option<u32>, otherwise| written.map_or(otherwise, |it| i64::from(it) * HOUR_MS);
        let count = |written: Option<u32>, otherwise| written.map_or(otherwise, |it| it as usize);
        let mut policy = Policy {
            recognized_from: share("recognized_from", self.recognized_from, base.recognized_from)?,
            certain_from: share("certain_from", self.certain_from, base.certain_from)?,
            medium_from: share("medium_from", self.medium_from, base.medium_from)?,
            high_from: share("high_from", self.high_from, base.high_from)?,
            strong_from: share("strong_from", self.strong_from, base.strong_from)?,
            country_memory_ms: days("country_memory_days", self.country_memory_days, base.country_memory_ms)?,
            learning_ms: days("learning_days", self.learning_days, base.learning_ms)?,
            learning_logins: self.learning_logins.unwrap_or(base.learning_logins),
            copied_within_ms: hours(self.copied_within_hours, base.copied_within_ms),
            mails_per_hour: count(self.mails_per_hour, base.mails_per_hour),
            mails_per_day: count(self.mails_per_day, base.mails_per_day),
            late_after_ms: hours(self.late_after_hours, base.late_after_ms),
            muted: self.muted.unwrap_or(base.muted),
            ..base.clone()
        };
        for (kind, weight) in &self.weights {
            policy.weights.set(*kind, share(&format!("weights.{}", kind.as_str()), Some(*weight), 0.0)?);
        }
        if let Some(networks) = &self.trusted_networks {
            policy.trusted_networks.clone_from(networks);
        }
        if let Some(users) = &self.excluded_users {
            policy.excluded_users.clone_from(users);
        }
        check(&policy)?;
        Ok(policy.named())
    }
}

fn share(name: &str, written: Option<f64>, otherwise: f64) -> Result<f64, Invalid> {
    match written {
        Some(share) if !(0.0..=1.0).contains(&share) => Err(Invalid::new(name, "must be from 0 to 1")),
        written => Ok(written.unwrap_or(otherwise)),
    }
}

/// What must hold between fields, whoever wrote them.
fn check(policy: &Policy) -> Result<(), Invalid> {
    if policy.high_from < policy.medium_from {
        return Err(Invalid::new("high_from", "must not be less than medium_from"));
    }
    if policy.mails_per_day > MAX_RECENT_ALERTS {
        return Err(Invalid::new("mails_per_day", format!("must be at most {MAX_RECENT_ALERTS}")));
    }
    let named = |it: &TrustedNetwork| (1..=MAX_NAME_CHARS).contains(&it.name.chars().count());
    if !policy.trusted_networks.iter().all(named) {
        return Err(Invalid::new("trusted_networks", format!("must have names of 1 to {MAX_NAME_CHARS} characters")));
    }
    if policy.trusted_networks.iter().map(|it| it.ranges.len()).sum::<usize>() > MAX_RANGES {
        return Err(Invalid::new("trusted_networks", format!("must have at most {MAX_RANGES} ranges together")));
    }
    if !policy.excluded_users.iter().all(|it| UserId::parse(it).is_some()) {
        return Err(Invalid::new("excluded_users", "must be names of users: 1 to 256 bytes, no control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_policy_makes_any_other_the_same() {
        let strict = Policy { medium_from: 0.2, learning_logins: 3, muted: true, ..Policy::default() }.named();
        assert_eq!(PolicyChange::whole(&strict).apply(&Policy::default()), Ok(strict.clone()));
        assert_eq!(PolicyChange::default().apply(&strict), Ok(strict));
    }

    #[test]
    fn what_is_not_sound_is_named() {
        let field = |change: PolicyChange| change.apply(&Policy::default()).unwrap_err().field;
        let none = PolicyChange::default;
        assert_eq!(field(PolicyChange { medium_from: Some(f64::NAN), ..none() }), "medium_from");
        assert_eq!(field(PolicyChange { medium_from: Some(0.9), ..none() }), "high_from");
        assert_eq!(field(PolicyChange { learning_days: Some(4_000), ..none() }), "learning_days");
        assert_eq!(field(PolicyChange { mails_per_day: Some(u32::MAX), ..none() }), "mails_per_day");
        let weights = [(SignalKind::NewDevice, 1.1)].into();
        assert_eq!(field(PolicyChange { weights, ..none() }), "weights.new_device");
        assert_eq!(field(PolicyChange { excluded_users: Some([String::new()].into()), ..none() }), "excluded_users");
        let nameless = TrustedNetwork { name: String::new(), ranges: Vec::new() };
        assert_eq!(field(PolicyChange { trusted_networks: Some(vec![nameless]), ..none() }), "trusted_networks");
    }
}
