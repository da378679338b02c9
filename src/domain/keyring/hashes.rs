//! What is taken of a hash.

use crate::domain::ids::BASE32;

/// Six letters that show whether `text` was mistyped or copied wrongly. Not a secret: it protects from slips, not from
/// attacks.
#[must_use]
pub fn checksum(text: &str) -> String {
    six_letters(&blake3::hash(text.as_bytes()))
}

/// Thirty bits of a hash, in letters that people can read.
#[must_use]
pub fn six_letters(hash: &blake3::Hash) -> String {
    hash.as_bytes()[..6].iter().map(|byte| char::from(BASE32[usize::from(byte & 31)])).collect()
}

/// The first 16 bytes of a hash.
#[must_use]
pub fn half(hash: blake3::Hash) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes
}

/// The first 8 bytes of a hash, as a number.
#[must_use]
pub fn first_u64(hash: &blake3::Hash) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(bytes)
}
