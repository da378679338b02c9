//! Remembers records that cannot be read, so that lists can skip them and nobody overlooks them.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    adapters::store::record::bytes::Malformed,
    ports::{LookedThrough, RecordKind, Unreadable},
};

/// For how long a record is remembered that was not met again: it may have been repaired or deleted.
const REMEMBERED: Duration = Duration::from_hours(24);
/// How many are remembered.
const MOST: usize = 1_000;

/// The records that a process could not read.
#[derive(Debug, Default)]
pub struct Damage {
    known: Mutex<HashMap<(RecordKind, String), Instant>>,
    /// Whether there are any. Reading a sound record costs no more than checking this.
    any: AtomicBool,
}

impl Damage {
    /// Passes on the result of reading a record, and remembers a failure. Each record is logged and counted once.
    ///
    /// # Errors
    /// The error of `read`.
    pub fn note<T>(
        &self,
        kind: RecordKind,
        id: impl FnOnce() -> String,
        read: Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        match &read {
            Err(fault) => self.remember(kind, id(), *fault, Instant::now()),
            Ok(_) if self.any.load(Ordering::Relaxed) => {
                self.known().remove(&(kind, id()));
            }
            Ok(_) => {}
        }
        read
    }

    /// How many are remembered at this time.
    pub fn count(&self, at: Instant) -> usize {
        let mut known = self.known();
        known.retain(|_, met_at| at.saturating_duration_since(*met_at) < REMEMBERED);
        self.any.store(!known.is_empty(), Ordering::Relaxed);
        known.len()
    }

    fn remember(&self, kind: RecordKind, id: String, fault: Malformed, at: Instant) {
        let mut known = self.known();
        let name = (kind, id);
        if known.len() >= MOST && !known.contains_key(&name) {
            return;
        }
        self.any.store(true, Ordering::Relaxed);
        if known.insert(name.clone(), at).is_none() {
            let (kind, id) = (kind.as_str(), name.1);
            metrics::counter!("watchlight_unreadable_records_total", "kind" => kind).increment(1);
            tracing::error!(kind, id, %fault, "a record cannot be read, and is passed over in lists");
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(RecordKind, String), Instant>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a record to the result of reading through a store.
pub fn looked_at(
    found: &mut LookedThrough,
    kind: RecordKind,
    id: impl FnOnce() -> String,
    read: Result<(), Malformed>,
) {
    found.records += 1;
    if let Err(fault) = read {
        found.unreadable.push(Unreadable { kind, id: id(), reason: fault.to_string() });
    }
}

/// A hash as an id.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(damage: &Damage, id: &str) {
        assert!(damage.note::<()>(RecordKind::Login, || id.to_owned(), Err(Malformed::Short)).is_err());
    }

    #[test]
    fn each_record_counts_once_until_it_is_read_or_long_ago() {
        let (damage, start) = (Damage::default(), Instant::now());
        for id in ["a", "b", "a", "a", "c"] {
            fail(&damage, id);
        }
        assert_eq!(damage.count(start), 3);
        assert_eq!(damage.note(RecordKind::Login, || "b".to_owned(), Ok(7)), Ok(7));
        assert_eq!(damage.note(RecordKind::Alert, || "a".to_owned(), Ok(7)), Ok(7), "another one of that name");
        assert_eq!(damage.count(start), 2);
        assert_eq!(damage.count(start + REMEMBERED + Duration::from_mins(1)), 0);
    }

    #[test]
    fn no_more_are_remembered_than_can_be_told() {
        let damage = Damage::default();
        for id in 0..2 * MOST {
            fail(&damage, &id.to_string());
        }
        assert_eq!(damage.count(Instant::now()), MOST);
    }
}
