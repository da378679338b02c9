//! A store that goes away, or lets what failed wait.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use tokio::sync::RwLock;
use watchlight::{
    adapters::store::memory::store::MemoryStore,
    domain::{
        alert::{
            alert::Delivery,
            suppression::{Cause, Suppression},
        },
        history::{
            cutoffs::Cutoffs,
            retention::{Stocks, TrimMemory},
            session::Session,
        },
        ids::{AlertId, EmailKey, TenantId, UserKey, WebhookId},
        login::login::Outcome,
        policy::{change::PolicyChange, policy::PolicyVersion},
        store_identity::{Found, StoreIdentity},
        tenant::{
            api_key::ApiKeyRecord,
            webhook::{Attempt, TenantEvent, Webhook},
        },
        time::Timestamp,
        turns::Room,
        waiting::Latest,
    },
    ports::{
        ApiKeyStore, Commit, CommitError, Count, Counters, EventQueue, EventSettlement, IdentityStore, Integrity,
        LeasedAlert, LeasedEvent, Loaded, LookedThrough, Oldest, Outbox, PolicyStore, ProfileStore, SessionChange,
        SessionStore, SuppressionStore, Trimmed, Unavailable, Unfit, Upkeep, WebhookStore,
    },
};

/// A store that answers so many more times to what a request asks, API keys aside, and then no more.
pub struct Leaving {
    pub inner: MemoryStore,
    pub answers_left: AtomicUsize,
    /// How often it has not answered.
    pub unanswered: AtomicUsize,
    /// While a test holds it, no failed login is stored.
    pub failures: RwLock<()>,
    /// How many commits of failed logins have begun.
    pub begun: AtomicUsize,
    /// How many logins it has opened.
    pub opened: AtomicUsize,
    /// While a test holds it, no note is stored.
    pub notes: RwLock<()>,
    /// How many notes somebody has begun to store.
    pub noted: AtomicUsize,
    /// Somebody else is always faster than a commit of more logins.
    pub most_together: AtomicUsize,
}

impl Leaving {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new(),
            answers_left: AtomicUsize::new(usize::MAX),
            unanswered: AtomicUsize::new(0),
            failures: RwLock::default(),
            begun: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            notes: RwLock::default(),
            noted: AtomicUsize::new(0),
            most_together: AtomicUsize::new(usize::MAX),
        })
    }

    pub fn answers(&self) -> Result<(), Unavailable> {
        let left = self.answers_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1));
        left.map(drop).map_err(|_| {
            self.unanswered.fetch_add(1, Ordering::SeqCst);
            Unavailable("canary: 10.9.8.7 refused".to_owned())
        })
    }
}

#[async_trait]
impl IdentityStore for Leaving {
    async fn identity(&self) -> Result<Found, Unavailable> {
        self.inner.identity().await
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        self.inner.put_identity(was, is).await
    }
}

#[async_trait]
impl PolicyStore for Leaving {
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable> {
        self.answers()?;
        self.inner.policy(tenant).await
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_policy(tenant, times, change).await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.keep_policy(tenant, version, whole, now).await
    }

    async fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> Result<Option<PolicyChange>, Unavailable> {
        self.answers()?;
        self.inner.kept_policy(tenant, version).await
    }
}

#[async_trait]
impl Integrity for Leaving {
    fn unreadable(&self) -> usize {
        self.inner.unreadable()
    }

    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable> {
        self.answers()?;
        self.inner.look_through(limit).await
    }
}

#[async_trait]
impl ProfileStore for Leaving {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        self.answers()?;
        self.inner.load(user, idempotency, now).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.answers()?;
        let failed = commit.logins.iter().any(|it| it.record.outcome == Outcome::Failure);
        self.begun.fetch_add(usize::from(failed), Ordering::SeqCst);
        let _wait = if failed { Some(self.failures.read().await) } else { None };
        if commit.logins.len() > self.most_together.load(Ordering::SeqCst) {
            return Err(CommitError::Stale);
        }
        self.inner.commit(commit).await
    }

    fn commits_at_once(&self) -> usize {
        self.inner.commits_at_once()
    }

    fn expect_many(&self) {
        self.inner.expect_many();
    }
}

