//! The port, by the tables.

use std::{ops::Range, path::Path, sync::Arc};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        damage::Damage,
        fault::OpenError,
        prepared::{LeaseState, PreparedCommit, PreparedEvent},
        sqlite::{
            commit,
            engine::{
                files::OpenFiles,
                readers::Readers,
                schema,
                writer::{Refused, Writer},
            },
            events, history, lists, outbox, sessions,
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
        time::Timestamp,
        turns::Room,
        waiting::Latest,
    },
    ports::{
        AlertStore, ApiKeyStore, Commit, CommitError, Count, Counters, EventQueue, EventSettlement, LeasedAlert,
        LeasedEvent, Loaded, LoginStore, Outbox, ProfileStore, Requeued, SessionChange, SessionStore, Settlement,
        SuppressionStore, Unavailable, WebhookStore,
    },
};

/// A store in one SQLite file. Other processes may have the file open too.
#[derive(Debug)]
pub struct SqliteStore {
    // Dropped first, so that the writer's connection is the last, with which SQLite removes the log.
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) files: OpenFiles,
    pub(crate) damage: Arc<Damage>,
}

impl SqliteStore {
    /// Opens the store in the file at `path`; makes folder, file and tables if they are missing.
    ///
    /// # Errors
    /// The file cannot be opened, or is not a store of this version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let (connection, files) = schema::create(path)?;
        let fault = |it: std::io::Error| OpenError::File { path: path.display().to_string(), problem: it.to_string() };
        let writer = Writer::start(connection, files.clone()).map_err(fault)?;
        Ok(Self { writer, readers: Readers::new(path.to_owned(), files.clone()), files, damage: Arc::default() })
    }

    /// Writes what no rule of the store can refuse.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: FnOnce(&rusqlite::Connection) -> Result<T, Refused> + Send + 'static,
    {
        self.writer.write(work).await.map_err(unruled)
    }
}

/// The refusal of what no rule of the store can refuse.
pub(crate) fn unruled(fault: CommitError) -> Unavailable {
    match fault {
        CommitError::Unavailable(it) => it,
        CommitError::Stale | CommitError::Duplicate => Unavailable(fault.to_string()),
    }
}

#[async_trait]
impl ProfileStore for SqliteStore {
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable> {
        let damage = self.damage.clone();
        let user = *user;
        self.readers.read(move |connection| commit::load(connection, &damage, &user, idempotency, now)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let prepared = PreparedCommit::new(commit)?;
        self.writer.write(move |connection| commit::commit(connection, &prepared)).await
    }
}

#[async_trait]
impl LoginStore for SqliteStore {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let damage = self.damage.clone();
        let tenant = tenant.clone();
        self.readers.read(move |connection| history::login(connection, &damage, &tenant, id)).await
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        let damage = self.damage.clone();
        let (tenant, index) = (tenant.clone(), *index);
        self.readers.read(move |connection| history::logins(connection, &damage, &tenant, &index, &ids, limit)).await
    }
}

#[async_trait]
impl AlertStore for SqliteStore {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let damage = self.damage.clone();
        self.readers.read(move |connection| outbox::alert(connection, &damage, id, now)).await
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        let damage = self.damage.clone();
        let tenant = tenant.clone();
        self.readers.read(move |connection| outbox::alerts(connection, &damage, &tenant, before, limit, now)).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        let damage = self.damage.clone();
        let user = *user;
        self.readers.read(move |connection| outbox::alerts_of(connection, &damage, &user, before, limit, now)).await
    }
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        let damage = self.damage.clone();
        self.write(move |connection| outbox::lease(connection, &damage, now, lease_until, limit)).await
    }

    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let damage = self.damage.clone();
        let event = event.as_ref().map(PreparedEvent::new);
        let settle = move |connection: &rusqlite::Connection| {
            let lease = outbox::settle(connection, &damage, alert, fence, now, settlement)?;
            if let (LeaseState::Holds, Some(event)) = (lease, event) {
                events::insert(connection, &event)?;
            }
            Ok(lease != LeaseState::Lost)
        };
        self.write(settle).await
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        let damage = self.damage.clone();
        self.write(move |connection| outbox::requeue(connection, &damage, id, now, recipient)).await
    }

    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable> {
        let damage = self.damage.clone();
        let event = PreparedEvent::new(&event);
        let bounce = move |connection: &rusqlite::Connection| {
            let bounced = outbox::bounce(connection, &damage, id, now, reason)?;
            if bounced {
                events::insert(connection, &event)?;
            }
            Ok(bounced)
        };
        self.write(bounce).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.readers.read(outbox::next_due).await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let latest = *latest;
        self.write(move |connection| outbox::recall(connection, now, &latest)).await
    }
}

