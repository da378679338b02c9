//! Queues in front of users: what concerns one user takes turns in this process, so that it does not spoil its own commits.

use std::time::Duration;

use tokio::{
    sync::{Mutex, MutexGuard},
    time::timeout,
};

use crate::domain::ids::UserKey;

/// How long anybody waits for their turn.
pub const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many queues there are; users share them by their hash.
const QUEUES: usize = 1_024;

/// The queues.
pub struct Turns(Vec<Mutex<()>>);

impl Turns {
    /// Waits until nobody else of this process works on the user; none if that takes longer than [`MAX_WAIT`].
    pub async fn of(&self, user: &UserKey) -> Option<MutexGuard<'_, ()>> {
        let [a, b, ..] = user.hash;
        timeout(MAX_WAIT, self.0[usize::from(u16::from_be_bytes([a, b])) % QUEUES].lock()).await.ok()
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self((0..QUEUES).map(|_| Mutex::new(())).collect())
    }
}
