//! Chance: the ids of requests, and what nobody may guess. Drawn here and nowhere else under `http`.

use crate::http::door::fault::Fault;

/// Draws bytes that nobody can guess.
///
/// # Errors
/// When the operating system has none to give.
#[expect(clippy::disallowed_methods, reason = "the one door to chance under http")]
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|fault| Fault::internal(&fault))?;
    Ok(bytes)
}
