//! One login, from top to bottom.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use futures_util::{StreamExt, stream};
use tokio::sync::{MutexGuard, Notify};

use crate::{
    domain::{
        decide::{Observed, decide},
        guessing::{Run, SPRAYING_MS},
        history::LoginRecord,
        ids::{LoginId, TenantId},
        keyring::{Keyring, TenantKeys},
        login::{Invalid, Outcome},
        policy::Policies,
        storm::{self, StormRule},
        webhook::TenantEvent,
    },
    ports::{Commit, CommitError, Loaded, LoginWrite, Store, Unavailable},
    service::{
        guessing::Guessing,
        observing::{Observer, Seen},
        policies::TenantPolicies,
        rarity::Rarities,
        storms::{Storms, Witness},
        turns::{MAX_WAIT, Turns},
    },
};

pub use crate::service::observing::{NewLogin, Purpose};

/// A login that is stored.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The login and everything that is said of it.
    pub record: LoginRecord,
    /// The token that names the device again; none for a failed login.
    pub device_token: Option<String>,
    /// Whether it was stored already, under the same idempotency key.
    pub replayed: bool,
}

/// Why a login was not recorded. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IntakeError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// The idempotency key belongs to a request with another body.
    #[error("the idempotency key belongs to a request with another body")]
    KeyReused,
    /// A request with this idempotency key is still being worked on.
    #[error("a request with this idempotency key is still in flight")]
    InFlight,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// How often a login is decided again when another process has changed the user's profile in between.
const MAX_TRIES: usize = 50;
/// Users whose logins of one import are decided at the same time.
const IMPORT_WIDTH: usize = 32;

/// What was known of a user before a login.
#[derive(Clone, Copy)]
struct Before {
    /// An attempt had failed shortly before.
    failed: bool,
    /// The user was established: see [`storm::is_established`].
    established: bool,
}

/// The way of a login through the layers.
pub struct Intake {
    store: Arc<dyn Store>,
    observer: Observer,
    keyring: Keyring,
    policies: Arc<TenantPolicies>,
    queued: Arc<Notify>,
    tenants: RwLock<HashMap<TenantId, Arc<TenantKeys>>>,
    turns: Turns,
    storms: Arc<Storms>,
    guessing: Guessing,
    rarities: Rarities,
}

