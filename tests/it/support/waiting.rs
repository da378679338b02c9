//! Waiting for a condition.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long anything may take that a test waits for: machines that run tests are busy.
const DEADLINE: Duration = Duration::from_mins(1);

/// Waits until `done` gives something.
#[track_caller]
pub fn wait_for<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(it) = done() {
            return it;
        }
        assert!(Instant::now() < deadline, "waited too long until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
