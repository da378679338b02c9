//! Retries a change of the store that another process was faster than.

use crate::ports::Unavailable;

/// How many times a change is tried. Each failure means that another process succeeded, so this many in a row are no
/// accident: up to 256 logins that wait for one user are one commit, and there are few other processes.
pub const MAX_TRIES: usize = 50;

/// Runs `attempt` until it returns a value. `None` means that what it had read was changed before it could write, and
/// that it stored nothing.
///
/// # Errors
/// The error of an attempt; after [`MAX_TRIES`], [`Unavailable`], which says that `what` kept changing.
pub async fn retry_stale<T, E, Attempt>(what: &str, mut attempt: impl FnMut() -> Attempt) -> Result<T, E>
where
    E: From<Unavailable>,
    Attempt: Future<Output = Result<Option<T>, E>>,
{
    for _ in 0..MAX_TRIES {
        if let Some(done) = attempt().await? {
            return Ok(done);
        }
    }
    Err(changed_all_the_time(what).into())
}

/// The error when all tries have failed.
#[must_use]
pub fn changed_all_the_time(what: &str) -> Unavailable {
    Unavailable(format!("{what} changed {MAX_TRIES} times in between"))
}
