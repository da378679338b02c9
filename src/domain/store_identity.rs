//! Which store this is. A store draws a random id when it is first used. Each process remembers the id, and so do files
//! beside the master keys. What to do if the store is another than before is decided here.

use std::fmt;

use crate::domain::{keyring::Keyring, time::Timestamp};

/// How many replaced stores an identity lists; the latest are kept.
const MAX_REPLACED: usize = 16;

/// Identifies a store: 16 random bytes, which are not secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoreId(pub [u8; 16]);

impl StoreId {
    /// Reads 32 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let sound = text.len() == 32 && text.bytes().all(lower_hex);
        if sound { u128::from_str_radix(text, 16).ok().map(|it| Self(it.to_be_bytes())) } else { None }
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The root key of a store, from which all its keys are derived, wrapped with the key of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedRoot(pub [u8; Self::BYTES]);

impl WrappedRoot {
    /// How many bytes it has: nonce, key, tag.
    pub const BYTES: usize = 72;
}

impl fmt::Debug for WrappedRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappedRoot")
    }
}

/// What a store says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreIdentity {
    /// Identifies the store.
    pub id: StoreId,
    /// When it got its id.
    pub born_at: Timestamp,
    /// A hash of both under the master key; with another key it is different.
    pub check: [u8; 16],
    /// The stores that it replaces, by the operator's command, the latest last; at most 16.
    pub replaces: Vec<StoreId>,
    /// Its root key; `None` in a store from before there was one, whose root key is that of the file.
    pub root: Option<WrappedRoot>,
}

impl StoreIdentity {
    /// The identity of a store that is used for the first time at `now`, under this key.
    #[must_use]
    pub fn new(id: StoreId, now: Timestamp, keyring: &Keyring) -> Self {
        Self { id, born_at: now, check: keyring.store_check(id.0, now), replaces: Vec::new(), root: None }
    }

    /// The same store, with its root key wrapped like this.
    #[must_use]
    pub fn with_root(self, root: WrappedRoot) -> Self {
        Self { root: Some(root), ..self }
    }

    /// Whether the store was written under this key.
    #[must_use]
    pub fn fits(&self, keyring: &Keyring) -> bool {
        self.check == keyring.store_check(self.id.0, self.born_at)
    }

    /// The same store, as a replacement of another one.
    #[must_use]
    pub fn in_place_of(&self, other: StoreId) -> Self {
        let mut replaces = self.replaces.clone();
        if other != self.id && !replaces.contains(&other) {
            replaces.push(other);
        }
        let surplus = replaces.len().saturating_sub(MAX_REPLACED);
        replaces.drain(..surplus);
        Self { replaces, ..self.clone() }
    }
}

/// What was found where the store should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: no id, no record.
    Empty,
    /// Records without an id: made by a version that gave none, or the store has lost it.
    Unnamed,
    /// A store with an id.
    Named(StoreIdentity),
}

/// Whether a store is the one that was used before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    #[default]
    Same,
    /// It is another one. Logins are recorded, and mails are held until the operator accepts it in place of that one.
    Another,
    /// It has lost its id, and perhaps its contents: nothing is accepted.
    Lost,
    /// It was written under another master key, so nothing in it can be found: nothing is accepted.
    WrongKey,
}

/// What to do with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is new, or from before stores had ids: give it one.
    Name,
    /// Use it, and remember its id.
    Remember(StoreId),
    /// Nothing, until this changes.
    Stay(Standing),
}

/// What to do with the store that was found, if `remembered` was used before; `None` if no store was.
#[must_use]
pub fn step(found: &Found, remembered: Option<StoreId>, keyring: &Keyring) -> Step {
    match (found, remembered) {
        (Found::Empty | Found::Unnamed, None) => Step::Name,
        (Found::Empty | Found::Unnamed, Some(_)) => Step::Stay(Standing::Lost),
        (Found::Named(it), _) if !it.fits(keyring) => Step::Stay(Standing::WrongKey),
        (Found::Named(it), None) => Step::Remember(it.id),
        (Found::Named(it), Some(before)) if it.id == before => Step::Stay(Standing::Same),
        (Found::Named(it), Some(before)) if it.replaces.contains(&before) => Step::Remember(it.id),
        (Found::Named(_), Some(_)) => Step::Stay(Standing::Another),
    }
}

