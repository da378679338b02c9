//! Records a login: from what the caller sent to what is stored and answered.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{Arc, PoisonError, RwLock},
};

use futures_util::{StreamExt, stream};

use crate::{
    domain::{
        ids::{TenantId, UserId},
        keyring::{Keyring, TenantKeys},
        login::login::Outcome,
    },
    ports::Unavailable,
    service::{
        login::{
            observing::{Observer, Seen},
            recorder::{Answer, Recorder},
        },
        queue::user_queues::{MAX_TOGETHER, MAX_WAIT, Undone, UserQueues},
        tenant::policies::TenantPolicies,
    },
};

pub use crate::service::login::{
    observing::{NewLogin, Purpose},
    recorder::{IntakeError, Recorded},
};

/// How many users of one import have their logins decided at the same time.
const IMPORT_WIDTH: usize = 32;

/// Records logins.
///
/// Logins of one user that wait for each other are decided and stored together ([`UserQueues`]). Successes and failures
/// have queues of their own, so that an attacker who tries passwords never makes the owner of the account wait. The two
/// may collide in the store; then the slower one is decided again. That is rare: once the profile remembers enough
/// failed attempts, more of them leave it unchanged
/// ([`Profile::after_failure`](crate::domain::user::profile::Profile::after_failure)), and hundreds are stored at once
/// without writing the profile. Each of them is in the history, and each is counted.
pub struct Intake {
    observer: Observer,
    keyring: Keyring,
    tenants: RwLock<HashMap<TenantId, Arc<TenantKeys>>>,
    recorder: Arc<Recorder>,
    successes: UserQueues<Arc<Seen>, Answer>,
    failures: UserQueues<Arc<Seen>, Answer>,
}

impl Intake {
    /// Observes with `observer`, and decides and stores with `recorder`.
    #[must_use]
    pub fn new(observer: Observer, keyring: Keyring, recorder: Recorder) -> Self {
        Self {
            observer,
            keyring,
            tenants: RwLock::default(),
            recorder: Arc::new(recorder),
            successes: UserQueues::default(),
            failures: UserQueues::default(),
        }
    }

    /// The policies by which logins are judged.
    #[must_use]
    pub fn policies(&self) -> Arc<TenantPolicies> {
        self.recorder.policies.clone()
    }

    /// Does the reads that the first login of a tenant would do, with a user and an address that do not exist. Called
    /// before requests are accepted, it opens connections and fills caches, so that the first caller does not wait for
    /// them. Stores nothing except that the tenant's policy is in use.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn rehearse(&self, tenant: &TenantId) -> Result<(), Unavailable> {
        let keys = self.keys(tenant);
        let (now, nobody) = (self.observer.clock.now(), UserId::parse("nobody").map(|it| keys.user(&it)));
        self.observer.geo.locate(Ipv4Addr::UNSPECIFIED.into());
        self.recorder.policies.of(tenant, now).await?;
        self.recorder.guessing.somebody_guesses(tenant, &keys, now).await;
        match nobody {
            Some(nobody) => self.recorder.profiles.load(&nobody, None, now).await.map(drop),
            None => Ok(()),
        }
    }

    /// Records one login.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub async fn record(&self, tenant: &TenantId, login: NewLogin) -> Result<Recorded, IntakeError> {
        let keys = self.keys(tenant);
        let seen = Arc::new(self.observer.see(&keys, login).map_err(IntakeError::Invalid)?);
        let queue = match seen.login.outcome {
            Outcome::Success => &self.successes,
            Outcome::Failure => &self.failures,
        };
        let (recorder, tenant) = (self.recorder.clone(), tenant.clone());
        let work = move |batch: Vec<Arc<Seen>>| {
            let (recorder, tenant, keys) = (recorder.clone(), tenant.clone(), keys.clone());
            async move { recorder.record(&tenant, &keys, &batch).await }
        };
        let done = queue.together(seen.user.hash, seen.clone(), work).await;
        done.unwrap_or_else(|undone| Err(fault_of(undone, &seen)))
    }

    /// Records many logins of one tenant. Those of one user are recorded in the order given, and the answers are in the
    /// order given.
    pub async fn record_all(&self, tenant: &TenantId, logins: Vec<NewLogin>) -> Vec<Answer> {
        let keys = self.keys(tenant);
        let mut answers: Vec<Option<Answer>> = logins.iter().map(|_| None).collect();
        let mut users: HashMap<[u8; 16], Vec<(usize, Arc<Seen>)>> = HashMap::new();
        for (at, login) in logins.into_iter().enumerate() {
            match self.observer.see(&keys, login) {
                Ok(seen) => users.entry(seen.user.hash).or_default().push((at, Arc::new(seen))),
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

    /// Records the logins of one user, in the order given, as many in a commit as those that wait for each other. Those that
    /// are stored already are left out of it.
    async fn record_in_turn(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        turns: Vec<(usize, Arc<Seen>)>,
    ) -> Vec<(usize, Answer)> {
        let (places, seen): (Vec<usize>, Vec<Arc<Seen>>) = turns.into_iter().unzip();
        let answers = match self.successes.turn(seen[0].user.hash).await {
            Some(_turn) => {
                let mut answers = Vec::with_capacity(seen.len());
                for some in seen.chunks(MAX_TOGETHER) {
                    answers.extend(self.recorder.record(tenant, keys, some).await);
                }
                answers
            }
            None => seen.iter().map(|it| Err(fault_of(Undone::Late, it))).collect(),
        };
        places.into_iter().zip(answers).collect()
    }

    /// A tenant's keys. They are derived once and kept.
    fn keys(&self, tenant: &TenantId) -> Arc<TenantKeys> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        known.unwrap_or_else(|| {
            let keys = Arc::new(self.keyring.tenant(tenant));
            self.tenants.write().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), keys.clone());
            keys
        })
    }
}

/// The error for a login whose turn did not come, or whose work panicked.
fn fault_of(undone: Undone, seen: &Seen) -> IntakeError {
    match undone {
        Undone::Late if seen.idempotency.is_some() => IntakeError::InFlight,
        Undone::Late => Unavailable(format!("waited {} s behind other logins of the user", MAX_WAIT.as_secs())).into(),
        Undone::Broken => Unavailable("deciding about the login broke off".to_owned()).into(),
    }
}
