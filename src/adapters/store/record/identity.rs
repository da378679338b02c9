//! The stored form of a store's identity: one line of text, so that an operator can look at it.
//!
//! Form 2: the form, the name, the birth in Unix milliseconds, the check value, the wrapped root key, and the names of the
//! stores that it replaces. Form 1, which is still written for a store without a root key, has none.

use data_encoding::HEXLOWER;

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::{
        store_identity::{StoreId, StoreIdentity, WrappedRoot},
        time::Timestamp,
    },
};

/// The form with a root key.
const FORM: u8 = 2;
const FORM_WITHOUT_ROOT: u8 = 1;

/// Writes an identity.
#[must_use]
pub fn encode(identity: &StoreIdentity) -> String {
    let StoreIdentity { id, born_at, check, replaces, root } = identity;
    let form = if root.is_some() { FORM } else { FORM_WITHOUT_ROOT };
    let mut line = format!("{form} {id} {} {}", born_at.unix_ms(), HEXLOWER.encode(check));
    if let Some(root) = root {
        line.push(' ');
        line.push_str(&HEXLOWER.encode(&root.0));
    }
    for replaced in replaces {
        line.push(' ');
        line.push_str(&replaced.to_string());
    }
    line
}

/// Reads an identity.
///
/// # Errors
/// Why it cannot be read.
pub fn decode(line: &str) -> Result<StoreIdentity, Malformed> {
    let mut words = line.split(' ');
    let mut next = || words.next().ok_or(Malformed::Short);
    let form = next()?.parse().map_err(|_| Malformed::Impossible("form"))?;
    if ![FORM, FORM_WITHOUT_ROOT].contains(&form) {
        return Err(Malformed::UnknownForm(form));
    }
    let id = StoreId::parse(next()?).ok_or(Malformed::Impossible("store"))?;
    let born_at = next()?.parse().map_err(|_| Malformed::Impossible("time"))?;
    let check = HEXLOWER.decode(next()?.as_bytes()).ok().and_then(|it| it.try_into().ok());
    let check = check.ok_or(Malformed::Impossible("check value"))?;
    let root = match form {
        FORM => {
            let root = HEXLOWER.decode(next()?.as_bytes()).ok().and_then(|it| it.try_into().ok());
            Some(WrappedRoot(root.ok_or(Malformed::Impossible("root key"))?))
        }
        _ => None,
    };
    let replaces: Option<Vec<StoreId>> = words.map(StoreId::parse).collect();
    let replaces = replaces.ok_or(Malformed::Impossible("store"))?;
    Ok(StoreIdentity { id, born_at: Timestamp::from_unix_ms(born_at), check, replaces, root })
}
