//! The stored form of a store's identity: one line of text, so that an operator can look at it. The form, the name, the
//! birth in Unix milliseconds, the check value, and the names of the stores that it replaces.

use data_encoding::HEXLOWER;

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::{
        store_identity::{StoreId, StoreIdentity},
        time::Timestamp,
    },
};

/// The form that is written.
const FORM: u8 = 1;

/// Writes an identity.
#[must_use]
pub fn encode(identity: &StoreIdentity) -> String {
    let StoreIdentity { id, born_at, check, replaces } = identity;
    let mut line = format!("{FORM} {id} {} {}", born_at.unix_ms(), HEXLOWER.encode(check));
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
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let id = StoreId::parse(next()?).ok_or(Malformed::Impossible("store"))?;
    let born_at = next()?.parse().map_err(|_| Malformed::Impossible("time"))?;
    let check = HEXLOWER.decode(next()?.as_bytes()).ok().and_then(|it| it.try_into().ok());
    let check = check.ok_or(Malformed::Impossible("check value"))?;
    let replaces: Option<Vec<StoreId>> = words.map(StoreId::parse).collect();
    let replaces = replaces.ok_or(Malformed::Impossible("store"))?;
    Ok(StoreIdentity { id, born_at: Timestamp::from_unix_ms(born_at), check, replaces })
}
