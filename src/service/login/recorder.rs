//! Decides about the logins of one user together, and stores them.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures_util::future::{join, join_all};
use tokio::sync::{Notify, OnceCell};

use crate::{
    domain::{
        alert::storm,
        decide::decide,
        history::login_record::LoginRecord,
        ids::{PrefixKey, TenantId},
        keyring::TenantKeys,
        login::login::{Invalid, Outcome},
        observed::Observed,
        privacy::processing::Mode,
        recognition::verdict::DeviceStatus,
        risk::guessing::{Run, SPRAYING_MS, Source},
        tenant::webhook::TenantEvent,
        time::Timestamp,
        tokens::device_token,
        user::profile::Profile,
    },
    ports::{Commit, CommitError, Idempotency, Loaded, LoginStore, LoginWrite, ProfileStore, Unavailable},
    service::{
        alarm::storms::{Storms, Witness},
        login::{
            guessing::Guessing,
            observing::{Observer, Seen},
            rarity::Rarities,
        },
        queue::tries::{MAX_TRIES, changed_all_the_time},
        tenant::{
            policies::TenantPolicies,
            saved_searches::{SavedSearches, Told},
        },
    },
};

/// A login that is stored.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The login and the verdict on it. Shared: everybody who waits for a batch is handed a copy of its answers.
    pub record: Arc<LoginRecord>,
    /// The token by which the device is recognized next time. `None` for a failed login, and for one that says nothing
    /// about a device.
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

/// How many times a batch of [`MAX_TOGETHER`](crate::service::queue::user_queues::MAX_TOGETHER) is halved until one
/// login is left.
const LEAST_BY_HALVING: usize = 8;
/// What was known of a user before a login.
#[derive(Clone, Copy)]
struct Before {
    /// An attempt had failed shortly before.
    failed: bool,
    /// The user was established: see [`storm::is_established`].
    established: bool,
}

/// Logins of one user that are recorded together.
struct Together<'a> {
    seen: &'a [Arc<Seen>],
    /// The run of guesses that each belongs to. Asked for once.
    runs: OnceCell<Vec<Option<Run>>>,
}

/// The result of recording a login.
pub type Answer = Result<Recorded, IntakeError>;

/// Decides about logins and stores them.
#[derive(Clone)]
pub struct Recorder {
    /// Reads again what a browser says, without what may not be used.
    pub observer: Observer,
    /// Where profiles are read and decisions committed.
    pub profiles: Arc<dyn ProfileStore>,
    /// Where a login is looked up that was stored before.
    pub logins: Arc<dyn LoginStore>,
    /// The policies by which logins are judged.
    pub policies: Arc<TenantPolicies>,
    /// The searches that wait for their first login.
    pub searches: Arc<SavedSearches>,
    /// Notified whenever an alert waits to be mailed.
    pub queued: Arc<Notify>,
    /// Notified whenever logins are stored.
    pub committed: Arc<Notify>,
    /// Told of users on unknown devices.
    pub storms: Arc<Storms>,
    /// Told of failures, and asked for runs of guesses.
    pub guessing: Arc<Guessing>,
    /// Asked how rare a login is.
    pub rarities: Arc<Rarities>,
    /// Whether profiles keep the e-mail address.
    pub keeps_email: bool,
}

