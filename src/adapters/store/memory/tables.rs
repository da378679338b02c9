//! What the store in memory keeps, and how a commit changes it.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::{
    adapters::store::{
        backend::{AlertRow, Versioned},
        memory::events::EventTables,
        prepared::{PreparedCommit, PreparedLogin},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, EmailKey, LoginId, PrefixKey, TenantId, UserKey, WebhookId},
        policy::policy::PolicyVersion,
        time::Timestamp,
    },
    ports::CommitError,
};

/// Everything that is kept.
#[derive(Debug, Default)]
pub struct Tables {
    /// Which store this is.
    pub identity: Option<String>,
    /// Versions and records, by user.
    pub profiles: HashMap<[u8; 16], (u64, Vec<u8>)>,
    /// By name.
    pub logins: BTreeMap<LoginId, StoredLogin>,
    /// Every login under each of its indexes; the bytes are those of [`index_bytes`].
    pub index: BTreeSet<(Vec<u8>, LoginId)>,
    /// By key.
    pub idempotency: HashMap<[u8; 16], StoredKey>,
    /// By name.
    pub alerts: BTreeMap<AlertId, StoredAlert>,
    /// By public part.
    pub api_keys: HashMap<String, Vec<u8>>,
    /// What waits to be posted.
    pub events: EventTables,
    /// Webhooks and attempts.
    pub webhooks: WebhookTables,
    /// Why and since when addresses get no more mail.
    pub suppressions: BTreeMap<(TenantId, EmailKey), String>,
    /// What counters stand at, and when they expire.
    pub counters: HashMap<[u8; 16], (u64, Timestamp)>,
    /// Sessions, and when they expire.
    pub sessions: HashMap<[u8; 16], (Versioned, Timestamp)>,
    /// Policies.
    pub policies: PolicyTables,
    /// What is remembered of the latest trim.
    pub trim_memory: Option<Vec<u8>>,
}

/// Records of webhooks and of attempts, the latest first.
#[derive(Debug, Default)]
pub struct WebhookTables {
    /// By tenant and id.
    pub webhooks: BTreeMap<(TenantId, WebhookId), Vec<u8>>,
    /// By webhook.
    pub attempts: HashMap<WebhookId, VecDeque<Vec<u8>>>,
}

/// What tenants want to be different, and policies that judged logins.
#[derive(Debug, Default)]
pub struct PolicyTables {
    /// By tenant; the version is how often it was written.
    pub changes: HashMap<TenantId, Versioned>,
    /// By tenant and version, with the time when it judged last.
    pub kept: HashMap<(TenantId, PolicyVersion), (Vec<u8>, Timestamp)>,
}

/// A login and where it is indexed.
#[derive(Debug)]
pub struct StoredLogin {
    /// Whose it is.
    pub tenant: TenantId,
    /// The stored form.
    pub record: Vec<u8>,
    /// Under which names it is indexed.
    pub indexes: [Vec<u8>; 4],
}

/// An idempotency key.
#[derive(Debug)]
pub struct StoredKey {
    /// The hash of the request's body.
    pub body: [u8; 16],
    /// What it made.
    pub login: LoginId,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// An alert.
#[derive(Debug)]
pub struct StoredAlert {
    /// Whose it is.
    pub tenant: TenantId,
    /// Whom it warns.
    pub user: UserKey,
    /// The alert and its delivery.
    pub row: AlertRow,
}

/// What an index is called in the set of index entries.
#[must_use]
pub fn index_bytes(tenant: &TenantId, index: &LoginIndex) -> Vec<u8> {
    match index {
        LoginIndex::Time => [b"t", tenant.as_str().as_bytes()].concat(),
        LoginIndex::User(user) => [b"u", &user.hash[..]].concat(),
        LoginIndex::Prefix(prefix) => [b"p", &prefix.0[..]].concat(),
        LoginIndex::Fingerprint(fingerprint) => [b"f", &fingerprint[..]].concat(),
    }
}

impl Tables {
    /// Stores everything or nothing.
    ///
    /// # Errors
    /// See [`Store::commit`](crate::ports::Store::commit).
    pub fn commit(&mut self, commit: PreparedCommit) -> Result<(), CommitError> {
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
                stored.row.delivery.answer = answer.as_str().into();
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
            let row = AlertRow { record: alert.record, delivery: alert.delivery };
            let stored = StoredAlert { tenant: tenant.clone(), user: *user, row };
            self.alerts.entry(alert.id).or_insert(stored);
        }
        self.logins.insert(login.id, StoredLogin { tenant: tenant.clone(), record: login.record, indexes });
    }

    /// Forgets logins; how many there were.
    pub fn remove_logins_before(&mut self, cutoff: Timestamp) -> u64 {
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
