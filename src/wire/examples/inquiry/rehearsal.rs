//! A change of policy, rehearsed.

use serde_json::{Value, json};

/// A change: what is absent stays as it is.
#[must_use]
pub fn rehearsal_request() -> Value {
    json!({
        "weights": {"new_country": 0.2},
        "trusted_networks": [{"name": "Office Berlin", "ranges": ["89.160.20.0/24"]}]
    })
}

/// What it would have done.
#[must_use]
pub fn rehearsal() -> Value {
    json!({
        "from": "pol_4da021e440c81269", "to": "pol_5d1fd0b3e9a2c774",
        "logins": 412, "left_out": 0, "at_least": false,
        "earliest": "2026-11-15T10:21:07.000Z", "latest": "2026-11-22T10:14:12.000Z",
        "judged_by": {"pol_4da021e440c81269": 412},
        "changed": 9,
        "mailed": {"was": 31, "is": 24, "lost": 7, "gained": 0},
        "levels": [{"was": "medium", "is": "low", "logins": 8}],
        "attacks": {"logins": 3, "noticed": {"was": 3, "is": 2, "lost": 1, "gained": 0},
            "mailed": {"was": 3, "is": 2, "lost": 1, "gained": 0}},
        "harmless": {"logins": 12, "noticed": {"was": 12, "is": 8, "lost": 4, "gained": 0},
            "mailed": {"was": 12, "is": 8, "lost": 4, "gained": 0}},
        "signals": [{"signal": "new_country", "logins": 18, "mailed": {"was": 14, "is": 7, "lost": 7, "gained": 0}}],
        "untold": [{"what": "unusual_hour", "logins": 40}],
        "unrehearsed": [],
        "data": [{
            "login": "lgn_01M88BR29V3HMEG27S69NTFQE2", "user_id": "ana", "occurred_at": "2026-11-22T10:15:00.123Z",
            "was": {"status": "recognized", "score": 0.676, "level": "high", "reason": "impossible_travel",
                "action": "challenge", "told": "mailed"},
            "is": {"status": "recognized", "score": 0.2, "level": "low", "reason": "new_country", "action": "allow",
                "told": "no"},
            "known": "attack",
            "untold": []
        }],
        "query": "country:BR since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z"
    })
}
