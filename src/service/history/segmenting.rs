//! Makes segments of hours that are over.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::{
    domain::{
        search::{clear::segment::SegmentNumber, tallies::Quarter},
        time::MINUTE_MS,
    },
    ports::{Clock, Made, SegmentStore, TallyStore, Unavailable},
};

/// How often it is looked whether there are some to make.
const LOOKS_EVERY: Duration = Duration::from_secs(10);
/// How long after its end a segment is made: most logins that are posted late have come by then.
const REST_MS: i64 = 5 * MINUTE_MS;
/// How many may be overtaken before the others wait for the next look.
const MOST_OVERTAKEN: usize = 1_000;

/// Makes the segments of a store.
pub struct SegmentMaker {
    segments: Arc<dyn SegmentStore>,
    tallies: Arc<dyn TallyStore>,
    clock: Arc<dyn Clock>,
}

impl SegmentMaker {
    /// Those of this store.
    #[must_use]
    pub fn new(segments: Arc<dyn SegmentStore>, tallies: Arc<dyn TallyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { segments, tallies, clock }
    }

    /// Makes what is missing, again and again, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let made = tokio::select! {
                made = self.make_all() => made,
                _ = stop.changed() => break,
            };
            if let Err(fault) = made {
                // Searches do without, and `/readyz` says what is amiss with the store.
                tracing::debug!(%fault, "a segment could not be made");
            }
            // Ends after the interval, or at once when `stop` turns true.
            let _ = timeout(LOOKS_EVERY, stop.changed()).await;
        }
    }

    /// Makes all that are missing of hours that are over. Those that are overtaken by logins that come or go are passed over, so
    /// that an hour into which somebody keeps storing does not hold up the others. Returns how many were made.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn make_all(&self) -> Result<u64, Unavailable> {
        // What is missing is known once the logins are counted that were stored before.
        self.tallies.is_counted().await?;
        let (mut made, mut overtaken) = (0, Vec::new());
        while overtaken.len() < MOST_OVERTAKEN {
            let before = SegmentNumber::of(Quarter::of(self.clock.now().plus_ms(-REST_MS)));
            match self.segments.make_segment(before, &overtaken).await? {
                Made::Nothing => break,
                Made::One => made += 1,
                Made::Overtaken(place) => overtaken.push(place),
            }
        }
        Ok(made)
    }
}
