//! Tells of logins as they are committed, by this process or another. One loop reads the log of commits for all who follow, so
//! that many of them ask no more of the store than one; who comes back first reads alone what they have missed.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{
        Mutex as AsyncMutex, Notify,
        broadcast::{self, Receiver, Sender, error::RecvError},
        watch,
    },
    time::{sleep, timeout},
};
use tracing::warn;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        keyring::Keyring,
        search::{matching::LoginFacts, needs::Need, query::Query},
        time::Timestamp,
    },
    ports::{CommitPosition, CommitStore, Commits, LoginStore, Unavailable},
};

/// What is looked up of logins that are followed: nothing that comes later than they do. A query that needs more cannot be
/// followed.
pub const FOLLOWED: &[Need] = &[Need::References];

/// How many tails of one API key may be open at a process.
pub const MAX_TAILS_OF_KEY: usize = 8;
/// How many tails may be open at a process.
const MAX_TAILS: usize = 256;

/// How often the log is read for what other processes have committed.
const POLL: Duration = Duration::from_secs(1);
/// How long the log is left alone after it was read, so that what comes meanwhile is read together.
const GATHER: Duration = Duration::from_millis(50);
/// How many logins are read at once.
const STEP: usize = 128;
/// So many steps a reader may be behind the others.
const STEPS_BEHIND: usize = 32;

/// Why a tail was not opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TailError {
    /// There are too many open.
    #[error("too many tails are open: {MAX_TAILS_OF_KEY} of an API key, {MAX_TAILS} of a process")]
    TooMany,
    /// The log does not reach back to what was seen last.
    #[error("the log does not reach back to what was seen last")]
    Forgotten,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What the reader of a tail has seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// This login.
    Login(LoginId),
    /// Everything up to this time of the log's clock, as `News` told it.
    UpTo(Timestamp),
}

/// Who follows what.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The tenant whose logins are followed.
    pub tenant: TenantId,
    /// The public part of the reader's API key.
    pub key: String,
    /// Which logins.
    pub query: Query,
}

/// What a tail tells next.
#[derive(Clone, Debug)]
pub enum News {
    /// Logins that the query asks for, in the order of their commits; possibly none.
    Logins(Vec<Arc<LoginRecord>>),
    /// The reader has not kept up with what was committed.
    Slow,
    /// The log has forgotten what the reader has not seen yet.
    Forgotten,
}

/// Logins that were committed together, or that some were forgotten.
#[derive(Clone, Debug)]
enum Told {
    Logins(Arc<HashMap<TenantId, Vec<Arc<LoginRecord>>>>),
    Forgotten,
}

/// The tails of this process. Cheap to clone.
#[derive(Clone)]
pub struct Tails(Arc<Shared>);

struct Shared {
    commits: Arc<dyn CommitStore>,
    logins: Arc<dyn LoginStore>,
    keyring: Keyring,
    /// Notified when this process has committed a login.
    committed: Arc<Notify>,
    /// Notified when somebody begins to follow.
    wanted: Notify,
    /// Up to where the log was read for all; none while nobody follows. Whoever has it may read on, or begin to follow.
    place: AsyncMutex<Option<CommitPosition>>,
    told: Sender<Told>,
    /// Everything up to this time of the log's clock was told, in Unix milliseconds.
    told_up_to: AtomicI64,
    open: Mutex<Open>,
    closing: watch::Sender<bool>,
}

/// How many tails are open.
#[derive(Debug, Default)]
struct Open {
    keys: HashMap<String, usize>,
    tenants: HashMap<TenantId, usize>,
}

