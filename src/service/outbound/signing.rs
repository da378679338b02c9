//! Secrets and signatures as the Standard Webhooks specification writes them
//! (<https://github.com/standard-webhooks/standard-webhooks>): what a receiver verifies with any of its libraries.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::{
    time::{MINUTE_MS, SECOND_MS, Timestamp},
    tokens::same,
};

/// How a secret starts when it is written.
const SECRET_PREFIX: &str = "whsec_";
/// How a signature starts: the version of the scheme, HMAC-SHA256.
const VERSION: &str = "v1,";

/// A secret as its receiver keeps it.
#[must_use]
pub fn secret_text(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(secret))
}

/// The bytes of a secret, with or without `whsec_` before them.
#[must_use]
pub fn read_secret(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text).as_bytes()).ok()
}

/// The signature of a message under one secret: `v1,` and the base64 of HMAC-SHA256 over `id.seconds.body`.
#[must_use]
pub fn signature(secret: &[u8], id: &str, at: Timestamp, body: &[u8]) -> String {
    // HMAC takes keys of every length: with this one there is no error.
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

/// How far the clock of a sender may be from ours: what the libraries allow.
pub const TOLERANCE_MS: i64 = 5 * MINUTE_MS;

/// What a message says of itself in its headers, as it stands there.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970.
    pub sent_at: &'a str,
    /// `webhook-signature`: one or more, with spaces between them.
    pub signatures: &'a str,
}

/// Whether a message with these headers is signed with the secret and is recent. Takes the same time for every wrong
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
