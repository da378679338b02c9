//! What this process has read of API keys lately, so that a login need not wait for the store to tell its key.

use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::domain::tenant::api_key::ApiKeyRecord;

/// For how long a record is used, from when its reading began: so late at most a process notices what another has revoked.
pub const USED_FOR: Duration = Duration::from_secs(1);
/// After this time one request reads the record anew, and the others go on with the known one meanwhile.
const RENEWED_AFTER: Duration = Duration::from_millis(500);
/// How many keys are known at most. Those beyond are read for each request.
const MAX_KNOWN: usize = 10_000;

/// Records of keys that there are. Of a key that is not there nothing is known: it may be made at any moment, by another
/// process.
///
/// Time is the monotonic one, which no change of the machine's clock touches.
#[derive(Default)]
pub struct KnownKeys(RwLock<HashMap<String, Known>>);

struct Known {
    record: ApiKeyRecord,
    /// When its reading began.
    read_at: Instant,
    /// Whether somebody reads it anew.
    is_being_renewed: AtomicBool,
}

impl KnownKeys {
    /// A key's record, no older than [`USED_FOR`]. `None` if the caller must read it.
    pub fn get(&self, id: &str, now: Instant) -> Option<ApiKeyRecord> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(id)?;
        let age = now.saturating_duration_since(known.read_at);
        let is_usable = age < RENEWED_AFTER || age < USED_FOR && known.is_being_renewed.swap(true, Ordering::Relaxed);
        is_usable.then(|| known.record.clone())
    }

    /// Keeps what the store has answered to a question that began at `read_at`. What is known from later stays: somebody
    /// may have revoked the key while the question was under way.
    pub fn learn(&self, id: &str, record: Option<ApiKeyRecord>, read_at: Instant) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.get(id).is_some_and(|known| known.read_at > read_at) {
            return;
        }
        let Some(record) = record else {
            all.remove(id);
            return;
        };
        if all.len() >= MAX_KNOWN {
            all.retain(|_, known| read_at.saturating_duration_since(known.read_at) < USED_FOR);
        }
        if all.len() < MAX_KNOWN || all.contains_key(id) {
            all.insert(id.to_owned(), Known { record, read_at, is_being_renewed: AtomicBool::new(false) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::TenantId, time::Timestamp};

    fn record(id: &str, revoked_ms: Option<i64>) -> ApiKeyRecord {
        ApiKeyRecord {
            id: id.to_owned(),
            hash: [0; 32],
            tenant: TenantId::parse("acme").unwrap(),
            scopes: Vec::new(),
            created_at: Timestamp::from_unix_ms(0),
            revoked_at: revoked_ms.map(Timestamp::from_unix_ms),
        }
    }

    #[test]
    fn a_record_is_used_for_a_second_and_renewed_by_one_before() {
        let (keys, begin) = (KnownKeys::default(), Instant::now());
        keys.learn("a", Some(record("a", None)), begin);
        assert!((0..100).all(|_| keys.get("a", begin).is_some()) && keys.get("b", begin).is_none());
        let half = begin + RENEWED_AFTER;
        assert!(keys.get("a", half).is_none(), "one reads it anew");
        assert!((0..100).all(|_| keys.get("a", half).is_some()), "and the others go on");
        assert!((0..2).all(|_| keys.get("a", begin + USED_FOR).is_none()), "nobody uses what is too old");
    }

    #[test]
    fn what_was_asked_before_a_key_was_revoked_does_not_bring_it_back() {
        let (keys, begin) = (KnownKeys::default(), Instant::now());
        let later = begin + Duration::from_millis(1);
        keys.learn("a", Some(record("a", Some(1))), later);
        keys.learn("a", Some(record("a", None)), begin);
        assert!(keys.get("a", later).unwrap().revoked_at.is_some());
        keys.learn("a", None, later);
        assert_eq!(keys.get("a", later), None, "a key that is gone is not remembered");
    }

    #[test]
    fn no_more_keys_are_known_than_there_is_room_for() {
        let (keys, begin) = (KnownKeys::default(), Instant::now());
        for number in 0..=MAX_KNOWN {
            let id = number.to_string();
            keys.learn(&id, Some(record(&id, None)), begin);
        }
        assert!(keys.get("0", begin).is_some() && keys.get(&MAX_KNOWN.to_string(), begin).is_none());
        keys.learn("new", Some(record("new", None)), begin + USED_FOR);
        assert_eq!(keys.0.read().unwrap().len(), 1, "what is too old makes room");
    }
}