impl Recorder {
    /// Decides about logins of one user, in their order, and stores them in one commit. Starts again if another process
    /// was faster, with half as many logins each time: deciding about a large batch takes too long to win against a
    /// process that stores one login at a time. Logins that are stored already are looked up instead, and the others
    /// are stored without them.
    pub async fn record(&self, tenant: &TenantId, keys: &TenantKeys, seen: &[Arc<Seen>]) -> Vec<Answer> {
        let repeated = repeated(seen);
        let mut answers: Vec<Option<Answer>> = vec![None; seen.len()];
        let mut waiting: Vec<usize> = (0..seen.len()).filter(|at| repeated[*at].is_none()).collect();
        let together = Together { seen, runs: OnceCell::new() };
        let mut lost = 0;
        while !waiting.is_empty() && lost < MAX_TRIES {
            let count = (waiting.len() >> lost.min(LEAST_BY_HALVING)).max(1);
            match self.decide_and_commit(tenant, keys, &together, &waiting[..count]).await {
                Ok(records) => {
                    for (at, record) in waiting.drain(..count).zip(records) {
                        answers[at] = Some(Ok(recorded(keys, &seen[at], record, false)));
                    }
                    lost = lost.saturating_sub(1);
                }
                Err(CommitError::Stale) => lost += 1,
                Err(CommitError::Duplicate) => {
                    for (at, answer) in self.stored_already(tenant, keys, seen, &waiting[..count]).await {
                        answers[at] = answer;
                    }
                    let before = waiting.len();
                    waiting.retain(|at| answers[*at].is_none());
                    lost += usize::from(before == waiting.len());
                }
                Err(CommitError::Unavailable(fault)) => {
                    waiting.drain(..).for_each(|at| answers[at] = Some(Err(fault.clone().into())));
                }
            }
        }
        let mut repeats = Vec::new();
        for (at, first) in repeated.iter().enumerate().filter_map(|(at, first)| Some((at, (*first)?))) {
            answers[at] = answers[first].as_ref().and_then(|answer| repeat_of(answer, &seen[first], &seen[at]));
            repeats.extend(answers[at].is_none().then_some(at));
        }
        for (at, answer) in self.stored_already(tenant, keys, seen, &repeats).await {
            answers[at] = answer;
        }
        let lost_all = || Err(changed_all_the_time("the user's profile").into());
        answers.into_iter().map(|it| it.unwrap_or_else(lost_all)).collect()
    }

    /// The earlier answers to the logins at these indexes of `seen`; `None` for those that are not stored.
    async fn stored_already(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        seen: &[Arc<Seen>],
        places: &[usize],
    ) -> Vec<(usize, Option<Answer>)> {
        let mut looks = Vec::with_capacity(places.len());
        for &at in places {
            looks.push(async move { (at, self.earlier(tenant, keys, &seen[at]).await.transpose()) });
        }
        join_all(looks).await
    }

    /// The answer that was given before, if the request is the same: looked up by its idempotency key, or by its id
    /// where there is no key or the key has expired.
    async fn earlier(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        seen: &Seen,
    ) -> Result<Option<Recorded>, IntakeError> {
        let mut id = seen.id;
        let mut is_named = false;
        if let Some(named) = &seen.idempotency {
            let loaded = self.profiles.load(&seen.user, Some(named.key), seen.received_at).await?;
            if let Some((body, earlier)) = loaded.earlier {
                if body != named.body {
                    return Err(IntakeError::KeyReused);
                }
                (id, is_named) = (earlier, true);
            }
        }
        match self.logins.login(tenant, id).await? {
            Some(record) => Ok(Some(recorded(keys, seen, Arc::new(record), true))),
            None if is_named => Err(Unavailable("a login under an idempotency key is missing".to_owned()).into()),
            None => Ok(None),
        }
    }

    /// What a decision about these logins starts from. A login that comes alone may be a retry. Reading its key with the profile finds
    /// that out without a commit.
    async fn load(&self, last: &Seen, is_alone: bool) -> Result<Loaded, Unavailable> {
        let (user, now) = (&last.user, last.received_at);
        match last.idempotency.as_ref().filter(|_| is_alone) {
            Some(named) => self.profiles.load_to_commit(user, last.id, named, now).await,
            None => self.profiles.load(user, None, now).await,
        }
    }

