//! The port, by commands and scripts.

use std::{
    ops::Range,
    sync::atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        coded::store::Coded,
        fault::OpenError,
        prepared::{PreparedCommit, PreparedEvent},
        redis::{
            commit::{self, Life},
            events, history, outbox,
            server::{keys, link::Link, recall},
            sessions,
        },
    },
    domain::{
        alert::alert::{Alert, Delivery},
        history::{
            login_record::{LoginIndex, LoginRecord},
            session::Session,
        },
        ids::{AlertId, LoginId, TenantId, UserKey},
        tenant::webhook::TenantEvent,
        time::{DAY_MS, Timestamp},
        turns::Room,
        waiting::Latest,
    },
    ports::{
        AlertStore, Commit, CommitError, EventQueue, EventSettlement, LeasedAlert, LeasedEvent, Loaded, LoginStore,
        Outbox, ProfileStore, Requeued, SessionChange, SessionStore, Settlement, Unavailable,
    },
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
impl LoginStore for RedisStore {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        history::login(&self.backend.link, tenant, id).await
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        history::logins(&self.backend.link, tenant, index, ids, limit).await
    }
}

#[async_trait]
impl AlertStore for RedisStore {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        outbox::alert(&self.backend.link, id, now).await
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        outbox::alerts(&self.backend.link, tenant, before, limit, now).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        outbox::alerts_of(&self.backend.link, user, before, limit, now).await
    }
}

#[async_trait]
impl Outbox for RedisStore {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        outbox::lease(&self.backend.link, now, lease_until, limit).await
    }

    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let event = event.as_ref().map(PreparedEvent::new);
        outbox::settle(&self.backend.link, alert, fence, now, (settlement, event)).await
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        outbox::requeue(&self.backend.link, id, now, recipient).await
    }

    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable> {
        outbox::bounce(&self.backend.link, id, now, reason, PreparedEvent::new(&event)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        outbox::next_due(&self.backend.link).await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        recall::alerts(&self.backend.link, now, latest).await
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

#[async_trait]
impl SessionStore for RedisStore {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        sessions::find(&self.backend.link, user, key).await
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable> {
        sessions::put(&self.backend.link, &keys::session(user, &key), change).await
    }
}
