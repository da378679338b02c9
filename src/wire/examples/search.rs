//! Saved searches.

use serde_json::{Value, json};

/// A search to be saved.
#[must_use]
pub fn search_request() -> Value {
    json!({"name": "High risk in Brazil", "q": "country:BR risk>=0.6 last:7d", "notify": true})
}

/// The searches of a tenant.
#[must_use]
pub fn searches() -> Value {
    json!({"data": [{
        "name": "High risk in Brazil", "q": "country:BR risk>=0.6 last:7d", "notify": true,
        "saved_at": "2026-11-20T08:00:00.000Z",
        "found": {
            "login_id": "lgn_01M88BR29V3HMEG27S69NTFQE2", "event_id": "evt_01M88BR29V5W6X7Y8Z9A0B1C2D",
            "at": "2026-11-22T10:15:00.000Z"
        }
    }], "version": "3"})
}
