//! The port, by the tables.

use std::{ops::Range, path::Path};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        coded::store::Coded,
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
            events, history, outbox, sessions,
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
        time::Timestamp,
        turns::Room,
        waiting::Latest,
    },
    ports::{
        AlertStore, Commit, CommitError, EventQueue, EventSettlement, LeasedAlert, LeasedEvent, Loaded, LoginStore,
        Outbox, ProfileStore, Requeued, SessionChange, SessionStore, Settlement, Unavailable,
    },
};

/// A store in one SQLite file. Other processes may have the file open too.
pub type SqliteStore = Coded<Sqlite>;

/// One SQLite file and its connections.
#[derive(Debug)]
pub struct Sqlite {
    // Dropped first, so that the writer's connection is the last, with which SQLite removes the log.
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) files: OpenFiles,
}

impl SqliteStore {
    /// Opens the store in the file at `path`; makes folder, file and tables if they are missing.
    ///
    /// # Errors
    /// The file cannot be opened, or is not a store of this version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(Sqlite::open(path)?))
    }
}

impl Sqlite {
    fn open(path: &Path) -> Result<Self, OpenError> {
        let (connection, files) = schema::create(path)?;
        let fault = |it: std::io::Error| OpenError::File { path: path.display().to_string(), problem: it.to_string() };
        let writer = Writer::start(connection, files.clone()).map_err(fault)?;
        Ok(Self { writer, readers: Readers::new(path.to_owned(), files.clone()), files })
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
        self.backend.readers.read(move |connection| commit::load(connection, &damage, &user, idempotency, now)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let prepared = PreparedCommit::new(commit)?;
        self.backend.writer.write(move |connection| commit::commit(connection, &prepared)).await
    }
}

#[async_trait]
impl LoginStore for SqliteStore {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let damage = self.damage.clone();
        let tenant = tenant.clone();
        self.backend.readers.read(move |connection| history::login(connection, &damage, &tenant, id)).await
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
        self.backend
            .readers
            .read(move |connection| history::logins(connection, &damage, &tenant, &index, &ids, limit))
            .await
    }
}

#[async_trait]
impl AlertStore for SqliteStore {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let damage = self.damage.clone();
        self.backend.readers.read(move |connection| outbox::alert(connection, &damage, id, now)).await
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
        self.backend
            .readers
            .read(move |connection| outbox::alerts(connection, &damage, &tenant, before, limit, now))
            .await
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
        self.backend
            .readers
            .read(move |connection| outbox::alerts_of(connection, &damage, &user, before, limit, now))
            .await
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
        self.backend.write(move |connection| outbox::lease(connection, &damage, now, lease_until, limit)).await
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
        self.backend.write(settle).await
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        let damage = self.damage.clone();
        self.backend.write(move |connection| outbox::requeue(connection, &damage, id, now, recipient)).await
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
        self.backend.write(bounce).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.readers.read(outbox::next_due).await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let latest = *latest;
        self.backend.write(move |connection| outbox::recall(connection, now, &latest)).await
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
        self.backend.write(move |connection| events::lease(connection, &damage, now, lease_until, &room)).await
    }

    async fn settle_event(
        &self,
        leased: &LeasedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        let leased = leased.clone();
        self.backend.write(move |connection| events::settle(connection, &leased, now, settlement)).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.readers.read(events::next_due).await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let latest = *latest;
        self.backend.write(move |connection| events::recall(connection, now, &latest)).await
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        let damage = self.damage.clone();
        self.backend.readers.read(move |connection| sessions::find(connection, &damage, key)).await
    }

    async fn put_session(
        &self,
        _user: &UserKey,
        key: [u8; 16],
        change: SessionChange<'_>,
    ) -> Result<bool, Unavailable> {
        let SessionChange { version, session, now, life_ms } = change;
        let (session, expires_at) = (session.clone(), now.plus_ms(life_ms));
        self.backend.write(move |connection| sessions::put(connection, key, version, &session, expires_at)).await
    }
}
