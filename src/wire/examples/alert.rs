//! Alerts.

use serde_json::{Value, json};

use crate::wire::examples::merge::{list, merge};

/// An alert whose mail has been sent.
#[must_use]
pub fn alert() -> Value {
    json!({
        "id": "alr_01M88BR29V3GDW5B0V94C9ZXMR", "login_id": "lgn_01M88BR29V3HMEG27S69NTFQE2", "user_id": "u_42",
        "device_id": "dev_d404d00f00bf43c2", "kind": "new_device", "level": "high",
        "created_at": "2026-11-22T10:15:00.412Z", "state": "sent", "reason": null, "attempts": 1,
        "next_attempt_at": null, "last_error": null, "settled_at": "2026-11-22T10:15:01.020Z", "answer": "none",
        "answered_by": null, "answers": []
    })
}

/// What a colleague answered.
#[must_use]
pub fn statement() -> Value {
    json!({
        "answer": "denied", "by": "operator", "at": "2026-11-22T10:41:07.310Z", "author": "opr_3K76JY6G9Q0T5R2W4X8Z1B7C0D"
    })
}

/// A page of alerts.
#[must_use]
pub fn alerts() -> Value {
    list(&alert())
}

/// The same alert with the facts in its mail.
#[must_use]
pub fn user_alert() -> Value {
    merge(
        alert(),
        json!({
            "reference": "4SYHFF", "occurred_at": "2026-11-22T10:15:00.000Z", "browser": "Firefox", "os": "Linux",
            "ip": "200.160.2.3", "country": "BR", "place": "São Paulo, Brazil", "method": "password",
            "reasons": ["new_device", "new_country", "new_network"]
        }),
    )
}

/// A page of a user's alerts.
#[must_use]
pub fn user_alerts() -> Value {
    list(&user_alert())
}
