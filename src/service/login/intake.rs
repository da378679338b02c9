//! Records a login: from what the caller sent to what is stored and answered.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    pin::pin,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use futures_util::{
    Stream, StreamExt,
    stream::{self, FuturesUnordered},
};
use tokio::time::sleep;

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
            recorder::Recorder,
        },
        queue::user_queues::{MAX_TOGETHER, MAX_WAIT, Undone, UserQueues},
        tenant::policies::TenantPolicies,
    },
};

pub use crate::service::login::{
    observing::{NewLogin, Purpose},
    recorder::{Answer, IntakeError, Recorded},
};

/// A login of the past that is to be recorded.
#[derive(Clone, Debug)]
pub struct Past<Place> {
    /// By what the caller knows it.
    pub place: Place,
    /// The login.
    pub seen: Arc<Seen>,
}

/// A login of the past that was recorded or refused.
#[derive(Clone, Debug)]
pub struct Done<Place> {
    /// By what the caller knows it.
    pub place: Place,
    /// What came of it.
    pub answer: Answer,
    /// How many times it was tried.
    pub tries: usize,
}

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
    /// Observes with `observer`, and decides and stores with `recorder`, whose store has been told by then if it is to expect many.
    #[must_use]
    pub fn new(observer: Observer, keyring: Keyring, recorder: Recorder) -> Self {
        Self {
            observer,
            keyring,
            tenants: RwLock::default(),
            successes: UserQueues::for_users(recorder.profiles.commits_at_once()),
            failures: UserQueues::for_users(0),
            recorder: Arc::new(recorder),
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

    /// Parses and enriches a login, for [`Intake::record_past`].
    ///
    /// # Errors
    /// [`IntakeError::Invalid`].
    pub fn see(&self, tenant: &TenantId, login: NewLogin) -> Result<Arc<Seen>, IntakeError> {
        self.observer.see(&self.keys(tenant), login).map(Arc::new).map_err(IntakeError::Invalid)
    }

    /// Records many logins of one tenant. Those of one user are recorded in the order given, and the answers are in the
    /// order given.
    pub async fn record_all(&self, tenant: &TenantId, logins: Vec<NewLogin>) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = logins.iter().map(|_| None).collect();
        let mut past = Vec::with_capacity(logins.len());
        for (place, login) in logins.into_iter().enumerate() {
            match self.see(tenant, login) {
                Ok(seen) => past.push(Past { place, seen }),
                Err(fault) => answers[place] = Some(Err(fault)),
            }
        }
        self.record_past(tenant, stream::iter(past), &[], |done| answers[done.place] = Some(done.answer)).await;
        let unanswered = || Err(IntakeError::Unavailable(Unavailable("a login was left out".to_owned())));
        answers.into_iter().map(|it| it.unwrap_or_else(unanswered)).collect()
    }

    /// Records logins of one tenant as they come, those of many users at the same time: as many as the store stores best together.
    /// Those of one user are recorded in the order in which they come. `done` is told of each. Where the store does not
    /// answer, they are tried again after each of the pauses; meanwhile no other logins of their user are recorded.
    pub async fn record_past<Place>(
        &self,
        tenant: &TenantId,
        logins: impl Stream<Item = Past<Place>>,
        pauses: &[Duration],
        mut done: impl FnMut(Done<Place>),
    ) {
        let keys = self.keys(tenant);
        let users_at_once = self.recorder.profiles.commits_at_once();
        let most_held = users_at_once.max(MAX_TOGETHER);
        let mut logins = pin!(logins.fuse());
        let mut running = FuturesUnordered::new();
        // What has come of users who are being recorded.
        let mut held: HashMap<[u8; 16], Vec<Past<Place>>> = HashMap::new();
        let mut held_count = 0;
        loop {
            let has_room = running.len() < users_at_once && held_count < most_held && !logins.is_done();
            tokio::select! {
                biased;
                Some((user, answered)) = running.next(), if !running.is_empty() => {
                    Vec::into_iter(answered).for_each(&mut done);
                    match held.remove(&user) {
                        Some(next) if !next.is_empty() => {
                            held_count -= next.len();
                            held.insert(user, Vec::new());
                            running.push(self.record_patiently(tenant, &keys, next, pauses));
                        }
                        Some(_) | None => {}
                    }
                }
                Some(past) = logins.next(), if has_room => {
                    if let Some(waiting) = held.get_mut(&past.seen.user.hash) {
                        waiting.push(past);
                        held_count += 1;
                    } else {
                        held.insert(past.seen.user.hash, Vec::new());
                        running.push(self.record_patiently(tenant, &keys, vec![past], pauses));
                    }
                }
                else => if running.is_empty() && logins.is_done() { return },
            }
        }
    }

    /// Records the logins of one user, and again those that the store has not answered.
    async fn record_patiently<Place>(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        logins: Vec<Past<Place>>,
        pauses: &[Duration],
    ) -> ([u8; 16], Vec<Done<Place>>) {
        let user = logins[0].seen.user.hash;
        let (mut left, mut done) = (logins, Vec::new());
        for (tries, pause) in (1..).zip(pauses.iter().map(Some).chain([None])) {
            let seen: Vec<Arc<Seen>> = left.iter().map(|it| it.seen.clone()).collect();
            let answers = self.record_in_turn(tenant, keys, &seen).await;
            let mut unanswered = Vec::new();
            for (login, answer) in left.into_iter().zip(answers) {
                match (answer, pause) {
                    (Err(IntakeError::Unavailable(_)), Some(_)) => unanswered.push(login),
                    (answer, _) => done.push(Done { place: login.place, answer, tries }),
                }
            }
            left = unanswered;
            match pause {
                Some(pause) if !left.is_empty() => sleep(*pause).await,
                Some(_) | None => break,
            }
        }
        (user, done)
    }

    /// Records the logins of one user, in the order given, as many in a commit as those that wait for each other. Those that
    /// are stored already are left out of it. Once the store does not answer, the others are not tried.
    async fn record_in_turn(&self, tenant: &TenantId, keys: &TenantKeys, seen: &[Arc<Seen>]) -> Vec<Answer> {
        let _turn = self.successes.turn(seen[0].user.hash).await;
        let mut answers: Vec<Answer> = Vec::with_capacity(seen.len());
        for some in seen.chunks(MAX_TOGETHER) {
            answers.extend(self.recorder.record(tenant, keys, some).await);
            if let Some(Err(IntakeError::Unavailable(fault))) = answers.last() {
                let fault = fault.clone();
                answers.resize_with(seen.len(), || Err(fault.clone().into()));
                break;
            }
        }
        answers
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
