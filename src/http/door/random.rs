//! Random bytes: for the ids of requests, and for what nobody may guess. Nothing else under `http` draws any.

use crate::http::door::fault::Fault;

/// Random bytes that nobody can guess.
///
/// # Errors
/// When the operating system has none to give.
#[expect(clippy::disallowed_methods, reason = "the one door to chance under http")]
pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|fault| Fault::internal(&fault))?;
    Ok(bytes)
}