#[async_trait]
impl Outbox for Leaving {
    async fn lease(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<LeasedAlert>, Unavailable> {
        self.inner.lease(now, until, limit).await
    }

    async fn replace(
        &self,
        id: AlertId,
        seen: &Delivery,
        next: &Delivery,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        self.inner.replace(id, seen, next, event).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.inner.next_due().await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.inner.recall(now, latest).await
    }
}

#[async_trait]
impl EventQueue for Leaving {
    async fn lease_events(
        &self,
        now: Timestamp,
        until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        self.inner.lease_events(now, until, room).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        it: EventSettlement,
    ) -> Result<bool, Unavailable> {
        self.inner.settle_event(leased, now, it).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.inner.next_event_due().await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.inner.recall_events(now, latest).await
    }
}

#[async_trait]
impl WebhookStore for Leaving {
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.put_webhook(webhook).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        self.answers()?;
        self.inner.webhooks(tenant).await
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_webhook(tenant, id).await
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.inner.put_attempt(webhook, attempt).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        self.answers()?;
        self.inner.attempts(webhook).await
    }
}

#[async_trait]
impl SuppressionStore for Leaving {
    async fn suppress(&self, tenant: &TenantId, mailbox: EmailKey, why: Suppression) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.suppress(tenant, mailbox, why).await
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        self.answers()?;
        self.inner.suppressions(asked).await
    }

    async fn lift(&self, tenant: &TenantId, mailbox: EmailKey) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.lift(tenant, mailbox).await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        self.answers()?;
        self.inner.count_suppressions(tenant).await
    }
}

#[async_trait]
impl Counters for Leaving {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        self.inner.count(counts, now).await
    }
}

#[async_trait]
impl SessionStore for Leaving {
    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        self.answers()?;
        self.inner.session(user, key).await
    }

    async fn put_session(&self, user: &UserKey, key: [u8; 16], change: SessionChange<'_>) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_session(user, key, change).await
    }

    async fn session_keys(&self, user: &UserKey) -> Result<Vec<[u8; 16]>, Unavailable> {
        self.answers()?;
        self.inner.session_keys(user).await
    }

    async fn sessions(&self, user: &UserKey, keys: &[[u8; 16]]) -> Result<Vec<Session>, Unavailable> {
        self.answers()?;
        self.inner.sessions(user, keys).await
    }
}

#[async_trait]
impl ApiKeyStore for Leaving {
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        self.inner.put_api_key(record).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        self.inner.api_key(id).await
    }

    async fn remove_api_key(&self, id: &str) -> Result<(), Unavailable> {
        self.inner.remove_api_key(id).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        self.inner.api_keys().await
    }
}

#[async_trait]
impl Upkeep for Leaving {
    async fn stock(&self, cutoffs: &Cutoffs, enough: u64) -> Result<Stocks, Unavailable> {
        self.inner.stock(cutoffs, enough).await
    }

    async fn oldest(&self) -> Result<Oldest, Unavailable> {
        self.inner.oldest().await
    }

    async fn trim(&self, cutoffs: &Cutoffs) -> Result<Trimmed, Unavailable> {
        self.inner.trim(cutoffs).await
    }

    async fn trim_memory(&self) -> Result<Option<TrimMemory>, Unavailable> {
        self.inner.trim_memory().await
    }

    async fn put_trim_memory(&self, memory: &TrimMemory) -> Result<(), Unavailable> {
        self.inner.put_trim_memory(memory).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }

    async fn probe(&self) -> Result<String, Unfit> {
        self.answers()?;
        self.inner.probe().await
    }
}
