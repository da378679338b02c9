//! Combines the signals into a score, a level, and the reasons in order of weight.

use crate::domain::{
    policy::policy::{Level, Policy},
    risk::{
        assessment::{Assessment, Signal},
        attempts::{credential_stuffing, failed_attempts},
        devices::{denied_device, new_device, token_mismatch, user_agent_mismatch},
        habits::{rare_login, unusual_hour},
        places::{anonymous_network, hosting_network, impossible_travel, new_country, new_network},
        situation::{Situation, Suspicion},
    },
};

/// Judges a login: a score in [0, 1], its level, and the signals, the strongest first.
#[must_use]
pub fn assess(policy: &Policy, situation: &Situation<'_>) -> Assessment {
    let found = [
        denied_device(situation),
        impossible_travel(policy, situation),
        credential_stuffing(situation),
        token_mismatch(situation),
        new_device(policy, situation),
        new_country(policy, situation),
        failed_attempts(situation),
        user_agent_mismatch(situation),
        anonymous_network(situation),
        hosting_network(situation),
        rare_login(situation),
        new_network(policy, situation),
        unusual_hour(situation),
    ];
    weighed(policy, found.into_iter().flatten())
}

/// Judges by what was found: weighs it, and leaves out what the policy does not weigh.
#[must_use]
pub fn weighed(policy: &Policy, found: impl IntoIterator<Item = Suspicion>) -> Assessment {
    let weighed = found.into_iter().map(|it| weigh(policy, it));
    let mut signals: Vec<Signal> = weighed.filter(|it| it.weight > 0.0).collect();
    signals.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    // Each signal is harmless with probability 1 − weight, and the signals are taken to be independent.
    let harmless: f64 = signals.iter().map(|it| 1.0 - it.weight).product();
    // Rounded to four decimals, which is finer than it is known.
    let score = ((1.0 - harmless) * 1e4).round() / 1e4;
    Assessment { score, level: level(policy, score), signals }
}

fn weigh(policy: &Policy, Suspicion { kind, share, detail }: Suspicion) -> Signal {
    Signal { kind, weight: policy.weights.get(kind) * share, detail }
}

fn level(policy: &Policy, score: f64) -> Level {
    if score >= policy.high_from {
        Level::High
    } else if score >= policy.medium_from {
        Level::Medium
    } else {
        Level::Low
    }
}