#[async_trait]
impl EventQueue for SqliteStore {
    async fn lease_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: &Room,
    ) -> Result<Vec<LeasedEvent>, Unavailable> {
        let damage = self.damage.clone();
        let room = room.clone();
        self.write(move |connection| events::lease(connection, &damage, now, lease_until, &room)).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        let leased = leased.clone();
        self.write(move |connection| events::settle(connection, &leased, now, settlement)).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.readers.read(events::next_due).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let latest = *latest;
        self.write(move |connection| events::recall(connection, now, &latest)).await
    }
}

#[async_trait]
impl WebhookStore for SqliteStore {
    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        self.write(move |connection| events::put_webhook(connection, &webhook)).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        let damage = self.damage.clone();
        let tenant = tenant.clone();
        self.readers.read(move |connection| events::webhooks(connection, &damage, &tenant)).await
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        let tenant = tenant.clone();
        self.write(move |connection| events::remove_webhook(connection, &tenant, id)).await
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.write(move |connection| events::put_attempt(connection, webhook, &attempt)).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        let damage = self.damage.clone();
        self.readers.read(move |connection| events::attempts(connection, &damage, webhook)).await
    }
}

#[async_trait]
impl SuppressionStore for SqliteStore {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable> {
        let tenant = tenant.clone();
        self.write(move |connection| lists::suppress(connection, &tenant, email, why)).await
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        let damage = self.damage.clone();
        let asked = asked.to_vec();
        self.readers.read(move |connection| lists::suppressions(connection, &damage, &asked)).await
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable> {
        let tenant = tenant.clone();
        self.write(move |connection| lists::lift(connection, &tenant, email)).await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        let tenant = tenant.clone();
        self.readers.read(move |connection| lists::count_suppressions(connection, &tenant)).await
    }
}

#[async_trait]
impl Counters for SqliteStore {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        let counts = counts.to_vec();
        if counts.iter().all(|it| it.add == 0) {
            return self.readers.read(move |connection| lists::count(connection, &counts, now)).await;
        }
        self.write(move |connection| lists::count(connection, &counts, now)).await
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        let damage = self.damage.clone();
        self.readers.read(move |connection| sessions::find(connection, &damage, key)).await
    }

    async fn put_session(
        &self,
        _user: &UserKey,
        key: [u8; 16],
        change: SessionChange<'_>,
    ) -> Result<bool, Unavailable> {
        let SessionChange { version, session, now, life_ms } = change;
        let (session, expires_at) = (session.clone(), now.plus_ms(life_ms));
        self.write(move |connection| sessions::put(connection, key, version, &session, expires_at)).await
    }
}

#[async_trait]
impl ApiKeyStore for SqliteStore {
    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        self.write(move |connection| history::put_api_key(connection, &record)).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        let damage = self.damage.clone();
        let id = id.to_owned();
        self.readers.read(move |connection| history::api_key(connection, &damage, &id)).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        let damage = self.damage.clone();
        let mut keys = self.readers.read(move |connection| history::api_keys(connection, &damage)).await?;
        keys.sort_unstable_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(keys)
    }
}
