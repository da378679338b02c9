//! Policies.

use serde_json::{Value, json};

/// A tenant's changes to the operator's policy.
#[must_use]
pub fn policy_request() -> Value {
    json!({
        "version": "pol_4da021e440c81269",
        "muted_signals": ["unusual_hour"],
        "learning_days": 7,
        "trusted_networks": [{"name": "Office Berlin", "ranges": ["89.160.20.0/24"]}]
    })
}

/// A policy, whole.
#[must_use]
pub fn policy() -> Value {
    json!({
        "version": "pol_5d1fd0b3e9a2c774",
        "recognized_from": 0.5, "certain_from": 0.75, "medium_from": 0.35, "high_from": 0.65, "strong_from": 0.4,
        "weights": {
            "anonymous_network": 0.2, "credential_stuffing": 0.6, "denied_device": 0.95, "failed_attempts": 0.4,
            "hosting_network": 0.2, "impossible_travel": 0.6, "new_country": 0.4, "new_device": 0.4, "new_network": 0.1,
            "rare_login": 0.2, "token_mismatch": 0.5, "unusual_hour": 0.0, "user_agent_mismatch": 0.3
        },
        "country_memory_days": 90, "learning_days": 7, "learning_logins": 10, "copied_within_hours": 6,
        "mails_per_hour": 5, "mails_per_day": 20, "late_after_hours": 24, "muted": false,
        "trusted_networks": [{"name": "Office Berlin", "ranges": ["89.160.20.0/24"]}],
        "excluded_users": []
    })
}
