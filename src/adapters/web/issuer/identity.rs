//! Reads the claims of an identity.

use serde_json::{Map, Value};

use crate::domain::{operator::claims::Claims, time::Timestamp};

/// Which claims have what only we ask for.
#[derive(Clone, Debug)]
pub struct ClaimNames {
    /// The role.
    pub role: String,
    /// The tenants, if the issuer says them.
    pub tenants: Option<String>,
}

/// Reads claims. `None` if one that every identity has is missing, or is no such thing.
#[must_use]
pub fn read(claims: &Map<String, Value>, names: &ClaimNames) -> Option<Claims> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let time = |name: &str| Some(Timestamp::from_unix_ms(claims.get(name)?.as_i64()?.checked_mul(1_000)?));
    Some(Claims {
        issuer: text("iss")?,
        subject: text("sub")?,
        audiences: texts(claims.get("aud")),
        authorized_party: text("azp"),
        issued_at: time("iat")?,
        expires_at: time("exp")?,
        nonce: text("nonce"),
        email: text("email"),
        is_email_verified: claims.get("email_verified").map(is_true),
        roles: texts(named(claims, &names.role)),
        tenants: names.tenants.as_ref().map(|name| texts(named(claims, name))),
    })
}

/// A text, or a list of them; anything else is none.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Some issuers write it as a text. What is neither is not verified.
fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_str() == Some("true")
}

/// A claim by its name, or by the path to it: `realm_access.roles`.
fn named<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    named(claims.get(first)?.as_object()?, rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_with(more: &Value, names: [&str; 2]) -> Option<Claims> {
        let mut claims = json!({"iss": "https://id.example", "sub": "1", "aud": "watchlight", "iat": 5, "exp": 10});
        claims.as_object_mut()?.extend(more.as_object()?.clone());
        let [role, tenants] = names.map(str::to_owned);
        read(claims.as_object()?, &ClaimNames { role, tenants: Some(tenants).filter(|it| !it.is_empty()) })
    }

    #[test]
    fn a_claim_is_found_by_name_or_path() {
        let roles = |more: &Value, name| read_with(more, [name, ""]).unwrap().roles;
        assert_eq!(roles(&json!({"roles": "admin"}), "roles"), ["admin"]);
        assert_eq!(roles(&json!({"roles": ["a", 5, "b"]}), "roles"), ["a", "b"]);
        assert_eq!(roles(&json!({"realm_access": {"roles": ["a"]}}), "realm_access.roles"), ["a"]);
        assert_eq!(roles(&json!({"https://us.example/roles": ["a"]}), "https://us.example/roles"), ["a"]);
        assert!(roles(&json!({"roles": {"admin": true}}), "roles").is_empty());
        assert!(roles(&json!({}), "realm_access.roles").is_empty());
    }

    #[test]
    fn tenants_are_read_only_if_they_are_asked_for() {
        let more = json!({"tenants": ["acme"]});
        assert_eq!(read_with(&more, ["roles", ""]).unwrap().tenants, None);
        assert_eq!(read_with(&more, ["roles", "tenants"]).unwrap().tenants, Some(vec!["acme".to_owned()]));
        assert_eq!(
            read_with(&json!({}), ["roles", "tenants"]).unwrap().tenants,
            Some(Vec::new()),
            "asked and not told"
        );
    }

    #[test]
    fn what_is_no_identity_is_none() {
        for more in [
            json!({"exp": null}),
            json!({"exp": "10"}),
            json!({"exp": i64::MAX}),
            json!({"iss": ["a"]}),
            json!({"sub": 1}),
        ] {
            assert_eq!(read_with(&more, ["roles", ""]), None, "{more}");
        }
        let verified =
            |value: Value| read_with(&json!({"email_verified": value}), ["roles", ""]).unwrap().is_email_verified;
        assert_eq!([verified(json!(true)), verified(json!("true"))], [Some(true); 2]);
        assert_eq!([verified(json!(false)), verified(json!("false")), verified(json!(1))], [Some(false); 3]);
        assert_eq!(read_with(&json!({}), ["roles", ""]).unwrap().is_email_verified, None);
    }
}
