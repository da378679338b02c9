//! Seals the records of a version that did not seal yet.

use std::{ops::ControlFlow, sync::Arc};

use tokio::time::{Instant, sleep};

use crate::{
    domain::ids::TenantId,
    ports::{ClearCopies, Clock, SealingStep, Unavailable, UnsealedStore},
    service::alarm::unsealed_watch::{Left, count},
};

/// How often everything is walked through. What somebody changed during a walk, or what is found by what was met later, is sealed
/// by the next.
const WALKS: usize = 3;

/// How far it has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many records were looked at in this walk.
    pub looked_at: u64,
    /// How many were sealed since the beginning.
    pub sealed: u64,
}

/// How it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was looked at.
    Done {
        /// How many were sealed.
        sealed: u64,
        /// What could not be sealed.
        left: Left,
        /// Where what was sealed may still be read.
        copies: ClearCopies,
    },
    /// Whoever was told of the progress has stopped it. What was sealed stays sealed.
    Stopped {
        /// How many were sealed.
        sealed: u64,
    },
}

/// Seals the records of a version that did not seal yet.
#[derive(Clone)]
pub struct Sealing {
    store: Arc<dyn UnsealedStore>,
    clock: Arc<dyn Clock>,
}

impl Sealing {
    /// Over this store.
    #[must_use]
    pub fn new(store: Arc<dyn UnsealedStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// About how many records a walk looks at.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn walk_length(&self) -> Result<u64, Unavailable> {
        self.store.walk_length().await
    }

    /// Counts what is not sealed; at once, if it is known that nothing is left.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn left(&self) -> Result<Left, Unavailable> {
        match self.store.unsealed_left().await? {
            Some(0) => Ok(Left::default()),
            _ => count(self.store.as_ref(), 0).await,
        }
    }

    /// Seals everything that it can. `assumed` is whose profiles are of which nothing else tells it. `tell` is told how far it has
    /// got after each step, and may stop it.
    ///
    /// # Errors
    /// The store does not answer. What was sealed stays sealed.
    pub async fn seal_all(
        &self,
        assumed: Option<&TenantId>,
        mut tell: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Ended, Unavailable> {
        let noted = self.store.unsealed_left().await?.unwrap_or_default();
        let (mut sealed, mut left) = (0, Left::default());
        for _ in 0..WALKS {
            let (before, mut looked_at, mut position) = (sealed, 0, None);
            loop {
                let begun = Instant::now();
                let step = SealingStep { from: position.as_ref(), now: self.clock.now(), assumed };
                let step = self.store.seal_next(step).await?;
                // As long as it works it rests, so that whoever signs in has the store for at least half of the time.
                if step.sealed > 0 {
                    sleep(begun.elapsed()).await;
                }
                (looked_at, sealed) = (looked_at + step.looked_at, sealed + step.sealed);
                if step.sealed > 0 && sealed < noted {
                    self.store.put_unsealed_left(noted - sealed).await?;
                }
                if tell(Progress { looked_at, sealed }).is_break() {
                    return Ok(Ended::Stopped { sealed });
                }
                position = step.next;
                if position.is_none() {
                    break;
                }
            }
            left = count(self.store.as_ref(), 0).await?;
            self.store.put_unsealed_left(left.count).await?;
            if left.count == 0 || sealed == before {
                break;
            }
        }
        Ok(Ended::Done { sealed, left, copies: self.store.remove_clear_copies().await? })
    }
}
