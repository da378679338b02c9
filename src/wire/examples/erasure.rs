//! Erasures.

use serde_json::{Value, json};

/// The receipt of an erasure.
#[must_use]
pub fn receipt() -> Value {
    json!({
        "receipt": "rcp_01M88BR29V3GDW5B0V94C9ZXMS", "erased_at": "2026-11-22T10:15:00.412Z",
        "counts": {"logins": 34, "alerts": 2, "sessions": 12, "devices": 3},
        "signature": "8f1d2c3b4a5968778695a4b3c2d1e0ff8f1d2c3b4a5968778695a4b3c2d1e0ff"
    })
}
