//! Decides when to check for work that is due later than any plan allows.

use std::sync::Mutex;

use tracing::warn;

use crate::domain::time::{MINUTE_MS, Timestamp};

/// How often that is checked while the clock runs forward: the clock of another machine may have been set back.
const EVERY_MS: i64 = MINUTE_MS;

/// When a worker checked last, and the latest time that its clock has shown.
#[derive(Debug, Default)]
pub struct Recall(Mutex<Option<(Timestamp, Timestamp)>>);

impl Recall {
    /// Whether to check now: at the start, when the clock was set back, and every minute.
    pub fn is_due(&self, now: Timestamp) -> bool {
        // Poisoning is ignored: the value is replaced in one assignment.
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_due = last.is_none_or(|(looked_at, seen_at)| now < seen_at || now.ms_since(looked_at) >= EVERY_MS);
        let looked_at = last.filter(|_| !is_due).map_or(now, |it| it.0);
        *last = Some((looked_at, now));
        is_due
    }
}

/// Logs that work was due later than any plan allows.
pub fn recalled(count: u64) {
    if count > 0 {
        warn!(count, "what waited for longer than it can is due now: was the clock set back?");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_at_the_start_every_minute_and_when_the_clock_was_set_back() {
        let recall = Recall::default();
        let looks = [0, 1, 59_999, 60_000, 119_999, 119_998, 119_999, 179_998, -1, 59_998];
        let due: Vec<bool> = looks.map(|ms| recall.is_due(Timestamp::from_unix_ms(ms))).to_vec();
        assert_eq!(due, [true, false, false, true, false, true, false, true, true, false]);
    }
}
