//! Webhooks.

use serde_json::{Value, json};

use crate::wire::examples::{alert::user_alert, login::past_login, merge::merge};

/// A webhook to be created.
#[must_use]
pub fn webhook_request() -> Value {
    json!({
        "url": "https://acme.example/hooks/watchlight", "description": "The fraud desk",
        "events": ["login.new_device", "login.repudiated"], "enabled": true
    })
}

/// The webhook.
#[must_use]
pub fn webhook() -> Value {
    merge(
        webhook_request(),
        json!({
            "id": "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0", "created_at": "2026-11-20T08:00:00.000Z",
            "previous_secret_expires_at": null
        }),
    )
}

/// The webhook, and its secret.
#[must_use]
pub fn webhook_secret() -> Value {
    merge(webhook(), json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}))
}

/// A tenant's webhooks.
#[must_use]
pub fn webhooks() -> Value {
    json!({"data": [webhook()]})
}

/// A failed attempt to post a message, which will be tried again.
#[must_use]
pub fn attempt() -> Value {
    json!({
        "event_id": "evt_01M88BR29V3GDW5B0V94C9ZXMS", "type": "login.new_device", "attempt": 1,
        "at": "2026-11-22T10:15:00.900Z", "duration_ms": 31, "status": 503, "error": "it answered 503",
        "next_attempt_at": "2026-11-22T10:15:05.900Z"
    })
}

/// Attempts.
#[must_use]
pub fn attempts() -> Value {
    json!({"data": [attempt()]})
}

/// A message as it is posted.
#[must_use]
pub fn message() -> Value {
    json!({
        "type": "login.new_device", "timestamp": "2026-11-22T10:15:00.412Z",
        "data": {"alert": user_alert(), "login": past_login()}
    })
}
