//! The port, by commands and scripts.

use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        coded::store::Coded,
        fault::OpenError,
        prepared::PreparedCommit,
        redis::{
            commit::{self, Life},
            events,
            server::{link::Link, recall},
        },
    },
    domain::{
        ids::UserKey,
        time::{DAY_MS, Timestamp},
        turns::Room,
        waiting::Latest,
    },
    ports::{Commit, CommitError, EventQueue, EventSettlement, LeasedEvent, Loaded, ProfileStore, Unavailable},
};

/// A hundred years: what is longer does not fit in the life that Redis gives a key.
const LONGEST_RETENTION_MS: i64 = 36_525 * DAY_MS;

/// A store in one Redis or Valkey server.
///
/// What it has acknowledged survives a crash of the server with `appendfsync always`; with `everysec` up to a second is
/// lost when the machine goes down.
pub type RedisStore = Coded<Redis>;

/// One server, and how long what is kept there lives.
#[derive(Debug)]
pub struct Redis {
    pub(crate) link: Link,
    pub(crate) retention_ms: i64,
    /// What a trim of this process has forgotten, in Unix milliseconds: so far back commits may shorten indexes.
    pub(crate) forgotten_before: AtomicI64,
}

impl RedisStore {
    /// Connects to `redis://…`, `redis+unix:///…` or `unix://…` and checks that the server is fit to be a store.
    /// `retention_ms`, from a day to a hundred years, bounds the life of logins even if nobody trims.
    ///
    /// # Errors
    /// The address cannot be read, the server does not answer or refuses us, or it would drop records by itself.
    pub async fn open(url: &str, retention_ms: i64) -> Result<Self, OpenError> {
        let retention_ms = retention_ms.clamp(DAY_MS, LONGEST_RETENTION_MS);
        let link = Link::open(url).await?;
        let damage = link.damage.clone();
        Ok(Self { backend: Redis { link, retention_ms, forgotten_before: AtomicI64::new(0) }, damage })
    }
}

#[async_trait]
impl ProfileStore for RedisStore {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        commit::load(&self.backend.link, user, idempotency, now).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let forgotten_before = Timestamp::from_unix_ms(self.backend.forgotten_before.load(Ordering::Relaxed));
        let life = Life { retention_ms: self.backend.retention_ms, forgotten_before };
        commit::commit(&self.backend.link, &PreparedCommit::new(commit)?, &life).await
    }
}

#[async_trait]
impl EventQueue for RedisStore {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        events::lease(&self.backend.link, now, lease_until, room).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        events::settle(&self.backend.link, leased, now, settlement).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        events::next_due(&self.backend.link).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        recall::events(&self.backend.link, now, latest).await
    }
}
