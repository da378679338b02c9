//! How often something is done again because somebody else was faster.

use crate::ports::Unavailable;

/// How often at most. Each loss means that another one has won, so that so many in a row are no accident: 256 logins that
/// wait for one user are one commit, and other processes are few.
pub const MAX_TRIES: usize = 50;

/// Runs `attempt` until it comes to something: `None` says that what it read was another by the time it wrote, and that
/// nothing of it is stored.
///
/// # Errors
/// That of an attempt, and [`Unavailable`] after [`MAX_TRIES`], with `what` kept changing.
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

/// What is said when all tries are lost.
#[must_use]
pub fn changed_all_the_time(what: &str) -> Unavailable {
    Unavailable(format!("{what} changed {MAX_TRIES} times in between"))
}
