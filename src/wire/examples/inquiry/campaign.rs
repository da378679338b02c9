//! Who was tried from where.

use serde_json::{Value, json};

use crate::wire::examples::{alert, merge::merge};

/// Its users as a table.
#[must_use]
pub fn campaign_table() -> &'static str {
    "user_id,failures,successes,sources,first_at,last_at,entered_at,warned,told,answer,verdict,answered_by,answers\r\n\
        ana,6,1,1,2026-11-22T10:08:40.000Z,2026-11-22T10:15:00.123Z,2026-11-22T10:15:00.123Z,true,true,denied,compromised,user,denied by user\r\n"
}

/// A campaign from one address.
#[must_use]
pub fn campaign() -> Value {
    json!({
        "logins": 12, "failures": 10, "successes": 2, "at_least": false,
        "first_at": "2026-11-22T10:02:11.000Z", "last_at": "2026-11-22T10:15:00.123Z",
        "users": {"tried": 5, "entered": 2, "cleared": 0, "told": 1, "denied": 1, "denied_themselves": 1, "compromised": 1},
        "source_count": 1,
        "sources": [{
            "address": "216.160.83.56", "country": "US", "asn": 209, "failures": 10, "successes": 2, "users": 5,
            "entered": 2, "first_at": "2026-11-22T10:02:11.000Z", "last_at": "2026-11-22T10:15:00.123Z"
        }],
        "targets": [{
            "user_id": "ana", "failures": 6, "successes": 1, "sources": 1, "first_at": "2026-11-22T10:08:40.000Z",
            "last_at": "2026-11-22T10:15:00.123Z", "entered_at": "2026-11-22T10:15:00.123Z", "warned": true,
            "told": true, "answer": "denied", "answered_by": "user", "answers": [merge(alert::statement(), json!({"by": "user", "author": null}))],
            "verdict": "compromised"
        }],
        "links": [{"source": 0, "target": 0, "failures": 6, "successes": 1}],
        "shared": [{"by": "asn", "value": "209", "name": "CenturyLink", "logins": 12, "users": 5},
            {"by": "method", "value": "password", "name": null, "logins": 12, "users": 5}],
        "hours": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "query": "ip:216.160.83.0/24 since:2026-11-22T00:00:00.000Z"
    })
}
