//! Signatures are those of the Standard Webhooks libraries.

use serde_json::Value;
use watchlight::{
    domain::time::Timestamp,
    service::outbound::signing::{headers, read_secret, secret_text, signature},
};

/// What a receiver's library says of a message: one of its signatures is ours, and it is neither old nor of the future.
fn is_valid(vector: &Value) -> bool {
    // Some senders call the headers after the company that began it.
    let named = |name: &str| vector["headers"].get(name).and_then(Value::as_str);
    let header = |name: &str| named(&format!("webhook-{name}")).or_else(|| named(&format!("svix-{name}")));
    let (Some(id), Some(seconds), Some(signatures)) = (header("id"), header("timestamp"), header("signature")) else {
        return false;
    };
    let Ok(seconds) = seconds.parse::<i64>() else { return false };
    let recent = (seconds - vector["now"].as_i64().unwrap()).abs() <= 300;
    let secret = read_secret(vector["secret"].as_str().unwrap().trim_start_matches("v1,")).unwrap();
    let body = vector["body"].as_str().unwrap().as_bytes();
    let ours = signature(&secret, id, Timestamp::from_unix_ms(seconds * 1_000), body);
    recent && signatures.split(' ').any(|it| it == ours)
}

#[test]
fn the_published_vectors_hold() {
    let vectors = include_str!("../../data/webhooks/standard_webhooks_vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    for vector in vectors {
        assert_eq!(is_valid(vector), vector["expected_valid"].as_bool().unwrap(), "{}", vector["case"]);
    }
    assert!(vectors.iter().filter(|it| is_valid(it)).count() >= 2);
}

#[test]
fn every_secret_signs() {
    let at = Timestamp::from_unix_ms(1_614_265_330_999);
    let headers = headers(&[[1; 32], [2; 32]], "evt_1", at, b"{}");
    let both = [[1; 32], [2; 32]].map(|it| signature(&it, "evt_1", at, b"{}")).join(" ");
    let expected = [("webhook-id", "evt_1"), ("webhook-timestamp", "1614265330"), ("webhook-signature", both.as_str())];
    assert_eq!(headers.iter().map(|(name, it)| (*name, it.as_str())).collect::<Vec<_>>(), expected);
}

#[test]
fn a_secret_is_read_back() {
    let text = secret_text(&[7; 32]);
    assert!(text.starts_with("whsec_") && text.len() == 6 + 44, "{text}");
    assert_eq!(read_secret(&text), Some(vec![7; 32]));
    assert_eq!(read_secret("whsec_é"), None);
}
