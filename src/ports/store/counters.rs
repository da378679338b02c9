//! Counters that expire.

use async_trait::async_trait;

use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What: a keyed hash.
    pub key: [u8; 16],
    /// How many more; 0 only asks.
    pub add: u64,
    /// When the counter starts from nought again, if it starts with this.
    pub expires_at: Timestamp,
}

/// Counts, for all processes together, and forgets by itself.
///
/// Contract: all of one call is counted, or the call is [`Unavailable`] and it is not known what was; what stands at 0 or has
/// expired takes no room for longer than the store takes to trim.
///
/// A new thing to count needs a key of its own from the keyring, and no change here.
#[async_trait]
pub trait Counters: Send + Sync {
    /// Adds to counters and returns what they then stand at, in the order given. A counter starts at nought, with the
    /// first that is added to it, and again once it has expired.
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable>;
}
