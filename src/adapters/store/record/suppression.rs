//! The stored form of why an address gets no more mail: the cause's name, a space, and since when in Unix milliseconds.

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::{
        alert::suppression::{Cause, Suppression},
        time::Timestamp,
    },
};

/// The stored form.
#[must_use]
pub fn encode(why: Suppression) -> String {
    format!("{} {}", why.cause.as_str(), why.since.unix_ms())
}

/// Reads the stored form.
///
/// # Errors
/// It is not such a form.
pub fn decode(text: &[u8]) -> Result<Suppression, Malformed> {
    let text = std::str::from_utf8(text).map_err(|_| Malformed::Impossible("text"))?;
    let (cause, since) = text.split_once(' ').ok_or(Malformed::Short)?;
    let cause = Cause::parse(cause).ok_or(Malformed::Impossible("cause"))?;
    let since = since.parse().map_err(|_| Malformed::Impossible("time"))?;
    Ok(Suppression { cause, since: Timestamp::from_unix_ms(since) })
}
