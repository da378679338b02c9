//! Counts of logins.

use serde_json::{Value, json};

/// By country.
#[must_use]
pub fn counts() -> Value {
    json!({
        "data": [{"value": "FI", "logins": 57}, {"value": "BR", "logins": 12}, {"value": null, "logins": 3}],
        "other": 4,
        "logins": 76,
        "counted_to": "2026-11-22T10:15:00.000Z",
        "query": "-status:recognized since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z"
    })
}

/// By country and hour.
#[must_use]
pub fn counts_of_two() -> Value {
    json!({
        "data": [{"values": ["FI", "8"], "logins": 40}, {"values": ["FI", "13"], "logins": 17}],
        "other": 0,
        "logins": 57,
        "at_least": true,
        "counted_to": "2026-11-22T10:15:00.000Z"
    })
}

/// By country, as a table.
#[must_use]
pub fn counts_table() -> &'static str {
    "country,logins\r\nFI,57\r\nBR,12\r\n,3\r\n"
}
