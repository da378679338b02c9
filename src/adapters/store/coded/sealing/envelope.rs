//! The form of what is sealed: XChaCha20-Poly1305.
//!
//! A nonce is a keyed hash of everything that is sealed with it, so no chance is needed: the same record is sealed to the
//! same bytes again, and two different ones never share a nonce. What is sealed is bound to its name and to the bytes that
//! stand before it in the clear: a record that is moved to another place, or changed by a bit, is not opened.

use chacha20::{R20, hchacha};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};

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
    let (encrypt, nonce_key) = parts(key);
    // In one piece: BLAKE3 takes longer for several.
    let bound_length = length(name).len() + name.len() + clear.len();
    let hashed = [&bytes_of(bound_length)[..], &length(name), name, clear, secret].concat();
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&blake3::keyed_hash(&nonce_key, &hashed).as_bytes()[..NONCE]);
    let bound = &hashed[bytes_of(0).len()..hashed.len() - secret.len()];
    let mut sealed = Vec::with_capacity(clear.len() + OVERHEAD + secret.len());
    sealed.extend_from_slice(clear);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(secret);
    let hidden = &mut sealed[clear.len() + NONCE..];
    // Fails only for more than 256 GiB.
    let tag = cipher(&encrypt, &nonce)
        .and_then(|(cipher, nonce)| cipher.seal_in_place_separate_tag(nonce, Aad::from(bound), hidden));
    if let Ok(tag) = tag {
        sealed.extend_from_slice(tag.as_ref());
    } else {
        // Nothing that is not encrypted leaves here: what stands there instead is never opened.
        sealed[clear.len() + NONCE..].fill(0);
        sealed.extend_from_slice(&[0; TAG]);
    }
    sealed
}

/// Opens what stands behind the first `clear` bytes of `sealed`.
///
/// # Errors
/// See [`Unsealable`].
pub fn open(key: &SealingKey, name: &[u8], sealed: &[u8], clear: usize) -> Result<Vec<u8>, Unsealable> {
    let (clear, rest) = sealed.split_at_checked(clear).ok_or(Unsealable)?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
    let length = rest.len().checked_sub(TAG).ok_or(Unsealable)?;
    let (encrypt, _) = parts(key);
    let mut secret = rest.to_vec();
    let (cipher, nonce) = cipher(&encrypt, nonce).map_err(|_| Unsealable)?;
    cipher.open_in_place(nonce, Aad::from(bound(name, clear)), &mut secret).map_err(|_| Unsealable)?;
    secret.truncate(length);
    Ok(secret)
}

fn parts(key: &SealingKey) -> ([u8; 32], [u8; 32]) {
    let (mut encrypt, mut nonce) = ([0; 32], [0; 32]);
    encrypt.copy_from_slice(&key.0[..32]);
    nonce.copy_from_slice(&key.0[32..]);
    (encrypt, nonce)
}

/// XChaCha20-Poly1305 as draft-irtf-cfrg-xchacha-03 makes it of ChaCha20-Poly1305: another key from the first two thirds of the
/// nonce, and a short nonce from the last. For what is as short as a login `ring` takes
/// half the instructions of `chacha20poly1305`.
fn cipher(key: &[u8; 32], nonce: &[u8; NONCE]) -> Result<(LessSafeKey, Nonce), Unspecified> {
    let mut first = [0; 16];
    first.copy_from_slice(&nonce[..16]);
    let derived = hchacha::<R20>(&(*key).into(), &first.into());
    let mut short = [0; NONCE_LEN];
    short[4..].copy_from_slice(&nonce[16..]);
    Ok((LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &derived)?), Nonce::assume_unique_for_key(short)))
}

/// Name and clear bytes, so that no two pairs run together.
fn bound(name: &[u8], clear: &[u8]) -> Vec<u8> {
    [&length(name)[..], name, clear].concat()
}

fn length(bytes: &[u8]) -> [u8; 8] {
    bytes_of(bytes.len())
}

fn bytes_of(length: usize) -> [u8; 8] {
    // A `usize` has at most 64 bits on every target that Rust knows.
    u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()
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
        let (cipher, nonce) = cipher(key.first_chunk().unwrap(), &nonce).unwrap();
        let mut text = plain.to_vec();
        let tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut text).unwrap();
        assert_eq!(data_encoding::HEXLOWER.encode(tag.as_ref()), "c0875924c1c7987947deafd8780acf49");
        assert_eq!(data_encoding::HEXLOWER.encode(&text[..8]), "bd6d179d3e83d43b");
    }

    #[test]
    fn what_another_library_has_sealed_is_opened() {
        use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};

        let (encrypt, nonce_key) = parts(&KEY);
        for size in [0, 1, 15, 16, 17, 63, 64, 65, 300, 5_000] {
            let (secret, clear) = (vec![b's'; size], vec![b'c'; size % 40]);
            let bound = bound(b"a login", &clear);
            let mut hasher = blake3::Hasher::new_keyed(&nonce_key);
            hasher.update(&length(&bound)).update(&bound).update(&secret);
            let nonce: [u8; NONCE] = *hasher.finalize().as_bytes().first_chunk().unwrap();
            let mut hidden = secret.clone();
            let theirs = XChaCha20Poly1305::new(&encrypt.into());
            let tag =
                theirs.encrypt_inout_detached(&XNonce::from(nonce), &bound, hidden.as_mut_slice().into()).unwrap();
            let sealed = [&clear[..], &nonce, &hidden, &tag].concat();
            assert_eq!(seal(&KEY, b"a login", &clear, &secret), sealed, "{size}");
            assert_eq!(open(&KEY, b"a login", &sealed, clear.len()), Ok(secret), "{size}");
        }
    }
}
