//! A case.

use serde_json::{Value, json};

use crate::wire::examples::{alert, login, merge::merge, person};

/// A login of a case.
#[must_use]
pub fn finding() -> Value {
    merge(
        login::past_login(),
        json!({
            "mail": "sent", "answer": "denied", "answered_by": "user",
            "answers": [merge(alert::statement(), json!({"by": "user", "author": null}))], "verdict": "compromised",
            "known": "attack",
            "notes": [merge(person::note(), json!({"verdict": "compromised"}))]
        }),
    )
}

/// A case.
#[must_use]
pub fn case() -> Value {
    json!({"data": [finding()], "missing": ["lgn_01M86ZB5A1C7N4M0W1R9E2XK3P"]})
}

/// A case, as lines of a scenario.
#[must_use]
pub fn scenario() -> &'static str {
    concat!(
        r#"{"occurred_at":"2026-11-22T10:15:00.123Z","outcome":"success","method":"password","user":{"id":"ana"},"#,
        r#""client":{"ip":"216.160.83.56","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0","#,
        r#""fingerprint":{"case_device":"dev_9c1f3b0a5d7e2468"}},"#,
        r#""truth":{"owner":false,"known_device":false,"attack":"case","device_id":"dev_9c1f3b0a5d7e2468"}}"#,
        "\n"
    )
}
