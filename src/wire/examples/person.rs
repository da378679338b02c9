//! What persons correct and ask for.

use serde_json::{Value, json};

use crate::wire::examples::{
    alert::user_alert,
    login::{device, login_detail, past_login},
    merge::merge,
    privacy::audit,
    request::request,
    session::session,
};

/// A correction.
#[must_use]
pub fn contact_request() -> Value {
    json!({"email": "ana@example.com", "time_zone": null})
}

/// How a person is written to after it.
#[must_use]
pub fn contact() -> Value {
    json!({"email": "ana@example.com", "locale": "fi", "time_zone": null, "told_at": "2026-11-22T10:20:00.000Z"})
}

/// A wish.
#[must_use]
pub fn processing_request() -> Value {
    json!({"mode": "minimal", "reason": "objection of 22 November"})
}

/// The mode after it.
#[must_use]
pub fn processing() -> Value {
    json!({"mode": "minimal", "reason": "objection of 22 November", "since": "2026-11-22T10:20:00.000Z"})
}

/// A note to be written.
#[must_use]
pub fn note_request() -> Value {
    json!({"text": "Called back on 22 November: it was not her."})
}

/// The note.
#[must_use]
pub fn note() -> Value {
    json!({
        "id": "nte_01M88BR29V3HMEG27S69NTFQE2", "login": "lgn_01M88BR29V3HMEG27S69NTFQE2",
        "verdict": null, "text": "Called back on 22 November: it was not her.", "author": "7k2m9q4w8x1c5v3b",
        "created_at": "2026-11-22T11:40:00.000Z"
    })
}

/// A verdict to be given.
#[must_use]
pub fn verdict_request() -> Value {
    json!({"verdict": "compromised", "reason": "She was at home and has no such browser.", "replaces": null})
}

/// The verdict.
#[must_use]
pub fn verdict() -> Value {
    merge(
        note(),
        json!({
            "id": "nte_01M88BR29V4V5W6X7Y8Z9A0B1C", "verdict": "compromised",
            "text": "She was at home and has no such browser."
        }),
    )
}

/// The verdict, and what came of it.
#[must_use]
pub fn verdict_given() -> Value {
    merge(verdict(), json!({"device_denied": true, "replaced": null}))
}

/// The notes on a login.
#[must_use]
pub fn notes() -> Value {
    json!({"data": [note(), verdict()]})
}

/// All that is kept about Ana, with one record of each kind.
#[must_use]
pub fn export() -> Value {
    let detail = login_detail();
    let imported = json!({
        "occurred_at": "2026-11-22T10:15:00.000Z", "outcome": "success", "method": "password", "session_id": "s_20",
        "user": {"id": "u_42", "email": "ana@example.com", "locale": "fi"}, "client": {"ip": "200.160.2.3"}
    });
    let login = json!({
        "processing": "full", "policy": detail["policy"], "evidence": detail["evidence"], "import": imported
    });
    let kept = json!({"alert_id": "alr_01M88BR29V3GDW5B0V94C9ZXMR", "attributes": ["screen_resolution"]});
    json!({
        "format_version": 1, "exported_at": "2026-11-22T12:00:00.000Z", "user_id": "u_42",
        "profile": {
            "contact": contact(), "logins": 36, "first_login_at": "2026-03-01T08:00:00.000Z",
            "countries": [{"country": "FI", "last_seen_at": "2026-11-21T09:00:00.000Z", "logins": 34}],
            "networks": [{"asn": 719, "last_seen_at": "2026-11-21T09:00:00.000Z"}],
            "last_place": {
                "at": "2026-11-21T09:00:00.000Z", "latitude": 60.17, "longitude": 24.94, "accuracy_km": 20, "asn": 719
            },
            "hours": [0, 0, 0, 0, 0, 0, 0, 4, 20, 10, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0],
            "recent_alerts": ["2026-11-22T10:15:00.412Z"], "recent_failures": []
        },
        "devices": [merge(device(), kept)], "processing": processing(),
        "suppression": {"suppressed": false, "cause": null, "since": null},
        "retention": [{"class": "logins", "days": 180}],
        "sources": [{"name": "GeoLite2-City", "built_at": "2026-11-17T00:00:00.000Z"}],
        "logic": ["Each sign-in is compared with the devices, places, networks and times of your earlier ones."],
        "logins": [merge(past_login(), login)],
        "alerts": [merge(user_alert(), json!({"recipient": null}))],
        "sessions": [session()], "notes": [note()], "requests": [request()], "reads": [audit()["data"][0]],
        "counts": {"logins": 1, "alerts": 1, "sessions": 1, "notes": 1, "requests": 1, "reads": 1}
    })
}
