//! The store that forgets everything with the process: for trying out, for tests and for replays. It keeps encoded
//! records, so that whatever runs over it has gone through the stored forms.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        memory_events::EventTables,
        memory_lists::Lists,
        prepared::{
            Claim, PreparedCommit, PreparedEvent, PreparedLogin, bounced, claim_of, claimed, requeued, settled,
            shown_alert,
        },
        record,
    },
    domain::{
        alert::{Alert, Delivery, State},
        api_key::ApiKeyRecord,
        history::{LoginIndex, LoginRecord},
        ids::{AlertId, LoginId, MailboxKey, PrefixKey, TenantId, UserKey, WebhookId},
        suppression::{Cause, Suppression},
        time::Timestamp,
        webhook::{Attempt, TenantEvent, Webhook},
    },
    ports::{
        Claimed, ClaimedEvent, Commit, CommitError, Count, EventSettlement, Loaded, Requeued, Settlement, Store,
        Unavailable,
    },
};

/// A store in memory. Cheap to make; calls never wait for long and never fail.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    profiles: HashMap<[u8; 16], (u64, Vec<u8>)>,
    logins: BTreeMap<LoginId, StoredLogin>,
    /// Every login under each of its indexes; the bytes are those of [`index_bytes`].
    index: BTreeSet<(Vec<u8>, LoginId)>,
    idempotency: HashMap<[u8; 16], StoredKey>,
    alerts: BTreeMap<AlertId, StoredAlert>,
    api_keys: HashMap<String, Vec<u8>>,
    events: EventTables,
    lists: Lists,
}

#[derive(Debug)]
struct StoredLogin {
    tenant: TenantId,
    record: Vec<u8>,
    indexes: [Vec<u8>; 4],
}

#[derive(Debug)]
struct StoredKey {
    body: [u8; 16],
    login: LoginId,
    expires_at: Timestamp,
}

#[derive(Debug)]
struct StoredAlert {
    tenant: TenantId,
    user: UserKey,
    record: Vec<u8>,
    delivery: Delivery,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Nothing below panics between two changes that belong together.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an index is called in the set of index entries.
fn index_bytes(tenant: &TenantId, index: &LoginIndex) -> Vec<u8> {
    match index {
        LoginIndex::Time => [b"t", tenant.as_str().as_bytes()].concat(),
        LoginIndex::User(user) => [b"u", &user.hash[..]].concat(),
        LoginIndex::Prefix(prefix) => [b"p", &prefix.0[..]].concat(),
        LoginIndex::Fingerprint(fingerprint) => [b"f", &fingerprint[..]].concat(),
    }
}

impl Tables {
    fn commit(&mut self, commit: PreparedCommit) -> Result<(), CommitError> {
        let taken = |key: &[u8; 16]| self.idempotency.get(key).is_some_and(|it| it.expires_at > commit.now);
        let duplicate = |login: &PreparedLogin| {
            self.logins.contains_key(&login.id) || login.idempotency.as_ref().is_some_and(|it| taken(&it.key))
        };
        if commit.logins.iter().any(duplicate) {
            return Err(CommitError::Duplicate);
        }
        let version = self.profiles.get(&commit.user.hash).map_or(0, |(version, _)| *version);
        if version != commit.version {
            return Err(CommitError::Stale);
        }
        if let Some(profile) = commit.profile {
            self.profiles.insert(commit.user.hash, (version + 1, profile));
        }
        for login in commit.logins {
            self.insert(&commit.tenant, &commit.user, login);
        }
        for (alert, answer) in commit.answers {
            if let Some(stored) = self.alerts.get_mut(&alert) {
                stored.delivery.answer = answer;
            }
        }
        for event in commit.events {
            self.events.insert(event);
        }
        Ok(())
    }

    fn insert(&mut self, tenant: &TenantId, user: &UserKey, login: PreparedLogin) {
        let indexes = [
            LoginIndex::Time,
            LoginIndex::User(*user),
            LoginIndex::Prefix(PrefixKey(login.prefix)),
            LoginIndex::Fingerprint(login.fingerprint),
        ]
        .map(|it| index_bytes(tenant, &it));
        self.index.extend(indexes.iter().map(|it| (it.clone(), login.id)));
        if let Some(it) = login.idempotency {
            self.idempotency.insert(it.key, StoredKey { body: it.body, login: login.id, expires_at: it.expires_at });
        }
        if let Some(alert) = login.alert {
            let stored =
                StoredAlert { tenant: tenant.clone(), user: *user, record: alert.record, delivery: alert.delivery };
            self.alerts.entry(alert.id).or_insert(stored);
        }
        self.logins.insert(login.id, StoredLogin { tenant: tenant.clone(), record: login.record, indexes });
    }

