//! What stands in the clear before the sealed part of a record: what is needed to find its key again.
//!
//! - **Of a thing with an id** (login, alert): `FF`; id (16 bytes); tenant; user's hash (16); sealed: form of the record,
//!   and its bytes behind the tenant. Every form of such a record begins with form, id and tenant.
//! - **Of a user** (profile, session), which is found by the user's hash: `FF`; tenant; sealed: the record.
//! - **A part of a row** (recipient and last error of a delivery, body of a message): `FF`; sealed: the bytes. The row
//!   says whose it is.
//!
//! No record begins with `FF` that is not sealed: forms are small numbers, and no text in UTF-8 has that byte.

use crate::{
    adapters::store::{
        coded::sealing::envelope::{self, Unsealable},
        record::{
            bytes::{Malformed, Reader},
            parts::read_tenant,
        },
    },
    domain::{
        ids::{Partition, TenantId, UserKey},
        salt::SealingKey,
    },
};

/// The first byte of everything that is sealed.
pub const SEALED: u8 = 0xFF;
/// Bytes of an id, and of a user's hash.
const ID: usize = 16;

/// Whether bytes are sealed. Those that an earlier version wrote are not.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&SEALED)
}

/// Whose a sealed record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserKey,
    /// How many bytes stand in the clear.
    clear: usize,
}

/// Seals the record of a thing with an id.
///
/// # Errors
/// The record does not begin with form, id and tenant.
pub fn seal_thing(key: &SealingKey, name: &[u8], user: &UserKey, record: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (form, mut from) = Reader::new(record)?;
    from.raw::<ID>()?;
    read_tenant(&mut from)?;
    let rest = from.rest();
    let clear = [&[SEALED], &record[1..record.len() - rest.len()], &user.hash[..]].concat();
    Ok(envelope::seal(key, name, &clear, &[&[form], rest].concat()))
}

/// Whose a sealed record of a thing with an id is. `partition` is that of its id.
///
/// # Errors
/// It has no such beginning.
pub fn owner_of_thing(sealed: &[u8], partition: Partition) -> Result<Owner, Malformed> {
    let (_, mut from) = Reader::new(sealed)?;
    from.raw::<ID>()?;
    let tenant = read_tenant(&mut from)?;
    let user = UserKey { hash: from.raw()?, partition };
    Ok(Owner { tenant, user, clear: sealed.len() - from.rest().len() })
}

/// Opens what [`seal_thing`] sealed, and puts the record together again.
///
/// # Errors
/// It is not sealed with this key under this name.
pub fn open_thing(key: &SealingKey, name: &[u8], owner: &Owner, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
    let secret = envelope::open(key, name, sealed, owner.clear)?;
    let (form, rest) = secret.split_first().ok_or(Unsealable)?;
    Ok([&[*form], &sealed[1..owner.clear - ID], rest].concat())
}

/// Seals the record of a user.
#[must_use]
pub fn seal_of_user(key: &SealingKey, name: &[u8], tenant: &TenantId, record: &[u8]) -> Vec<u8> {
    // A tenant's name has at most 64 bytes, so its length takes one.
    let length = u8::try_from(tenant.as_str().len()).unwrap_or(u8::MAX);
    let clear = [&[SEALED, length], tenant.as_str().as_bytes()].concat();
    envelope::seal(key, name, &clear, record)
}

/// Whose a sealed record of this user is.
///
/// # Errors
/// It has no such beginning.
pub fn owner_of_users(sealed: &[u8], user: &UserKey) -> Result<Owner, Malformed> {
    let (_, mut from) = Reader::new(sealed)?;
    let tenant = read_tenant(&mut from)?;
    Ok(Owner { tenant, user: *user, clear: sealed.len() - from.rest().len() })
}

/// Opens what [`seal_of_user`] sealed.
///
/// # Errors
/// It is not sealed with this key under this name.
pub fn open_of_user(key: &SealingKey, name: &[u8], owner: &Owner, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
    envelope::open(key, name, sealed, owner.clear)
}

/// Seals a part of a row.
#[must_use]
pub fn seal_part(key: &SealingKey, name: &[u8], part: &[u8]) -> Vec<u8> {
    envelope::seal(key, name, &[SEALED], part)
}

/// Opens what [`seal_part`] sealed.
///
/// # Errors
/// It is not sealed with this key under this name.
pub fn open_part(key: &SealingKey, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
    envelope::open(key, name, sealed, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SealingKey = SealingKey([7; 64]);
    const USER: UserKey = UserKey { hash: [5; 16], partition: Partition(9) };

    #[test]
    fn a_thing_is_put_together_again() {
        let record = [&[3], &[1; 16][..], &[4], b"acme", b"the rest"].concat();
        let sealed = seal_thing(&KEY, b"name", &USER, &record).unwrap();
        assert_eq!(sealed.len(), record.len() + 57, "so much longer a record of a login is than it was");
        let owner = owner_of_thing(&sealed, Partition(9)).unwrap();
        assert_eq!((owner.tenant.as_str(), owner.user), ("acme", USER));
        assert_eq!(open_thing(&KEY, b"name", &owner, &sealed), Ok(record));
        assert!(seal_thing(&KEY, b"name", &USER, &[3, 1]).is_err());
        for short in 0..sealed.len() {
            let owner = owner_of_thing(&sealed[..short], Partition(9));
            assert!(owner.map_or(true, |it| open_thing(&KEY, b"name", &it, &sealed[..short]).is_err()));
        }
    }

    #[test]
    fn a_users_record_and_a_part_are_opened_again() {
        let tenant = TenantId::parse("acme").unwrap();
        let sealed = seal_of_user(&KEY, b"name", &tenant, b"profile");
        let owner = owner_of_users(&sealed, &USER).unwrap();
        assert_eq!(open_of_user(&KEY, b"name", &owner, &sealed).as_deref(), Ok(&b"profile"[..]));
        let sealed = seal_part(&KEY, b"name", b"ana@example.com");
        assert!(is_sealed(&sealed) && !is_sealed(b"ana@example.com") && !is_sealed(b""));
        assert_eq!(open_part(&KEY, b"name", &sealed).as_deref(), Ok(&b"ana@example.com"[..]));
    }
}
