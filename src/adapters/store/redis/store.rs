//! The port, by commands and scripts.

use std::{
    ops::Range,
    sync::atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        fault::OpenError,
        prepared::{PreparedCommit, PreparedEvent},
        redis::{
            commit::{self, Life},
            events, history, keys, lists, outbox, recall,
            server::link::Link,
            sessions,
        },
    },
    domain::{
        alert::{
            alert::{Alert, Delivery},
            suppression::{Cause, Suppression},
        },
        history::{
            login_record::{LoginIndex, LoginRecord},
            session::Session,
        },
        ids::{AlertId, EmailKey, LoginId, TenantId, UserKey, WebhookId},
        tenant::{
            api_key::ApiKeyRecord,
            webhook::{Attempt, TenantEvent, Webhook},
        },
        time::{DAY_MS, Timestamp},
        turns::Room,
        waiting::Latest,
    },
    ports::{
        AlertStore, ApiKeyStore, Commit, CommitError, Count, Counters, EventQueue, EventSettlement, LeasedAlert,
        LeasedEvent, Loaded, LoginStore, Outbox, ProfileStore, Requeued, SessionChange, SessionStore, Settlement,
        SuppressionStore, Unavailable, WebhookStore,
    },
};

/// A hundred years: what is longer does not fit in the life that Redis gives a key.
const LONGEST_RETENTION_MS: i64 = 36_525 * DAY_MS;

/// A store in one Redis or Valkey server.
///
/// What it has acknowledged survives a crash of the server with `appendfsync always`; with `everysec` up to a second is
/// lost when the machine goes down.
#[derive(Debug)]
pub struct RedisStore {
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
        Ok(Self { link: Link::open(url).await?, retention_ms, forgotten_before: AtomicI64::new(0) })
    }
}

#[async_trait]
impl ProfileStore for RedisStore {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        commit::load(&self.link, user, idempotency, now).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let forgotten_before = Timestamp::from_unix_ms(self.forgotten_before.load(Ordering::Relaxed));
        let life = Life { retention_ms: self.retention_ms, forgotten_before };
        commit::commit(&self.link, &PreparedCommit::new(commit)?, &life).await
    }
}

#[async_trait]
impl LoginStore for RedisStore {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        history::login(&self.link, tenant, id).await
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        history::logins(&self.link, tenant, index, ids, limit).await
    }
}

#[async_trait]
impl AlertStore for RedisStore {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        outbox::alert(&self.link, id, now).await
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        outbox::alerts(&self.link, tenant, before, limit, now).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        outbox::alerts_of(&self.link, user, before, limit, now).await
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
        outbox::lease(&self.link, now, lease_until, limit).await
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
        outbox::settle(&self.link, alert, fence, now, (settlement, event)).await
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        outbox::requeue(&self.link, id, now, recipient).await
    }

    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable> {
        outbox::bounce(&self.link, id, now, reason, PreparedEvent::new(&event)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        outbox::next_due(&self.link).await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        recall::alerts(&self.link, now, latest).await
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
        events::lease(&self.link, now, lease_until, room).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        events::settle(&self.link, leased, now, settlement).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        events::next_due(&self.link).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        recall::events(&self.link, now, latest).await
    }
}

#[async_trait]
impl WebhookStore for RedisStore {
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        events::put_webhook(&self.link, &webhook).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        events::webhooks(&self.link, tenant).await
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        events::remove_webhook(&self.link, tenant, id).await
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        events::put_attempt(&self.link, webhook, &attempt).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        events::attempts(&self.link, webhook).await
    }
}

#[async_trait]
impl SuppressionStore for RedisStore {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable> {
        lists::suppress(&self.link, tenant, email, why).await
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        lists::suppressions(&self.link, asked).await
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable> {
        lists::lift(&self.link, tenant, email).await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        lists::count_suppressions(&self.link, tenant).await
    }
}

#[async_trait]
impl Counters for RedisStore {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        lists::count(&self.link, counts, now).await
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        sessions::find(&self.link, user, key).await
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable> {
        sessions::put(&self.link, &keys::session(user, &key), change).await
    }
}

#[async_trait]
impl ApiKeyStore for RedisStore {
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        history::put_api_key(&self.link, &record).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        history::api_key(&self.link, id).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        history::api_keys(&self.link).await
    }
}