    fn remove_logins_before(&mut self, cutoff: Timestamp) -> u64 {
        let kept = self.logins.split_off(&LoginId::first_at(cutoff));
        let removed = std::mem::replace(&mut self.logins, kept);
        for (id, login) in &removed {
            for name in &login.indexes {
                self.index.remove(&(name.clone(), *id));
            }
        }
        removed.len() as u64
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(
        &self,
        _tenant: &TenantId,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
    ) -> Result<Loaded, Unavailable> {
        let tables = self.tables();
        let stored = idempotency.and_then(|it| tables.idempotency.get(&it)).filter(|it| it.expires_at > now);
        let earlier = stored.map(|it| (it.body, it.login));
        match tables.profiles.get(&user.hash) {
            Some((version, bytes)) => {
                Ok(Loaded { version: *version, profile: record::profile::decode(bytes)?, earlier })
            }
            None => Ok(Loaded { earlier, ..Loaded::default() }),
        }
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let prepared = PreparedCommit::new(commit)?;
        self.tables().commit(prepared)
    }

    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let tables = self.tables();
        let stored = tables.logins.get(&id).filter(|it| it.tenant == *tenant);
        Ok(stored.map(|it| record::login::decode(&it.record)).transpose()?)
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
        let stored = found.filter_map(|(_, id)| tables.logins.get(id)).filter(|it| it.tenant == *tenant);
        stored.take(limit).map(|it| Ok(record::login::decode(&it.record)?)).collect()
    }

    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let tables = self.tables();
        tables.alerts.get(&id).map(|it| shown_alert(&it.record, it.delivery.clone(), now)).transpose()
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        let tables = self.tables();
        let newest_first = tables.alerts.iter().rev();
        let asked = newest_first.filter(|(id, it)| it.tenant == *tenant && before.is_none_or(|before| **id < before));
        asked.take(limit).map(|(_, it)| shown_alert(&it.record, it.delivery.clone(), now)).collect()
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        let tables = self.tables();
        let newest_first = tables.alerts.iter().rev();
        let asked = newest_first.filter(|(id, it)| it.user == *user && before.is_none_or(|before| **id < before));
        asked.take(limit).map(|(_, it)| shown_alert(&it.record, it.delivery.clone(), now)).collect()
    }

    async fn claim(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Result<Vec<Claimed>, Unavailable> {
        let mut tables = self.tables();
        let due_at = |it: &StoredAlert| it.delivery.due_at.filter(|&it| it <= now);
        let mut due: Vec<_> = tables.alerts.iter().filter_map(|(id, it)| Some((due_at(it)?, *id))).collect();
        due.sort_unstable();
        due.truncate(limit);
        let mut lease = |id| {
            let alert = tables.alerts.get_mut(&id)?;
            alert.delivery.state = State::Sending;
            alert.delivery.attempts += 1;
            alert.delivery.due_at = Some(lease_until);
            claimed(&alert.record, &alert.delivery)
        };
        Ok(due.into_iter().filter_map(|(_, id)| lease(id)).collect())
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
        let claim = claim_of(fence, &stored.delivery);
        if claim == Claim::Holds {
            stored.delivery = settled(stored.delivery.clone(), now, settlement);
            if let Some(event) = event {
                tables.events.insert(PreparedEvent::new(&event));
            }
        }
        Ok(claim != Claim::Lost)
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        let mut tables = self.tables();
        let Some(stored) = tables.alerts.get_mut(&id) else { return Ok(Requeued::Unknown) };
        let after = requeued(stored.delivery.clone(), now, recipient);
        Ok(after.map_or_else(
            |why| why,
            |it| {
                stored.delivery = it;
                Requeued::Queued
            },
        ))
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

    async fn suppress(&self, tenant: &TenantId, mailbox: MailboxKey, why: Suppression) -> Result<bool, Unavailable> {
        Ok(self.tables().lists.suppress(tenant, mailbox, why))
    }

    async fn suppressions(&self, asked: &[(TenantId, MailboxKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        Ok(self.tables().lists.suppressions(asked))
    }

    async fn lift(&self, tenant: &TenantId, mailbox: MailboxKey) -> Result<bool, Unavailable> {
        Ok(self.tables().lists.lift(tenant, mailbox))
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        Ok(self.tables().lists.count_suppressions(tenant))
    }

    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        Ok(self.tables().lists.count(counts, now))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        Ok(self.tables().alerts.values().filter_map(|it| it.delivery.due_at).min())
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ClaimedEvent>, Unavailable> {
        Ok(self.tables().events.claim(now, lease_until, limit))
    }

    async fn settle_event(
        &self,
        claimed: &ClaimedEvent,
        now: Timestamp,
        settlement: EventSettlement,
    ) -> Result<bool, Unavailable> {
        Ok(self.tables().events.settle(claimed, now, settlement))
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        Ok(self.tables().events.next_due())
    }

    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        self.tables().events.put_webhook(&webhook);
        Ok(())
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        self.tables().events.webhooks(tenant)
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        Ok(self.tables().events.remove_webhook(tenant, id))
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.tables().events.put_attempt(webhook, &attempt);
        Ok(())
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        self.tables().events.attempts(webhook)
    }

    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        let bytes = record::api_key::encode(&record);
        self.tables().api_keys.insert(record.id, bytes);
        Ok(())
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        Ok(self.tables().api_keys.get(id).map(|it| record::api_key::decode(it)).transpose()?)
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        let tables = self.tables();
        let keys = tables.api_keys.values().map(|it| record::api_key::decode(it));
        let mut keys: Vec<ApiKeyRecord> = keys.collect::<Result<_, _>>()?;
        keys.sort_unstable_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(keys)
    }

    async fn trim(&self, now: Timestamp, cutoff: Timestamp) -> Result<u64, Unavailable> {
        let mut tables = self.tables();
        tables.idempotency.retain(|_, it| it.expires_at > now);
        tables.lists.forget_expired(now);
        let first_kept = AlertId::first_at(cutoff);
        tables.alerts.retain(|id, it| *id >= first_kept || it.delivery.due_at.is_some());
        Ok(tables.remove_logins_before(cutoff))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
