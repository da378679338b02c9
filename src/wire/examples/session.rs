//! Sessions.

use serde_json::{Value, json};

/// A report that a session was used.
#[must_use]
pub fn activity_request() -> Value {
    json!({
        "session_id": "s_20",
        "occurred_at": "2026-11-22T10:40:00.000Z",
        "calls": 12,
        "user": {"id": "u_42"},
        "client": {
            "ip": "200.160.2.3",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
        }
    })
}

/// A report that a session has ended.
#[must_use]
pub fn session_end_request() -> Value {
    json!({"user": {"id": "u_42"}, "ended_at": "2026-11-22T11:15:00.000Z"})
}

/// A session.
#[must_use]
pub fn session() -> Value {
    json!({
        "id": "s_20", "started_at": "2026-11-22T10:15:00.000Z", "last_active_at": "2026-11-22T10:40:00.000Z",
        "ended_at": "2026-11-22T11:15:00.000Z", "length_s": 3_600, "calls": 12, "session_changed": false,
        "changed_at": null, "changed": []
    })
}