impl Intake {
    /// Over a store; `queued` is told whenever an alert waits to be mailed.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        observer: Observer,
        keyring: Keyring,
        policies: impl Into<Policies>,
        queued: Arc<Notify>,
    ) -> Self {
        let (tenants, turns) = (RwLock::default(), Turns::default());
        let storms = Arc::new(Storms::new(StormRule::default(), store.clone()));
        let (guessing, rarities) = (Guessing::new(store.clone()), Rarities::default());
        let policies = Arc::new(TenantPolicies::new(store.clone(), policies.into()));
        Self { store, observer, keyring, policies, queued, tenants, turns, storms, guessing, rarities }
    }

    /// With a watch over storms that others look at too.
    #[must_use]
    pub fn with_watch(self, storms: Arc<Storms>) -> Self {
        Self { storms, ..self }
    }

    /// By what logins are judged.
    #[must_use]
    pub fn policies(&self) -> Arc<TenantPolicies> {
        self.policies.clone()
    }

    /// Records one login.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub async fn record(&self, tenant: &TenantId, login: NewLogin) -> Result<Recorded, IntakeError> {
        let keys = self.keys(tenant);
        let seen = self.observer.see(&keys, login).map_err(IntakeError::Invalid)?;
        let _turn = self.turn(&seen).await?;
        self.settle(tenant, &keys, &seen).await
    }

    /// Records many logins of one tenant, those of one user in the order given; the answers are in the order given.
    pub async fn record_all(&self, tenant: &TenantId, logins: Vec<NewLogin>) -> Vec<Result<Recorded, IntakeError>> {
        let keys = self.keys(tenant);
        let mut answers: Vec<Option<Result<Recorded, IntakeError>>> = logins.iter().map(|_| None).collect();
        let mut users: HashMap<[u8; 16], Vec<(usize, Seen)>> = HashMap::new();
        for (at, login) in logins.into_iter().enumerate() {
            match self.observer.see(&keys, login) {
                Ok(seen) => users.entry(seen.user.hash).or_default().push((at, seen)),
                Err(fault) => answers[at] = Some(Err(IntakeError::Invalid(fault))),
            }
        }
        let work = users.into_values().map(|turns| self.record_in_turn(tenant, &keys, turns));
        let mut done = stream::iter(work).buffer_unordered(IMPORT_WIDTH);
        while let Some(user) = done.next().await {
            for (at, answer) in user {
                answers[at] = Some(answer);
            }
        }
        let unanswered = || Err(IntakeError::Unavailable(Unavailable("a login was left out".to_owned())));
        answers.into_iter().map(|it| it.unwrap_or_else(unanswered)).collect()
    }

    /// The logins of one user: in one commit if none of them is stored already, else one by one.
    async fn record_in_turn(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        turns: Vec<(usize, Seen)>,
    ) -> Vec<(usize, Result<Recorded, IntakeError>)> {
        let seen: Vec<&Seen> = turns.iter().map(|(_, seen)| seen).collect();
        let _turn = match self.turn(seen[0]).await {
            Ok(turn) => turn,
            Err(fault) => return turns.iter().map(|(at, _)| (*at, Err(fault.clone()))).collect(),
        };
        if let Ok(records) = self.commit_together(tenant, keys, &seen).await {
            return turns
                .iter()
                .zip(records)
                .map(|((at, seen), record)| (*at, Ok(recorded(keys, seen, record, false))))
                .collect();
        }
        let mut answers = Vec::with_capacity(turns.len());
        for (at, seen) in &turns {
            answers.push((*at, self.settle(tenant, keys, seen).await));
        }
        answers
    }

    /// Waits until no other login of this user is being decided by this process.
    async fn turn(&self, seen: &Seen) -> Result<MutexGuard<'_, ()>, IntakeError> {
        let late = || match seen.idempotency {
            Some(_) => IntakeError::InFlight,
            None => Unavailable(format!("waited {} s behind other logins of the user", MAX_WAIT.as_secs())).into(),
        };
        self.turns.of(&seen.user).await.ok_or_else(late)
    }

    /// Decides and commits, again from the start when another process was faster.
    async fn settle(&self, tenant: &TenantId, keys: &TenantKeys, seen: &Seen) -> Result<Recorded, IntakeError> {
        let key = seen.idempotency.as_ref().map(|it| it.key);
        let run = self.guessing.run(tenant, keys, seen).await;
        for _ in 0..MAX_TRIES {
            let loaded = self.store.load(tenant, &seen.user, key, seen.received_at).await?;
            if let Some((body, id)) = loaded.earlier {
                return self.replay(tenant, keys, seen, (body, id)).await;
            }
            match self.commit(tenant, keys, (&[seen], run), loaded).await {
                Ok(records) => {
                    let record = records.into_iter().next();
                    let lost = || Unavailable("a commit lost its login".to_owned());
                    return Ok(recorded(keys, seen, record.ok_or_else(lost)?, false));
                }
                Err(CommitError::Stale) => {}
                Err(CommitError::Duplicate) => {
                    // By its identifier, where the idempotency key is not remembered or no longer.
                    if let Some(record) = self.store.login(tenant, seen.id).await? {
                        return Ok(recorded(keys, seen, record, true));
                    }
                }
                Err(CommitError::Unavailable(it)) => return Err(it.into()),
            }
        }
        Err(Unavailable(format!("the user's profile changed {MAX_TRIES} times in between")).into())
    }

    /// The answer that was given before, if the request is the same.
    async fn replay(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        seen: &Seen,
        (body, id): ([u8; 16], LoginId),
    ) -> Result<Recorded, IntakeError> {
        if seen.idempotency.as_ref().is_some_and(|it| it.body != body) {
            return Err(IntakeError::KeyReused);
        }
        let record = self.store.login(tenant, id).await?;
        let record = record.ok_or_else(|| Unavailable("a login under an idempotency key is missing".to_owned()))?;
        Ok(recorded(keys, seen, record, true))
    }

    async fn commit_together(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        seen: &[&Seen],
    ) -> Result<Vec<LoginRecord>, CommitError> {
        let (user, now) = (seen[0].user, seen[0].received_at);
        let loaded = self.store.load(tenant, &user, None, now).await?;
        self.commit(tenant, keys, (seen, None), loaded).await
    }

    /// Decides about logins of one user, one after the other, and stores all that follows, or nothing.
    async fn commit(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        (seen, run): (&[&Seen], Option<Run>),
        loaded: Loaded,
    ) -> Result<Vec<LoginRecord>, CommitError> {
        let Loaded { version, mut profile, .. } = loaded;
        let policy = self.policies.of(tenant, seen[0].received_at).await?;
        let mut before = Vec::with_capacity(seen.len());
        let mut logins = Vec::with_capacity(seen.len());
        for it in seen {
            let rarity = self.rarities.rarity(tenant, it);
            let observed = Observed { run, rarity, ..it.observed(tenant, keys) };
            before.push(Before {
                failed: profile.failed_since(it.login.occurred_at.plus_ms(-SPRAYING_MS)),
                established: storm::is_established(&profile, it.login.occurred_at),
            });
            let decision = decide(it.received_at, &policy, &profile, &observed);
            profile = decision.profile;
            let prefix = keys.prefix(it.login.client.ip);
            logins.push(LoginWrite {
                record: decision.record,
                idempotency: it.idempotency.clone(),
                alert: decision.alert,
                prefix,
            });
        }
        let records: Vec<LoginRecord> = logins.iter().map(|it| it.record.clone()).collect();
        let mailed = logins.iter().any(|it| matches!(&it.alert, Some((_, delivery)) if delivery.due_at.is_some()));
        let alerts = logins.iter().filter_map(|it| it.alert.as_ref());
        let events = alerts.flat_map(|(alert, _)| TenantEvent::of_alert(keys, alert)).collect();
        let (user, now) = (seen[0].user, seen[0].received_at);
        let (tenant, profile, answers) = (tenant.clone(), Some(profile), Vec::new());
        let commit = Commit { tenant, user, version, profile, logins, answers, events, now };
        self.store.commit(commit).await?;
        if mailed {
            self.queued.notify_one();
        }
        for ((record, seen), before) in records.iter().zip(seen).zip(before) {
            self.learn(keys, record, seen, before).await;
        }
        Ok(records)
    }

    /// What a stored login says beyond its user.
    async fn learn(&self, keys: &TenantKeys, record: &LoginRecord, seen: &Seen, before: Before) {
        if record.outcome == Outcome::Failure {
            return self.guessing.failed(&record.tenant, keys, seen).await;
        }
        self.rarities.learn(&record.tenant, seen);
        if !seen.past {
            if let Some(sign) = storm::sign(before.established, record.device.status) {
                let witness = Witness { user: seen.user, address: seen.login.client.ip, sign };
                self.storms.note(&record.tenant, keys, seen.received_at, witness).await;
            }
            if before.failed {
                self.guessing.recovered(keys, seen).await;
            }
        }
    }

    /// A tenant's keys, derived once.
    fn keys(&self, tenant: &TenantId) -> Arc<TenantKeys> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        known.unwrap_or_else(|| {
            let keys = Arc::new(self.keyring.tenant(tenant));
            self.tenants.write().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), keys.clone());
            keys
        })
    }
}

/// The answer. A failed login gets no token: it may be a stranger's who guesses.
fn recorded(keys: &TenantKeys, seen: &Seen, record: LoginRecord, replayed: bool) -> Recorded {
    let succeeded = record.outcome == Outcome::Success;
    let device_token = succeeded.then(|| keys.device_token(&seen.user, record.device.id));
    Recorded { record, device_token, replayed }
}
