//! The form of what is sealed: XChaCha20-Poly1305.
//!
//! A nonce is a keyed hash of everything that is sealed with it, so no chance is needed: the same record is sealed to the
//! same bytes again, and two different ones never share a nonce. What is sealed is bound to its name and to the bytes that
//! stand before it in the clear: a record that is moved to another place, or changed by a bit, is not opened.

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};

use crate::domain::salt::SealingKey;

/// Bytes of a nonce.
const NONCE: usize = 24;
/// Bytes of a tag.
const TAG: usize = 16;
/// How much longer something is once it is sealed.
pub const OVERHEAD: usize = NONCE + TAG;

/// What is sealed was not sealed with this key, under this name and behind these bytes, or was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealable;

/// Seals `secret` under `name`, which is the record's place, and returns it behind `clear`: clear bytes, nonce, encrypted
/// bytes, tag.
#[must_use]
pub fn seal(key: &SealingKey, name: &[u8], clear: &[u8], secret: &[u8]) -> Vec<u8> {
    let (cipher, nonce_key) = parts(key);
    let bound = bound(name, clear);
    let mut hasher = blake3::Hasher::new_keyed(&nonce_key);
    hasher.update(&length(&bound)).update(&bound).update(secret);
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&hasher.finalize().as_bytes()[..NONCE]);
    let mut sealed = Vec::with_capacity(clear.len() + OVERHEAD + secret.len());
    sealed.extend_from_slice(clear);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(secret);
    let hidden = &mut sealed[clear.len() + NONCE..];
    // Fails only for more than 256 GiB.
    let tag = cipher.encrypt_inout_detached(&XNonce::from(nonce), &bound, hidden.into()).unwrap_or_default();
    sealed.extend_from_slice(&tag);
    sealed
}

/// Opens what stands behind the first `clear` bytes of `sealed`.
///
/// # Errors
/// See [`Unsealable`].
pub fn open(key: &SealingKey, name: &[u8], sealed: &[u8], clear: usize) -> Result<Vec<u8>, Unsealable> {
    let (clear, rest) = sealed.split_at_checked(clear).ok_or(Unsealable)?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
    let (hidden, tag) = rest.split_last_chunk::<TAG>().ok_or(Unsealable)?;
    let (cipher, _) = parts(key);
    let mut secret = hidden.to_vec();
    let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
    let opened = cipher.decrypt_inout_detached(&nonce, &bound(name, clear), secret.as_mut_slice().into(), &tag);
    opened.map(|()| secret).map_err(|_| Unsealable)
}

fn parts(key: &SealingKey) -> (XChaCha20Poly1305, [u8; 32]) {
    let (mut encrypt, mut nonce) = ([0; 32], [0; 32]);
    encrypt.copy_from_slice(&key.0[..32]);
    nonce.copy_from_slice(&key.0[32..]);
    (XChaCha20Poly1305::new(&encrypt.into()), nonce)
}

/// Name and clear bytes, so that no two pairs run together.
fn bound(name: &[u8], clear: &[u8]) -> Vec<u8> {
    [&length(name)[..], name, clear].concat()
}

fn length(bytes: &[u8]) -> [u8; 8] {
    // A `usize` has at most 64 bits on every target that Rust knows.
    u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SealingKey = SealingKey([7; 64]);

    #[test]
    fn what_is_sealed_is_opened_with_its_key_in_its_place_alone() {
        let sealed = seal(&KEY, b"login 1", b"clear", b"203.0.113.9");
        assert_eq!(sealed.len(), 5 + 11 + OVERHEAD);
        assert!(sealed.starts_with(b"clear") && !sealed.windows(11).any(|it| it == b"203.0.113.9"));
        assert_eq!(open(&KEY, b"login 1", &sealed, 5).as_deref(), Ok(&b"203.0.113.9"[..]));
        assert_eq!(open(&SealingKey([8; 64]), b"login 1", &sealed, 5), Err(Unsealable));
        assert_eq!(open(&KEY, b"login 2", &sealed, 5), Err(Unsealable), "moved");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&KEY, b"login 1", &changed, 5), Err(Unsealable), "byte {at}");
            assert_eq!(open(&KEY, b"login 1", &sealed[..at], 5), Err(Unsealable), "cut at {at}");
        }
    }

    #[test]
    fn the_same_is_sealed_to_the_same_bytes_and_nothing_else_is() {
        let one = seal(&KEY, b"n", b"c", b"secret");
        assert_eq!(seal(&KEY, b"n", b"c", b"secret"), one);
        let nonce = |sealed: &[u8]| sealed[1..=NONCE].to_vec();
        for other in
            [seal(&KEY, b"n", b"c", b"secreu"), seal(&KEY, b"m", b"c", b"secret"), seal(&KEY, b"n", b"d", b"secret")]
        {
            assert_ne!(nonce(&other), nonce(&one));
        }
    }

    #[test]
    fn the_bytes_are_those_of_a_published_library() {
        // XChaCha20-Poly1305 as libsodium and draft-irtf-cfrg-xchacha-03 have it: opening its vector A.3.1.
        let mut key = [0; 64];
        for (at, byte) in key[..32].iter_mut().enumerate() {
            *byte = 0x80 + u8::try_from(at).unwrap();
        }
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let aad = [0x50, 0x51, 0x52, 0x53, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7];
        let nonce: [u8; 24] = std::array::from_fn(|at| 0x40 + u8::try_from(at).unwrap());
        let (cipher, _) = parts(&SealingKey(key));
        let mut text = plain.to_vec();
        let tag = cipher.encrypt_inout_detached(&XNonce::from(nonce), &aad, text.as_mut_slice().into()).unwrap();
        assert_eq!(data_encoding::HEXLOWER.encode(&tag), "c0875924c1c7987947deafd8780acf49");
        assert_eq!(data_encoding::HEXLOWER.encode(&text[..8]), "bd6d179d3e83d43b");
    }
}
