//! Examples made from others.

use serde_json::Value;

/// The members of both. If both have one, the later one's.
#[must_use]
pub fn merge(earlier: Value, later: Value) -> Value {
    match (earlier, later) {
        (Value::Object(mut members), Value::Object(more)) => {
            members.extend(more);
            Value::Object(members)
        }
        (_, later) => later,
    }
}

/// A list with one page and one entry.
#[must_use]
pub fn list(entry: &Value) -> Value {
    serde_json::json!({ "data": [entry], "next_cursor": null })
}
