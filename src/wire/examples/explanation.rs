//! What is known around a login, and two logins compared.

use serde_json::{Value, json};

use crate::wire::examples::{alert, merge::merge};

/// Two of the eleven answers, and the verdict that is proposed.
#[must_use]
pub fn explanation() -> Value {
    json!({
        "login": "lgn_01M88BR29V3HMEG27S69NTFQE2", "user_id": "u_42",
        "questions": [
            {
                "question": 1, "key": "normal", "title": "Is this normal for the user?",
                "sentences": [
                    "This device was used in none of the last 34 logins; usual is Chrome on Windows (30 of 34).",
                    "The user signed in from Brazil in none of the last 34 logins; usual is Finland (34 of 34)."
                ],
                "query": "user:u_42 outcome:success until:2026-11-22T10:15:00.000Z", "logins": 34, "at_least": false,
                "findings": {
                    "compared": 34, "device": 0, "browser": 0, "country": 0, "network": 0, "prefix": 0, "hour": 20,
                    "usual_browser": "Chrome", "usual_os": "Windows", "usual_country": "FI"
                }
            },
            {
                "question": 10, "key": "told", "title": "Was the user told, and what did they answer?",
                "sentences": [
                    "The mail server accepted the warning on 22 November 2026, 10:15 UTC.",
                    "The user answered by the mail on 22 November 2026, 10:41 UTC: it was not them."
                ],
                "query": "user:u_42 login:lgn_01M88BR29V3HMEG27S69NTFQE2", "logins": 1, "at_least": false,
                "findings": {
                    "warned": true, "alert": "alr_01M88BR29V3GDW5B0V94C9ZXMR", "mail": "sent", "reason": null,
                    "settled_at": "2026-11-22T10:15:02.000Z", "answer": "denied", "answered_by": "user",
                    "answers": [merge(alert::statement(), json!({"by": "user", "author": null}))]
                }
            }
        ],
        "proposed_verdict": {
            "verdict": "compromised", "ground": "user_denied", "reason": "The user answered the warning: it was not them."
        }
    })
}

/// Ana's login, and that of somebody else, compared.
#[must_use]
pub fn comparison() -> Value {
    json!({
        "earlier": {"id": "lgn_01M86ZB5A1C7N4M0W1R9E2XK3P", "user_id": "u_42", "name": "Chrome 142 on Windows 11"},
        "later": {"id": "lgn_01M88BR29V3HMEG27S69NTFQE2", "user_id": "u_42", "name": "Firefox 145 on Linux"},
        "apart_s": 90_900, "same_device": false, "same_fingerprint": false,
        "sentences": [
            "Both logins are of one user, 25 hours apart: Chrome 142 on Windows 11, then Firefox 145 on Linux.",
            "They are two browsers, whatever else agrees: the operating systems are of two families."
        ],
        "verdict": {
            "bits": -31.5, "score": 0.0, "gate": "other_operating_system", "looks_alike": false,
            "network": {
                "result": "changed", "bits": -1.5,
                "explanation": "another network: 2.8 times as likely of another device as of the same"
            }
        },
        "attributes": [{
            "name": "screen_resolution", "words": "screen resolution", "result": "changed", "bits": -2.0,
            "explanation": "another screen resolution: 4.0 times as likely of another device as of the same",
            "from": {"value": "1920×1080", "probable": true}, "to": {"value": "2560×1440", "probable": true}
        }]
    })
}
