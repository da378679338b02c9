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

/// The longest input that is put together before it is hashed, in bytes.
const ONE_PIECE: usize = 256;

/// A keyed hash of what kind it is, a zero, and `parts`, one after the other. Nearly all that is derived is short, and put
/// together first: BLAKE3 is through sooner with one piece than with several.
#[must_use]
pub fn keyed(key: &[u8; 32], kind: &[u8], parts: &[&[u8]]) -> blake3::Hash {
    let mut piece = [0; ONE_PIECE];
    let mut end = 0;
    for part in [kind, &[0]].iter().chain(parts) {
        let Some(place) = piece.get_mut(end..end + part.len()) else { return keyed_in_pieces(key, kind, parts) };
        place.copy_from_slice(part);
        end += part.len();
    }
    blake3::keyed_hash(key, &piece[..end])
}

fn keyed_in_pieces(key: &[u8; 32], kind: &[u8], parts: &[&[u8]]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(kind).update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_same_in_one_piece_and_in_several() {
        let (key, text) = ([7; 32], [b'x'; 2 * ONE_PIECE]);
        for length in [0, 1, 60, 247, 248, 249, 250, 251, 2 * ONE_PIECE] {
            let parts: [&[u8]; 2] = [b"ab", &text[..length]];
            let whole = [b"kind\0ab", &text[..length]].concat();
            assert_eq!(keyed(&key, b"kind", &parts), blake3::keyed_hash(&key, &whole), "{length}");
            assert_eq!(keyed_in_pieces(&key, b"kind", &parts), blake3::keyed_hash(&key, &whole), "{length}");
        }
    }
}
