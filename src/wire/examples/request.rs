//! People's requests.

use serde_json::{Value, json};

/// A request to be opened.
#[must_use]
pub fn request_opening() -> Value {
    json!({"kind": "export"})
}

/// A request that its person has confirmed.
#[must_use]
pub fn request() -> Value {
    json!({
        "id": "rqs_01M88BR29V3GDW5B0V94C9ZXMS", "kind": "export", "state": "confirmed", "user_id": "u_42",
        "reference": "7KQ2MX", "opened_at": "2026-11-22T10:15:00.412Z", "asked_at": "2026-11-22T10:15:00.900Z",
        "confirmed_at": "2026-11-22T11:02:31.007Z", "carried_out_at": null, "ended_at": null, "fetched_at": null,
        "due_at": "2026-12-22T11:02:31.007Z", "owed": true, "receipt": null, "last_error": null
    })
}

/// Requests.
#[must_use]
pub fn requests() -> Value {
    json!({"data": [request()], "next_cursor": null})
}
