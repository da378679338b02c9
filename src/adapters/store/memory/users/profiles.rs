//! Profiles, and the one commit of a decision, in memory.

use crate::{
    adapters::store::{
        backend::{AlertRow, LoadedBytes, ProfileBytes, Reply, Versioned},
        memory::{
            store::{Memory, StoredAlert, StoredKey, StoredLogin, Tables, index_bytes},
            users::browsers::keep_browser,
        },
        prepared::{PreparedCommit, PreparedLogin},
        tallying::TallyChanges,
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{PrefixKey, TenantId, UserKey},
        time::Timestamp,
    },
    ports::CommitError,
};

impl ProfileBytes for Memory {
    async fn load(
        &self,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        let tables = self.tables();
        let stored = idempotency.and_then(|it| tables.idempotency.get(&it)).filter(|it| tables.holds(it, now));
        let profile = tables.profiles.get(&user.hash).cloned().map(Ok);
        let salt = tables.salts.get(&user.hash).filter(|_| with_salt).copied();
        Ok(LoadedBytes { profile, earlier: stored.map(|key| (key.body, key.login)), salt, claimed: false })
    }

    async fn commit(&self, commit: PreparedCommit) -> Result<(), CommitError> {
        let mut tables = self.tables();
        let taken = |key: &[u8; 16]| tables.idempotency.get(key).is_some_and(|it| tables.holds(it, commit.now));
        let duplicate = |login: &PreparedLogin| {
            tables.logins.contains_key(&login.id) || login.idempotency.as_ref().is_some_and(|it| taken(&it.key))
        };
        if commit.logins.iter().any(duplicate) {
            return Err(CommitError::Duplicate);
        }
        let version = tables.profiles.get(&commit.user.hash).map_or(0, |it| it.version);
        if version != commit.version || tables.salts.get(&commit.user.hash) != Some(&commit.salt) {
            return Err(CommitError::Stale);
        }
        if let Some(record) = commit.profile {
            tables.profiles.insert(commit.user.hash, Versioned { version: version + 1, record });
        }
        for login in commit.logins {
            tables.note_commit(commit.now, &commit.tenant, login.id);
            insert(&mut tables, &commit.tenant, &commit.user, login);
        }
        tables.clues.extend(commit.clues.into_iter().map(|it| (it.stretch, it.key, it.lead)));
        for browser in commit.browsers {
            keep_browser(&mut tables, &commit.user, browser);
        }
        for (alert, answer) in commit.answers {
            if let Some(stored) = tables.alerts.get_mut(&alert) {
                stored.row.delivery.hear(answer);
            }
        }
        for event in commit.events {
            tables.insert_event(event);
        }
        Ok(())
    }

    fn commits_at_once(&self) -> usize {
        32
    }
}

fn insert(tables: &mut Tables, tenant: &TenantId, user: &UserKey, login: PreparedLogin) {
    let indexes = [
        LoginIndex::Time,
        LoginIndex::User(*user),
        LoginIndex::Prefix(PrefixKey(login.prefix)),
        LoginIndex::Fingerprint(login.fingerprint),
    ]
    .map(|it| index_bytes(tenant, &it));
    tables.index.extend(indexes.iter().map(|it| (it.clone(), login.id)));
    if let Some(it) = login.idempotency {
        tables.idempotency.insert(it.key, StoredKey { body: it.body, login: login.id, expires_at: it.expires_at });
    }
    if let Some(alert) = login.alert {
        let row = AlertRow { record: alert.record, delivery: alert.delivery };
        let stored = StoredAlert { tenant: tenant.clone(), user: *user, row };
        tables.alerts.entry(alert.id).or_insert(stored);
    }
    if login.is_brief {
        tables.brief_logins.insert(login.id);
    }
    let PreparedLogin { id, record, facets, hidden_byte, .. } = login;
    let mut changes = TallyChanges::default();
    changes.come(tenant, id, &facets);
    tables.count(changes);
    tables.logins.insert(id, StoredLogin { tenant: tenant.clone(), record, facets, hidden_byte, indexes });
}
