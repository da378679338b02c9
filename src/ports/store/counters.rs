//! Counters that expire.

use async_trait::async_trait;

use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// A counter, and how much to add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Identifies the counter: a keyed hash of what is counted.
    pub key: [u8; 16],
    /// How much to add; 0 only reads.
    pub add: u64,
    /// When the counter expires and starts at 0 again. Only used by the call that creates it.
    pub expires_at: Timestamp,
}

/// Counts for all processes together. Counters expire on their own.
///
/// Contract: a call counts everything, or is [`Unavailable`], and then it is not known what was counted. A counter that
/// is 0 or expired takes up room no longer than until the next trim.
///
/// To count something new, derive a key for it in the keyring; nothing changes here.
#[async_trait]
pub trait Counters: Send + Sync {
    /// Adds to counters and returns their values after that, in the order given. A counter is created by the first call
    /// that adds to it, and created anew once it has expired.
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable>;
}
