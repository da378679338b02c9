//! Counts all logins anew.

use std::{ops::ControlFlow, sync::Arc};

use tokio::time::{Instant, sleep};

use crate::ports::{Recounted, TallyStore, Unavailable};

/// How far it has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many logins were counted.
    pub logins: u64,
    /// How many of them were opened, because an earlier version stored them.
    pub opened: u64,
}

/// Counts every login anew. `tell` is told how far it has got after each step, and may stop it; then what was counted stays counted,
/// and the next time only what is left is opened. Returns how many there were, and whether it has come to the end.
///
/// # Errors
/// The store does not answer. What was counted stays counted.
pub async fn recount(
    tallies: &Arc<dyn TallyStore>,
    mut tell: impl FnMut(Progress) -> ControlFlow<()> + Send,
) -> Result<(Progress, bool), Unavailable> {
    let (mut progress, mut position) = (Progress::default(), None);
    loop {
        let begun = Instant::now();
        let Recounted { logins, opened, next } = tallies.recount_next(position.as_ref()).await?;
        progress = Progress { logins: progress.logins + logins, opened: progress.opened + opened };
        // As long as it works it rests, so that whoever signs in has the store for at least half of the time.
        if logins > 0 {
            sleep(begun.elapsed()).await;
        }
        if next.is_none() {
            tallies.put_counted().await?;
            return Ok((progress, true));
        }
        if tell(progress).is_break() {
            return Ok((progress, false));
        }
        position = next;
    }
}
