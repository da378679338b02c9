//! Operators of the console.

use serde_json::{Value, json};

/// Somebody to be invited.
#[must_use]
pub fn operator_request() -> Value {
    json!({"email": "kim@example.com", "role": "analyst"})
}

/// The operators of a tenant.
#[must_use]
pub fn operators() -> Value {
    json!({"data": [{
        "id": "opr_7ZK2QX4N6W8Y0A1B2C3D4E5F6G", "email": "kim@example.com", "role": "analyst", "status": "active",
        "invited_at": "2026-11-20T08:00:00.000Z"
    }]})
}

/// Somebody who was invited.
#[must_use]
pub fn invitation() -> Value {
    json!({
        "id": "opr_7ZK2QX4N6W8Y0A1B2C3D4E5F6G", "email": "kim@example.com", "role": "analyst", "status": "invited",
        "invited_at": "2026-11-22T10:15:00.000Z",
        "invitation_url": "https://watchlight.example.com/console/invitation/zpKvZLmrY4bTk1pTJt8XAQpu0t4WtKkYQVZC8zTnOgTkQpu0t4WtKkYQVZC8zTnO",
        "expires_at": "2026-11-22T10:30:00.000Z"
    })
}
