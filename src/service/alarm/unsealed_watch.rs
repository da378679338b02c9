//! How many records from before sealing are not sealed yet, for `/readyz` and the metrics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tracing::{info, warn};

use crate::ports::{Unavailable, Unsealed, UnsealedStore};

/// How often the note of how many are left is read.
const LOOKS_EVERY: Duration = Duration::from_secs(5);
/// How often they are counted while some are left. Every record is read for that.
const COUNTS_EVERY: Duration = Duration::from_hours(1);
/// How many times as long as a step of counting the pause after it is, so that it takes a fifth of what the store can do.
const PAUSE: u32 = 4;
/// How many are named.
const NAMED: usize = 100;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// How many are left.
    pub count: u64,
    /// The first hundred of them.
    pub named: Vec<Unsealed>,
}

/// Counts what is not sealed. After each step it pauses for `pause` times as long as that took.
///
/// # Errors
/// The store does not answer.
pub async fn count(store: &dyn UnsealedStore, pause: u32) -> Result<Left, Unavailable> {
    let (mut left, mut position) = (Left::default(), None);
    loop {
        let began = Instant::now();
        let looked = store.look_for_unsealed(position.as_ref()).await?;
        left.count += looked.unsealed.len() as u64;
        let room = NAMED.saturating_sub(left.named.len());
        left.named.extend(looked.unsealed.into_iter().take(room));
        position = looked.next;
        if position.is_none() {
            return Ok(left);
        }
        sleep(pause * began.elapsed()).await;
    }
}

/// What was found when somebody last looked.
pub struct UnsealedWatch {
    store: Arc<dyn UnsealedStore>,
    left: AtomicU64,
}

impl UnsealedWatch {
    /// Watches this store.
    #[must_use]
    pub fn new(store: Arc<dyn UnsealedStore>) -> Self {
        Self { store, left: AtomicU64::new(0) }
    }

    /// What is said of it; `None` if nothing is left, as far as is known.
    #[must_use]
    pub fn amiss(&self) -> Option<String> {
        told(self.left.load(Ordering::Relaxed))
    }

    /// Looks again and again, until `stop` turns true. Once a store is sealed, it is not counted any more.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut counted_at: Option<Instant> = None;
        while !*stop.borrow() {
            let is_due = counted_at.is_none_or(|it| it.elapsed() >= COUNTS_EVERY);
            let looked = tokio::select! {
                looked = self.look(is_due) => looked,
                _ = stop.changed() => break,
            };
            match looked {
                Ok(true) => counted_at = Some(Instant::now()),
                Ok(false) => {}
                // `/readyz` says what is amiss with the store.
                Err(fault) => tracing::debug!(%fault, "what is not sealed could not be counted"),
            }
            // Ends after the interval, or at once when `stop` turns true.
            let _ = timeout(LOOKS_EVERY, stop.changed()).await;
        }
    }

    /// Reads the note, and counts if that is due and something may be left; whether it has counted.
    async fn look(&self, is_due: bool) -> Result<bool, Unavailable> {
        let noted = self.store.unsealed_left().await?;
        if !is_due || noted == Some(0) {
            self.note(noted.unwrap_or_default());
            return Ok(false);
        }
        let counted = count(self.store.as_ref(), PAUSE).await?.count;
        // Whoever seals counts too, and when all of it is over that is the truth.
        let is_over = self.store.unsealed_left().await? == Some(0);
        if !is_over {
            self.store.put_unsealed_left(counted).await?;
        }
        self.note(if is_over { 0 } else { counted });
        Ok(true)
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵³ records")]
    fn note(&self, left: u64) {
        metrics::gauge!("watchlight_unsealed_records").set(left as f64);
        match (self.left.swap(left, Ordering::Relaxed), left) {
            (0, 1..) => warn!(left, "records from before sealing are not sealed: run `watchlight store seal`"),
            (1.., 0) => info!("every record is sealed"),
            _ => {}
        }
    }
}

/// What is said of so many records that are not sealed.
#[must_use]
pub fn told(left: u64) -> Option<String> {
    let told = "from before sealing: run `watchlight store seal`";
    match left {
        0 => None,
        1 => Some(format!("1 record is not sealed, {told}")),
        many => Some(format!("{many} records are not sealed, {told}")),
    }
}
