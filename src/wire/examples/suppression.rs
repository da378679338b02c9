//! Suppressed e-mail addresses, and reports about mails.

use serde_json::{Value, json};

/// An address.
#[must_use]
pub fn address_request() -> Value {
    json!({"email": "ana@example.com"})
}

/// How many addresses are suppressed.
#[must_use]
pub fn counts() -> Value {
    json!({"refused": 2, "bounced": 5, "complained": 1})
}

/// A suppressed address.
#[must_use]
pub fn suppression() -> Value {
    json!({"suppressed": true, "cause": "bounced", "since": "2026-11-22T10:16:00.000Z"})
}

/// Reports of a mail service.
#[must_use]
pub fn mail_events_request() -> Value {
    json!({"events": [
        {
            "type": "bounce", "recipient": "ana@example.com", "alert": "alr_01M88BR29V3GDW5B0V94C9ZXMR",
            "status": "5.1.1"
        },
        {"type": "complaint", "recipient": "ben@example.com", "tenant": "acme"}
    ]})
}

/// The answer to them.
#[must_use]
pub fn mail_events_answer() -> Value {
    json!({"suppressed": 2, "known": 0, "ignored": 0})
}