    /// Decides about logins of one user, those at `places`, one after the other, and stores everything that follows from that, or nothing.
    async fn decide_and_commit(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        together: &Together<'_>,
        places: &[usize],
    ) -> Result<Vec<Arc<LoginRecord>>, CommitError> {
        let Some(last) = places.last().map(|at| &*together.seen[*at]) else { return Ok(Vec::new()) };
        let (user, now) = (last.user, last.received_at);
        // At the same time: where the store is away, nobody waits for one and then for the other.
        let runs = together.runs.get_or_init(|| self.guessing.runs(tenant, keys, together.seen));
        let (runs, loaded) = join(runs, self.load(last, places.len() == 1)).await;
        let Loaded { version, profile: known, earlier, claimed } = loaded?;
        if earlier.is_some() {
            return Err(CommitError::Duplicate);
        }
        let policy = self.policies.of(tenant, now).await?;
        let mode = known.processing.mode;
        let usable = |at: &usize| self.usable(keys, mode, &together.seen[*at], runs[*at]);
        let batch: Vec<_> = places.iter().map(usable).collect();
        let mut learned: Option<Profile> = None;
        let mut before = Vec::with_capacity(batch.len());
        let mut logins = Vec::with_capacity(batch.len());
        for (seen, run) in &batch {
            let rarity = self.rarities.rarity(tenant, seen);
            let observed = Observed { run: *run, rarity, keeps_email: self.keeps_email, ..seen.observed(tenant, keys) };
            let profile = learned.as_ref().unwrap_or(&known);
            before.push(Before {
                failed: profile.failed_since(seen.login.occurred_at.plus_ms(-SPRAYING_MS)),
                established: storm::is_established(profile, seen.login.occurred_at),
            });
            let decision = decide(seen.received_at, &policy, profile, &observed);
            // Of past logins a store takes tens of thousands at once: all would be judged before the first is stored. One that is
            // decided again, which is rare, is learned again.
            if seen.past && mode != Mode::Restricted && seen.login.outcome == Outcome::Success {
                self.rarities.learn(tenant, seen);
            }
            learned = Some(decision.profile);
            logins.push(LoginWrite {
                record: decision.record,
                idempotency: seen.idempotency.clone().map(|it| Idempotency { is_claimed: claimed, ..it }),
                alert: decision.alert,
                browser: decision.browser,
                prefix: if mode == Mode::Restricted { PrefixKey::default() } else { keys.prefix(seen.login.client.ip) },
            });
        }
        let records: Vec<Arc<LoginRecord>> = logins.iter().map(|it| Arc::new(it.record.clone())).collect();
        let mailed =
            logins.iter().any(|login| matches!(&login.alert, Some((_, delivery)) if delivery.due_at.is_some()));
        let alerts = logins.iter().filter_map(|it| it.alert.as_ref());
        let mut events: Vec<TenantEvent> = alerts.flat_map(|(alert, _)| TenantEvent::of_alert(keys, alert)).collect();
        let (found, told) = self.found(keys, &records, &batch, now).await?;
        events.extend(found);
        // A profile that did not change is not written, so that other changes of it are not disturbed.
        let profile = learned.filter(|it| *it != known);
        let commit =
            Commit { tenant: tenant.clone(), user, version, profile, logins, answers: Vec::new(), events, now };
        self.profiles.commit(commit).await?;
        self.committed.notify_one();
        self.searches.told(tenant, told, now);
        if mailed {
            self.queued.notify_one();
        }
        if mode != Mode::Restricted {
            self.learn_all(keys, &records, &batch, before).await;
        }
        Ok(records)
    }

