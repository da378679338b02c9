//! Wraps the root key of a store with the key of a file, so that the file can be replaced and no record with it.

use crate::{
    adapters::store::coded::sealing::envelope,
    domain::{
        salt::SealingKey,
        store_identity::{StoreId, WrappedRoot},
    },
};

/// BLAKE3 context. A stored form: a change makes every store unreadable.
const WRAPPING: &str = "watchlight 2026-11 root key";

/// Wraps the root key of this store with 32 secret bytes.
#[must_use]
pub fn wrap(secret: &[u8; 32], store: StoreId, root: &[u8; 32]) -> WrappedRoot {
    let sealed = envelope::seal(&wrapping_key(secret), &store.0, &[], root);
    let mut wrapped = [0; WrappedRoot::BYTES];
    // A root key has 32 bytes, and so what is sealed has the length of a wrapped one.
    wrapped.copy_from_slice(&sealed);
    WrappedRoot(wrapped)
}

/// The root key of this store; `None` if it was wrapped with other bytes, or for another store.
#[must_use]
pub fn unwrap(secret: &[u8; 32], store: StoreId, wrapped: &WrappedRoot) -> Option<[u8; 32]> {
    envelope::open(&wrapping_key(secret), &store.0, &wrapped.0, 0).ok()?.try_into().ok()
}

fn wrapping_key(secret: &[u8; 32]) -> SealingKey {
    let mut key = [0; 64];
    blake3::Hasher::new_derive_key(WRAPPING).update(secret).finalize_xof().fill(&mut key);
    SealingKey(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_is_unwrapped_with_its_file_for_its_store_alone() {
        let wrapped = wrap(&[1; 32], StoreId([9; 16]), &[7; 32]);
        assert_eq!(unwrap(&[1; 32], StoreId([9; 16]), &wrapped), Some([7; 32]));
        assert_eq!(unwrap(&[2; 32], StoreId([9; 16]), &wrapped), None);
        assert_eq!(unwrap(&[1; 32], StoreId([8; 16]), &wrapped), None);
    }
}
