//! Cursors: where the next page of a list starts, signed, so that one goes only with the list that it came from.

use crate::{
    domain::{
        ids::TenantId,
        keyring::Keyring,
        tokens::{self, PagedList},
    },
    http::door::problem::Fault,
};

/// What cursors are bound to.
pub struct Cursors<'a> {
    /// Signs them.
    pub keyring: &'a Keyring,
    /// Whose list it is.
    pub tenant: &'a TenantId,
    /// Which list it is, and what is asked of it.
    pub question: String,
}

impl Cursors<'_> {
    /// A cursor for a position.
    #[must_use]
    pub fn write(&self, position: [u8; 16]) -> String {
        tokens::cursor(self.keyring, self.list(), position)
    }

    /// The position that a cursor of this list holds.
    ///
    /// # Errors
    /// When it is not one that this list gave.
    pub fn read(&self, cursor: &str) -> Result<[u8; 16], Fault> {
        let refused = || Fault::parameter("cursor", "must be the `next_cursor` of the same request");
        tokens::read_cursor(self.keyring, self.list(), cursor).ok_or_else(refused)
    }

    fn list(&self) -> PagedList<'_> {
        PagedList { tenant: self.tenant, question: &self.question }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_with_its_own_list_only() {
        let keyring = Keyring::new([1; 32]);
        let (acme, other) = (TenantId::parse("acme").unwrap(), TenantId::parse("other").unwrap());
        let list = |tenant, question: &str| Cursors { keyring: &keyring, tenant, question: question.to_owned() };
        let cursor = list(&acme, "a").write([9; 16]);
        assert_eq!(list(&acme, "a").read(&cursor).unwrap(), [9; 16]);
        assert!(list(&acme, "b").read(&cursor).is_err());
        assert!(list(&other, "a").read(&cursor).is_err());
        for at in 0..cursor.len() {
            let mut forged = cursor.clone();
            forged.replace_range(at..=at, if &cursor[at..=at] == "A" { "B" } else { "A" });
            assert!(list(&acme, "a").read(&forged).is_err(), "{at}");
        }
        assert!(list(&acme, "a").read("").is_err() && list(&acme, "a").read("é").is_err());
    }
}
