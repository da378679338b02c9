//! Makes segments of hours that are over.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::{
    domain::{
        search::{clear::segment::SegmentNumber, tallies::Quarter},
        time::MINUTE_MS,
    },
    ports::{Clock, Made, SegmentStore, Unavailable},
};

/// How often it is looked whether there are some to make.
const LOOKS_EVERY: Duration = Duration::from_secs(10);
/// How long after its end a segment is made: most logins that are posted late have come by then.
const REST_MS: i64 = 5 * MINUTE_MS;

/// Makes the segments of a store.
pub struct SegmentMaker {
    segments: Arc<dyn SegmentStore>,
    clock: Arc<dyn Clock>,
}

impl SegmentMaker {
    /// Those of this store.
    #[must_use]
    pub fn new(segments: Arc<dyn SegmentStore>, clock: Arc<dyn Clock>) -> Self {
        Self { segments, clock }
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

    /// Makes all that are missing of hours that are over, until one is overtaken by logins that come or go. Returns how many.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn make_all(&self) -> Result<u64, Unavailable> {
        let mut made = 0;
        loop {
            let before = SegmentNumber::of(Quarter::of(self.clock.now().plus_ms(-REST_MS)));
            match self.segments.make_segment(before).await? {
                Made::One => made += 1,
                Made::Nothing | Made::Overtaken => return Ok(made),
            }
        }
    }
}
