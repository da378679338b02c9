//! Secrets and signatures of the Standard Webhooks specification
//! (<https://github.com/standard-webhooks/standard-webhooks>). Receivers can verify them with any of its libraries.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::{
    time::{MINUTE_MS, SECOND_MS, Timestamp},
    tokens::same,
};

/// The prefix of a secret in text form.
const SECRET_PREFIX: &str = "whsec_";
/// The prefix of a signature: the version of the scheme, HMAC-SHA256.
const VERSION: &str = "v1,";

/// A secret in the text form that its receiver keeps.
#[must_use]
pub fn secret_text(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(secret))
}

/// The bytes of a secret in text form, with or without the prefix `whsec_`.
#[must_use]
pub fn read_secret(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text).as_bytes()).ok()
}

/// The signature of a message under one secret: `v1,` and the base64 of HMAC-SHA256 over `id.seconds.body`.
#[must_use]
pub fn signature(secret: &[u8], id: &str, at: Timestamp, body: &[u8]) -> String {
    // HMAC accepts keys of every length, so there is no error here.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{}.", seconds(at)).as_bytes());
    mac.update(body);
    format!("{VERSION}{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// The headers of a message, signed with each of the secrets.
#[must_use]
pub fn headers(secrets: &[[u8; 32]], id: &str, at: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
    let signatures: Vec<String> = secrets.iter().map(|it| signature(it, id, at, body)).collect();
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds(at).to_string()),
        ("webhook-signature", signatures.join(" ")),
    ]
}

/// How far a sender's clock may differ from ours: as much as the libraries of the specification allow.
pub const TOLERANCE_MS: i64 = 5 * MINUTE_MS;

/// The headers of a signed message, as they were received.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970.
    pub sent_at: &'a str,
    /// `webhook-signature`: one or more signatures, separated by spaces.
    pub signatures: &'a str,
}

/// Whether a message with these headers is signed with the secret and recent. Takes the same time for every wrong
/// signature.
#[must_use]
pub fn is_signed(now: Timestamp, secret: &[u8], headers: &SignedHeaders<'_>, body: &[u8]) -> bool {
    let SignedHeaders { id, sent_at, signatures } = *headers;
    let Ok(seconds) = sent_at.parse::<i64>() else { return false };
    let at = Timestamp::from_unix_ms(seconds.saturating_mul(SECOND_MS));
    let expected = signature(secret, id, at, body);
    let one_fits = signatures.split(' ').any(|given| same(given.as_bytes(), expected.as_bytes()));
    one_fits && now.ms_since(at).saturating_abs() <= TOLERANCE_MS
}

fn seconds(at: Timestamp) -> i64 {
    at.unix_ms().div_euclid(SECOND_MS)
}
