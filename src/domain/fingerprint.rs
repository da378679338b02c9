//! One name for everything that a browser says: BLAKE3, keyed per tenant, over a canonical form.

use std::fmt;

/// The keyed hash of a browser's canonical form, `b3:` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads the written form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("b3:")?;
        let lower = !digits.bytes().any(|it| it.is_ascii_uppercase());
        blake3::Hash::from_hex(digits).ok().filter(|_| lower).map(|it| Self(*it.as_bytes()))
    }

    /// The part that stands in indexes and known devices.
    #[must_use]
    pub fn short(&self) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0[..16]);
        short
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b3:{}", blake3::Hash::from(self.0).to_hex())
    }
}

/// Shows the first digits only: logs never hold a whole fingerprint.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b3:{:02x}{:02x}{:02x}{:02x}…", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}
