//! What tenants want to be different about their policies.

use watchlight::domain::{
    place::AddressRange,
    policy::{
        change::PolicyChange,
        policy::{SignalKind, TrustedNetwork},
    },
};

/// What a tenant wants to be different, with every part filled.
pub fn policy_change() -> PolicyChange {
    let range = |first: &str, last: &str| AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() };
    let ranges = vec![range("89.160.20.0", "89.160.20.255"), range("2a02:1810::", "2a02:1810::ffff")];
    PolicyChange {
        recognized_from: Some(0.5),
        certain_from: Some(0.75),
        medium_from: Some(0.3),
        high_from: Some(0.6),
        strong_from: Some(0.4),
        weights: [(SignalKind::NewDevice, 0.25), (SignalKind::RareLogin, 0.0)].into(),
        country_memory_days: Some(90),
        learning_days: Some(14),
        learning_logins: Some(300),
        copied_within_hours: Some(6),
        mails_per_hour: Some(5),
        mails_per_day: Some(20),
        late_after_hours: Some(24),
        muted: Some(true),
        trusted_networks: Some(vec![TrustedNetwork { name: "Office Berlin".to_owned(), ranges }]),
        excluded_users: Some(["svc_backup".to_owned()].into()),
    }
}
