//! Which of the keys that logins go to were looked at lately, whether they live long enough. Such a key has a life from when it is made,
//! and a longer one twice a day while it is used: so it is not looked at again with each login.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    mem::take,
    sync::{Mutex, PoisonError},
};

use crate::{
    adapters::store::{prepared::PreparedCommit, redis::server::keys},
    domain::time::{HOUR_MS, Timestamp},
};

/// What was looked at is known for so long at least, and for twice as long at most.
const KNOWN_MS: i64 = 6 * HOUR_MS;
/// Of so many are known at most, and twice. One takes some ten bytes.
const MOST: usize = 100_000;

/// What this process has looked at.
#[derive(Debug, Default)]
pub struct Lives(Mutex<Looks>);

#[derive(Debug, Default)]
struct Looks {
    since: Timestamp,
    latest: HashSet<u64>,
    earlier: HashSet<u64>,
}

/// All keys that the logins of a commit go to, as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places(u64);

impl Places {
    /// Those of this commit.
    #[must_use]
    pub fn of(commit: &PreparedCommit) -> Self {
        let mut hasher = DefaultHasher::new();
        (commit.user.partition.0, commit.user.hash).hash(&mut hasher);
        for login in &commit.logins {
            (keys::number_of_logins(login.id), login.prefix, login.fingerprint).hash(&mut hasher);
        }
        for clue in &commit.clues {
            clue.stretch.0.hash(&mut hasher);
        }
        Self(hasher.finish())
    }

    /// A single key.
    #[must_use]
    pub fn of_key(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Lives {
    /// Whether these were looked at lately.
    pub fn are_known(&self, places: Places, now: Timestamp) -> bool {
        self.with(now, |looks| looks.latest.contains(&places.0) || looks.earlier.contains(&places.0))
    }

    /// Notes that these were looked at.
    pub fn note(&self, places: Places, now: Timestamp) {
        self.with(now, |looks| looks.latest.insert(places.0));
    }

    fn with<T>(&self, now: Timestamp, work: impl FnOnce(&mut Looks) -> T) -> T {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.turn(now);
        work(&mut looks)
    }
}

impl Looks {
    /// Forgets what was looked at too long ago. Nothing is known by a clock that was put back.
    fn turn(&mut self, now: Timestamp) {
        let age_ms = now.ms_since(self.since);
        if (-HOUR_MS..KNOWN_MS).contains(&age_ms) && self.latest.len() < MOST {
            return;
        }
        let latest = take(&mut self.latest);
        let is_of_late = (-HOUR_MS..2 * KNOWN_MS).contains(&age_ms);
        *self = Self { since: now, earlier: if is_of_late { latest } else { HashSet::new() }, latest: HashSet::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_known_for_some_hours() {
        let (lives, at) = (Lives::default(), |hours: i64| Timestamp::from_unix_ms(1_790_000_000_000 + hours * HOUR_MS));
        assert!(!lives.are_known(Places(1), at(0)));
        lives.note(Places(1), at(0));
        assert!(lives.are_known(Places(1), at(5)) && !lives.are_known(Places(2), at(5)));
        lives.note(Places(2), at(7));
        assert!(lives.are_known(Places(1), at(11)));
        assert!(!lives.are_known(Places(1), at(13)) && lives.are_known(Places(2), at(13)));
        assert!(!lives.are_known(Places(2), at(26)), "nothing came for long");
        lives.note(Places(3), at(26));
        assert!(!lives.are_known(Places(3), at(20)), "the clock was put back");
        (0..2 * MOST as u64 + 9).for_each(|it| lives.note(Places(it), at(20)));
        assert!(!lives.are_known(Places(0), at(20)) && lives.are_known(Places(2 * MOST as u64), at(20)));
    }
}
