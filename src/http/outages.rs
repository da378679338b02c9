//! One line of the log for many requests that are refused for the same reason: while the store is away there would be one for each.

use std::{
    mem,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For how long others of the same reason are only counted.
const QUIET: Duration = Duration::from_secs(1);
/// How many reasons are remembered: there are few, and the one of longest ago makes room.
const MOST: usize = 16;

/// Why requests were refused, when that was last said, and how often it was not said since.
struct Reasons(Vec<(String, Instant, u64)>);

/// Logs that a request was refused because the store is unavailable, once a second at most for the same cause, with how many were left
/// out since.
pub fn log_unavailable(cause: &str, request_id: &str) {
    static REASONS: Mutex<Reasons> = Mutex::new(Reasons(Vec::new()));
    let left_out = REASONS.lock().unwrap_or_else(PoisonError::into_inner).turn(cause, Instant::now());
    if let Some(left_out) = left_out {
        tracing::error!(cause, request_id, left_out, "the store is unavailable");
    }
}

impl Reasons {
    /// How many were left out since the last line about a cause; `None` if this one is, too.
    fn turn(&mut self, cause: &str, now: Instant) -> Option<u64> {
        if let Some((_, said_at, left_out)) = self.0.iter_mut().find(|(known, ..)| known == cause) {
            if now.saturating_duration_since(*said_at) < QUIET {
                *left_out += 1;
                return None;
            }
            *said_at = now;
            return Some(mem::take(left_out));
        }
        if self.0.len() >= MOST {
            let oldest = self.0.iter().enumerate().min_by_key(|(_, (_, said_at, _))| *said_at);
            if let Some(at) = oldest.map(|(at, _)| at) {
                self.0.swap_remove(at);
            }
        }
        self.0.push((cause.to_owned(), now, 0));
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_once_a_second_and_the_others_are_counted() {
        let (mut reasons, begun) = (Reasons(Vec::new()), Instant::now());
        let mut turn = |cause: &str, after_ms| reasons.turn(cause, begun + Duration::from_millis(after_ms));
        assert_eq!([turn("a", 0), turn("a", 10), turn("b", 20), turn("a", 999)], [Some(0), None, Some(0), None]);
        assert_eq!([turn("a", 1_001), turn("a", 1_002), turn("b", 1_020)], [Some(2), None, Some(0)]);
        for more in 0..MOST {
            turn(&more.to_string(), 2_000);
        }
        assert_eq!(turn("a", 2_001), Some(0), "it has made room");
    }
}
