//! What travels about people's rights.

use serde_json::{Value, json};

/// A page of the audit.
#[must_use]
pub fn audit() -> Value {
    json!({
        "data": [
            {
                "number": 2, "at": "2026-11-22T10:20:00.000Z", "actor": "key:7k2m9q4w8x1c5v3b", "action": "person.read",
                "outcome": "done",
                "subject": {"kind": "login", "id": "lgn_01M88BR29V3HMEG27S69NTFQE2", "user_id": "u_42"},
                "query": null, "purpose": "ticket 4711",
                "hash": "3f9a0d6c5be1742893d0aa71c6e55d0f4b8e21f7790c3a6d1e5f8b2a9c4d7e60"
            },
            {
                "number": 1, "at": "2026-11-22T10:18:00.000Z", "actor": "key:7k2m9q4w8x1c5v3b", "action": "persons.search",
                "outcome": "done", "subject": null, "query": "status=new&limit=100", "purpose": null,
                "hash": "b04c7e1d92f85a3660de4f7b18c9a2e35d71f06c8b94ea2d37c5f1086a9be423"
            }
        ],
        "next_cursor": null
    })
}
