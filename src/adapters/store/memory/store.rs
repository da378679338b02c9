//! The store that forgets everything with the process: for trying out, for tests and for replays. It keeps encoded
//! records, so that whatever runs over it has gone through the stored forms.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{
    adapters::store::{coded::store::Coded, damage::hex, memory::tables::Tables, prepared::PreparedCommit, record},
    domain::{ids::UserKey, time::Timestamp, turns::Room, waiting::Latest},
    ports::{
        Commit, CommitError, EventQueue, EventSettlement, LeasedEvent, Loaded, ProfileStore, RecordKind, Unavailable,
    },
};

/// A store in memory. Cheap to make; calls never wait for long and never fail.
pub type MemoryStore = Coded<Memory>;

/// What the store in memory keeps its bytes in.
#[derive(Debug, Default)]
pub struct Memory {
    tables: Mutex<Tables>,
}

impl Memory {
    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        // Nothing below panics between two changes that belong together.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.backend.tables()
    }
}

#[async_trait]
impl ProfileStore for MemoryStore {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        let tables = self.tables();
        let stored = idempotency.and_then(|it| tables.idempotency.get(&it)).filter(|it| it.expires_at > now);
        let earlier = stored.map(|it| (it.body, it.login));
        match tables.profiles.get(&user.hash) {
            Some((version, bytes)) => {
                let read = record::user::profile::decode(bytes);
                let profile = self.damage.note(RecordKind::Profile, || hex(&user.hash), read)?;
                Ok(Loaded { version: *version, profile, earlier })
            }
            None => Ok(Loaded { earlier, ..Loaded::default() }),
        }
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let prepared = PreparedCommit::new(commit)?;
        self.tables().commit(prepared)
    }
}

#[async_trait]
impl EventQueue for MemoryStore {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        Ok(self.tables().events.lease(&self.damage, now, lease_until, room))
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        Ok(self.tables().events.settle(leased, now, settlement))
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        Ok(self.tables().events.next_due())
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        Ok(self.tables().events.recall(now, latest))
    }
}