/// Whether a missing master key may be made: only if nothing was ever stored under one that is now lost.
#[must_use]
pub fn may_make_key(found: &Found, remembered: Option<StoreId>) -> bool {
    *found == Found::Empty && remembered.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: StoreId = StoreId([1; 16]);
    const OTHER: StoreId = StoreId([2; 16]);

    fn keyring() -> Keyring {
        Keyring::new([7; 32])
    }

    fn identity(id: StoreId) -> StoreIdentity {
        StoreIdentity::new(id, Timestamp::from_unix_ms(1_795_341_600_000), &keyring())
    }

    fn named(id: StoreId) -> Found {
        Found::Named(identity(id))
    }

    #[test]
    fn a_store_is_named_once_and_then_known_again() {
        for found in [Found::Empty, Found::Unnamed] {
            assert_eq!(step(&found, None, &keyring()), Step::Name);
        }
        assert_eq!(step(&named(OURS), None, &keyring()), Step::Remember(OURS), "an upgrade, a second machine");
        assert_eq!(step(&named(OURS), Some(OURS), &keyring()), Step::Stay(Standing::Same));
    }

    #[test]
    fn another_store_and_an_emptied_one_wait_for_the_operator() {
        assert_eq!(step(&named(OTHER), Some(OURS), &keyring()), Step::Stay(Standing::Another));
        for found in [Found::Empty, Found::Unnamed] {
            assert_eq!(step(&found, Some(OURS), &keyring()), Step::Stay(Standing::Lost));
        }
        let adopted = Found::Named(identity(OTHER).in_place_of(OURS));
        assert_eq!(step(&adopted, Some(OURS), &keyring()), Step::Remember(OTHER));
        assert_eq!(step(&adopted, Some(StoreId([3; 16])), &keyring()), Step::Stay(Standing::Another));
    }

    #[test]
    fn a_store_of_another_key_is_never_used() {
        let other_key = Keyring::new([8; 32]);
        for remembered in [None, Some(OURS), Some(OTHER)] {
            assert_eq!(step(&named(OURS), remembered, &other_key), Step::Stay(Standing::WrongKey));
        }
        let altered = StoreIdentity { born_at: Timestamp::from_unix_ms(0), ..identity(OURS) };
        assert!(identity(OURS).fits(&keyring()) && !altered.fits(&keyring()));
        let renamed = StoreIdentity { id: OTHER, ..identity(OURS) };
        assert!(!renamed.fits(&keyring()));
    }

    #[test]
    fn a_key_is_made_only_where_none_was_lost() {
        assert!(may_make_key(&Found::Empty, None));
        assert!(!may_make_key(&Found::Empty, Some(OURS)), "a store was used here, with a key");
        assert!(!may_make_key(&Found::Unnamed, None));
        assert!(!may_make_key(&named(OURS), None));
    }

    #[test]
    fn a_store_stands_in_the_place_of_the_latest_ones() {
        let mut store = identity(OURS).in_place_of(OURS).in_place_of(OTHER).in_place_of(OTHER);
        assert_eq!(store.replaces, [OTHER]);
        for number in 0..20 {
            store = store.in_place_of(StoreId([100 + number; 16]));
        }
        assert_eq!((store.replaces.len(), store.replaces.last()), (16, Some(&StoreId([119; 16]))));
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let id = StoreId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(StoreId::parse(&id.to_string()), Some(id));
        for text in ["", "00", "+00102030405060708090a0b0c0d0eff", "000102030405060708090A0B0C0D0EFF"] {
            assert_eq!(StoreId::parse(text), None, "{text}");
        }
    }
}
