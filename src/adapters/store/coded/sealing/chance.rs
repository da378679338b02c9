//! Random bytes for salts: the one thing that is kept and not derived, so that it can be forgotten.

use crate::{domain::salt::Salt, ports::Unavailable};

/// A salt that nobody can guess.
///
/// # Errors
/// The system has no random bytes.
#[expect(clippy::disallowed_methods, reason = "a salt that could be derived could not be forgotten")]
pub fn salt() -> Result<Salt, Unavailable> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|it| Unavailable(format!("the system has no random bytes: {it}")))?;
    Ok(Salt(bytes))
}