impl Tails {
    /// Reads these ports. `committed` is notified when this process has committed a login.
    #[must_use]
    pub fn new(
        commits: Arc<dyn CommitStore>,
        logins: Arc<dyn LoginStore>,
        keyring: Keyring,
        committed: Arc<Notify>,
    ) -> Self {
        Self(Arc::new(Shared {
            commits,
            logins,
            keyring,
            committed,
            wanted: Notify::new(),
            place: AsyncMutex::new(None),
            told: broadcast::channel(STEPS_BEHIND).0,
            told_up_to: AtomicI64::new(0),
            open: Mutex::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// Reads the log for all who follow, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let shared = &self.0;
        while !*stop.borrow() {
            let somebody_follows = shared.told.receiver_count() > 0;
            let news = async {
                if somebody_follows {
                    // Ends when there is something, or it is time to look at what others have done.
                    let _ = timeout(POLL, shared.committed.notified()).await;
                } else {
                    shared.wanted.notified().await;
                }
            };
            tokio::select! {
                () = news => {}
                _ = stop.changed() => continue,
            }
            if let Err(fault) = shared.read_on().await {
                warn!(%fault, "those who follow logins wait for the store");
                sleep(POLL).await;
            }
            sleep(GATHER).await;
        }
    }

    /// Ends every tail: the process is about to stop.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Turns true when every tail is to end.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Follows the logins that a query asks for: those that are committed from now on, or since what was seen last.
    ///
    /// # Errors
    /// See [`TailError`].
    pub async fn open(&self, followed: Followed, seen: Option<Seen>) -> Result<Tail, TailError> {
        let shared = self.0.clone();
        let slot = Slot::take(shared.clone(), &followed)?;
        let tenant = &followed.tenant;
        let stage = match seen {
            None => Stage::Live { told: shared.subscribe().await?, earlier: HashSet::new() },
            Some(seen) => {
                let place = match seen {
                    Seen::Login(login) => shared.commits.place_behind(tenant, login).await?,
                    Seen::UpTo(at) => shared.commits.place_at(at).await?,
                };
                Stage::Missed { place: place.ok_or(TailError::Forgotten)?, told: None, earlier: HashSet::new() }
            }
        };
        Ok(Tail { shared, followed, stage, _slot: slot })
    }
}

impl Shared {
    /// Begins to follow what is committed from now on.
    async fn subscribe(&self) -> Result<Receiver<Told>, Unavailable> {
        let mut place = self.place.lock().await;
        // Where nobody follows, nobody reads on.
        if place.is_none() || self.told.receiver_count() == 0 {
            *place = Some(self.commits.end_of_commits().await?);
        }
        let told = self.told.subscribe();
        drop(place);
        self.wanted.notify_one();
        Ok(told)
    }

    /// Reads the log to its end, and tells what was committed.
    async fn read_on(&self) -> Result<(), Unavailable> {
        loop {
            let mut place = self.place.lock().await;
            if self.told.receiver_count() == 0 {
                *place = None;
                return Ok(());
            }
            let Some(from) = place.as_ref() else { return Ok(()) };
            let Some(Commits { logins, end, read_at, more }) = self.commits.commits(from, STEP).await? else {
                *place = Some(self.commits.end_of_commits().await?);
                // Nobody may follow any more.
                let _ = self.told.send(Told::Forgotten);
                return Ok(());
            };
            let mut wanted: HashMap<TenantId, Vec<LoginId>> = HashMap::new();
            for it in logins {
                wanted.entry(it.tenant).or_default().push(it.login);
            }
            wanted.retain(|tenant, _| self.open().tenants.contains_key(tenant));
            let mut told = HashMap::new();
            for (tenant, ids) in wanted {
                let logins = self.logins.logins_named(&tenant, &ids).await?;
                told.insert(tenant, logins.into_iter().map(Arc::new).collect());
            }
            if !told.is_empty() {
                let _ = self.told.send(Told::Logins(Arc::new(told)));
            }
            *place = Some(end);
            if !more {
                self.told_up_to.store(read_at.unix_ms(), Ordering::Release);
                return Ok(());
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the open tails. Dropping it frees the place.
struct Slot {
    shared: Arc<Shared>,
    key: String,
    tenant: TenantId,
}

impl Slot {
    fn take(shared: Arc<Shared>, followed: &Followed) -> Result<Self, TailError> {
        let Followed { tenant, key, .. } = followed.clone();
        {
            let mut open = shared.open();
            let of_key = open.keys.get(&key).copied().unwrap_or(0);
            if of_key >= MAX_TAILS_OF_KEY || open.keys.values().sum::<usize>() >= MAX_TAILS {
                return Err(TailError::TooMany);
            }
            *open.keys.entry(key.clone()).or_default() += 1;
            *open.tenants.entry(tenant.clone()).or_default() += 1;
        }
        Ok(Self { shared, key, tenant })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.shared.open();
        let Open { keys, tenants } = &mut *open;
        if keys.get(&self.key) == Some(&1) {
            keys.remove(&self.key);
        } else if let Some(count) = keys.get_mut(&self.key) {
            *count -= 1;
        }
        if tenants.get(&self.tenant) == Some(&1) {
            tenants.remove(&self.tenant);
        } else if let Some(count) = tenants.get_mut(&self.tenant) {
            *count -= 1;
        }
    }
}

/// How far a reader has come.
enum Stage {
    /// They read what they have missed. At its end they begin to follow, and read once more what was committed until
    /// then.
    Missed { place: CommitPosition, told: Option<Receiver<Told>>, earlier: HashSet<LoginId> },
    /// They are told with the others, of some logins `earlier` once more.
    Live { told: Receiver<Told>, earlier: HashSet<LoginId> },
}

/// Logins that somebody follows.
pub struct Tail {
    shared: Arc<Shared>,
    followed: Followed,
    stage: Stage,
    _slot: Slot,
}

impl Tail {
    /// Waits for what comes next. Nothing is lost if that is given up and asked again. After [`News::Slow`] and
    /// [`News::Forgotten`] there is no more.
    pub async fn next(&mut self) -> News {
        match &mut self.stage {
            Stage::Live { told, earlier } => {
                let mut found = Vec::new();
                match told.recv().await {
                    Ok(Told::Logins(all)) => {
                        let theirs = all.get(&self.followed.tenant).map(Vec::as_slice).unwrap_or_default();
                        found.extend(theirs.iter().filter(|it| !earlier.remove(&it.id)).cloned());
                    }
                    Ok(Told::Forgotten) | Err(RecvError::Closed) => return News::Forgotten,
                    Err(RecvError::Lagged(_)) => return News::Slow,
                }
                News::Logins(self.asked_for(found))
            }
            Stage::Missed { .. } => self.read_missed().await.unwrap_or_else(|fault| {
                warn!(%fault, "somebody who came back waits for the store");
                News::Logins(Vec::new())
            }),
        }
    }

    /// Up to which time of the log's clock everything was told, if nothing waits to be told.
    #[must_use]
    pub fn up_to(&self) -> Option<Timestamp> {
        // The time first: what is told after that waits in the channel.
        let up_to = self.shared.told_up_to.load(Ordering::Acquire);
        match &self.stage {
            Stage::Live { told, .. } if told.is_empty() && up_to > 0 => Some(Timestamp::from_unix_ms(up_to)),
            _ => None,
        }
    }

    /// Reads a part of what was missed.
    async fn read_missed(&mut self) -> Result<News, Unavailable> {
        let Stage::Missed { place, told, earlier } = &mut self.stage else { return Ok(News::Logins(Vec::new())) };
        let page = match self.shared.commits.commits(place, STEP).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(News::Forgotten),
            Err(fault) => {
                sleep(POLL).await;
                return Err(fault);
            }
        };
        let theirs = page.logins.into_iter().filter(|it| it.tenant == self.followed.tenant);
        let ids: Vec<LoginId> = theirs.map(|it| it.login).collect();
        let found = self.shared.logins.logins_named(&self.followed.tenant, &ids).await?;
        if page.more && told.is_none() {
            earlier.clear();
        }
        earlier.extend(ids);
        *place = page.end;
        if !page.more {
            match told.take() {
                // Others are told of what is committed from here on; what was committed just before is read once more.
                None => *told = Some(self.shared.subscribe().await?),
                Some(told) => self.stage = Stage::Live { told, earlier: std::mem::take(earlier) },
            }
        }
        Ok(News::Logins(self.asked_for(found.into_iter().map(Arc::new).collect())))
    }

    /// Those of the logins that the query asks for, as far as is known.
    fn asked_for(&self, mut logins: Vec<Arc<LoginRecord>>) -> Vec<Arc<LoginRecord>> {
        let needs_references = self.followed.query.needs().contains(&Need::References);
        logins.retain(|login| {
            let alert = login.alert.as_ref().filter(|_| needs_references);
            let reference = alert.map(|alert| self.shared.keyring.reference(alert.id));
            let facts = LoginFacts { reference: reference.as_deref(), ..LoginFacts::of(login) };
            self.followed.query.matches(&facts).is_possible()
        });
        logins
    }
}
