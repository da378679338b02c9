//! The store that forgets everything with the process: for trying out, for tests and for replays. It keeps encoded
//! records, so that whatever runs over it has gone through the stored forms.

use std::{
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        coded::store::Coded,
        damage::hex,
        memory::tables::{StoredAlert, StoredLogin, Tables, index_bytes},
        prepared::{
            LeaseState, PreparedCommit, PreparedEvent, bounced, lease_state, leased_alert, requeued, settled,
            shown_alert,
        },
        record,
    },
    domain::{
        alert::alert::{Alert, Delivery, State},
        history::{
            login_record::{LoginIndex, LoginRecord},
            session::Session,
        },
        ids::{AlertId, LoginId, TenantId, UserKey},
        tenant::webhook::TenantEvent,
        time::Timestamp,
        turns::{Candidate, Room, last_of_each},
        waiting::Latest,
    },
    ports::{
        AlertStore, Commit, CommitError, EventQueue, EventSettlement, LeasedAlert, LeasedEvent, Loaded, LoginStore,
        Outbox, ProfileStore, RecordKind, Requeued, SessionChange, SessionStore, Settlement, Unavailable,
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
impl LoginStore for MemoryStore {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let tables = self.tables();
        let stored = tables.logins.get(&id).filter(|it| it.tenant == *tenant);
        let read = |it: &StoredLogin| {
            self.damage.note(RecordKind::Login, || id.to_string(), record::login::decode(&it.record))
        };
        Ok(stored.map(read).transpose()?)
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let tables = self.tables();
        let name = index_bytes(tenant, index);
        let found = tables.index.range((name.clone(), ids.start)..(name, ids.end)).rev();
        let stored = found.filter_map(|(_, id)| Some((id, tables.logins.get(id)?)));
        let read = |(id, it): (&LoginId, &StoredLogin)| {
            self.damage.note(RecordKind::Login, || id.to_string(), record::login::decode(&it.record)).ok()
        };
        Ok(stored.filter(|(_, it)| it.tenant == *tenant).filter_map(read).take(limit).collect())
    }
}

#[async_trait]
impl AlertStore for MemoryStore {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let tables = self.tables();
        let shown = |it: &StoredAlert| {
            let shown = shown_alert(&it.record, it.delivery.clone(), now);
            self.damage.note(RecordKind::Alert, || id.to_string(), shown)
        };
        Ok(tables.alerts.get(&id).map(shown).transpose()?)
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        Ok(self.tables().newest_alerts(&self.damage, |it| it.tenant == *tenant, before, limit, now))
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        Ok(self.tables().newest_alerts(&self.damage, |it| it.user == *user, before, limit, now))
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        let mut tables = self.tables();
        let due_at = |it: &StoredAlert| it.delivery.due_at.filter(|&it| it <= now);
        let candidate = |(id, it): (&AlertId, &StoredAlert)| {
            let tenant = it.tenant.as_str().to_owned();
            Some(Candidate { tenant, webhook: None, due_at: due_at(it)?, name: *id })
        };
        let all: Vec<Candidate<AlertId>> = tables.alerts.iter().filter_map(candidate).collect();
        let picked = Room::of(limit).pick(all.clone());
        let held = |id: AlertId| tables.alerts.get(&id).is_some_and(|it| it.delivery.suppressed.is_some());
        let mut due: Vec<AlertId> = picked.iter().map(|it| it.name).collect();
        for last in last_of_each(&picked).into_iter().filter(|it| held(it.name)) {
            let with = |it: &&Candidate<AlertId>| it.tenant == last.tenant && it.due_at == last.due_at;
            due.extend(all.iter().filter(with).map(|it| it.name).filter(|id| *id > last.name && held(*id)));
        }
        let mut lease = |id| {
            let alert = tables.alerts.get_mut(&id)?;
            alert.delivery.state = State::Sending;
            alert.delivery.attempts += 1;
            alert.delivery.due_at = Some(lease_until);
            let lease = leased_alert(&alert.record, &alert.delivery);
            self.damage.note(RecordKind::Alert, || id.to_string(), lease).ok().flatten()
        };
        Ok(due.into_iter().filter_map(&mut lease).collect())
    }

    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let mut tables = self.tables();
        let Some(stored) = tables.alerts.get_mut(&alert) else { return Ok(false) };
        let lease = lease_state(fence, &stored.delivery);
        if lease == LeaseState::Holds {
            stored.delivery = settled(stored.delivery.clone(), now, settlement);
            if let Some(event) = event {
                tables.events.insert(PreparedEvent::new(&event));
            }
        }
        Ok(lease != LeaseState::Lost)
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        let mut tables = self.tables();
        let Some(stored) = tables.alerts.get_mut(&id) else { return Ok(Requeued::Unknown) };
        Ok(match requeued(stored.delivery.clone(), now, recipient) {
            Ok(after) => {
                stored.delivery = after;
                Requeued::Queued
            }
            Err(why) => why,
        })
    }

    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable> {
        let mut tables = self.tables();
        let Some(stored) = tables.alerts.get_mut(&id) else { return Ok(false) };
        let Some(after) = bounced(stored.delivery.clone(), now, reason) else { return Ok(false) };
        stored.delivery = after;
        tables.events.insert(PreparedEvent::new(&event));
        Ok(true)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        Ok(self.tables().alerts.values().filter_map(|it| it.delivery.due_at).min())
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        let mut hastened = 0;
        for alert in self.tables().alerts.values_mut() {
            let it = &mut alert.delivery;
            let latest = latest.of(it.state == State::Sending, it.suppressed.is_some(), it.attempts);
            if it.due_at.is_some_and(|due_at| due_at > latest) {
                it.due_at = Some(now);
                hastened += 1;
            }
        }
        Ok(hastened)
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

#[async_trait]
impl SessionStore for MemoryStore {
    async fn session(&self, _user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        Ok(self.tables().sessions.session(key))
    }

    async fn put_session(
        &self,
        _user: &UserKey,
        key: [u8; 16],
        change: SessionChange<'_>,
    ) -> Result<bool, Unavailable> {
        Ok(self.tables().sessions.put_session(key, change))
    }
}