    /// Events about saved searches that have found their first login. What is past, or of a restricted person, is told to nobody.
    async fn found(
        &self,
        keys: &TenantKeys,
        records: &[Arc<LoginRecord>],
        batch: &[(Cow<'_, Seen>, Option<Run>)],
        now: Timestamp,
    ) -> Result<(Vec<TenantEvent>, Told), Unavailable> {
        let live =
            records.iter().zip(batch).filter(|(record, (seen, _))| !seen.past && record.processing != Mode::Restricted);
        self.searches.events(keys, live.map(|(record, _)| &**record), now).await
    }

    /// The part of a login that may be used of somebody with this mode.
    fn usable<'a>(
        &self,
        keys: &TenantKeys,
        mode: Mode,
        seen: &'a Seen,
        run: Option<Run>,
    ) -> (Cow<'a, Seen>, Option<Run>) {
        match mode {
            Mode::Full => (Cow::Borrowed(seen), run),
            Mode::Minimal => {
                let run = run.filter(|it| it.source != Source::Fingerprint);
                (Cow::Owned(self.observer.without_script(keys, seen)), run)
            }
            Mode::Restricted => (Cow::Borrowed(seen), None),
        }
    }

    /// Counts and learns what is stored by now.
    async fn learn_all(
        &self,
        keys: &TenantKeys,
        records: &[Arc<LoginRecord>],
        batch: &[(Cow<'_, Seen>, Option<Run>)],
        before: Vec<Before>,
    ) {
        let failed = batch.iter().map(|(seen, _)| &**seen).filter(|seen| seen.login.outcome == Outcome::Failure);
        self.guessing.failed(keys.tenant(), keys, &failed.collect::<Vec<_>>()).await;
        let mut told = HashSet::new();
        for ((record, (seen, _)), before) in records.iter().zip(batch).zip(before) {
            // That a user recovered from failures counts once for each source.
            let succeeded = record.outcome == Outcome::Success;
            let failed = before.failed && succeeded && told.insert((seen.address_bytes(), seen.browser.fingerprint.0));
            self.learn(keys, record, seen, Before { failed, ..before }).await;
        }
    }

    /// Updates the counts of storms, guesses and rarity with a stored login, unless it is past.
    async fn learn(&self, keys: &TenantKeys, record: &LoginRecord, seen: &Seen, before: Before) {
        if seen.past || record.outcome == Outcome::Failure {
            return;
        }
        self.rarities.learn(&record.tenant, seen);
        if let Some(sign) = storm::sign(before.established, record.device.status) {
            let witness = Witness { user: seen.user, address: seen.login.client.ip, sign };
            self.storms.note(&record.tenant, keys, seen.received_at, witness).await;
        }
        if before.failed {
            self.guessing.recovered(keys, seen).await;
        }
    }
}

/// For each login of a batch, the index of the earlier one that it repeats by its idempotency key or its id; `None` for
/// most.
fn repeated(seen: &[Arc<Seen>]) -> Vec<Option<usize>> {
    let mut first = HashMap::new();
    let name = |login: &Seen| login.idempotency.as_ref().map_or((false, login.id.0), |named| (true, named.key));
    seen.iter().enumerate().map(|(at, it)| Some(*first.entry(name(it)).or_insert(at)).filter(|it| *it != at)).collect()
}

/// The answer to a login that repeats an earlier one of its batch; `None` where only the store can tell.
fn repeat_of(first: &Answer, earlier: &Seen, later: &Seen) -> Option<Answer> {
    let body = |login: &Seen| login.idempotency.as_ref().map(|it| it.body);
    match first {
        Ok(recorded) if body(earlier) == body(later) => Some(Ok(Recorded { replayed: true, ..recorded.clone() })),
        Ok(_) => Some(Err(IntakeError::KeyReused)),
        Err(fault @ (IntakeError::Unavailable(_) | IntakeError::InFlight)) => Some(Err(fault.clone())),
        // The key belongs to another request, which may be the later one's.
        Err(IntakeError::KeyReused | IntakeError::Invalid(_)) => None,
    }
}

/// The answer. A failed login gets no device token: it may be an attacker's.
fn recorded(keys: &TenantKeys, seen: &Seen, record: Arc<LoginRecord>, replayed: bool) -> Recorded {
    let is_learned = record.outcome == Outcome::Success && record.device.status != DeviceStatus::Unknown;
    let device_token = is_learned.then(|| device_token(keys, &seen.user, record.device.id));
    Recorded { record, device_token, replayed }
}
