//! The audit: notes who has read what about whom and changed what, lists it, verifies it, and deletes what is old.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{
        ids::{TenantId, UserId},
        keyring::{Keyring, TenantKeys},
        privacy::{
            audit::{Action, Actor, AuditDetail, AuditEvent, Outcome, Subject},
            chain::{AuditBase, AuditEntry, AuditHead, Broken, Checkpoint, Verifier},
        },
        time::{HOUR_MS, Timestamp},
    },
    ports::{Appended, AuditEnds, AuditFound, AuditPage, AuditStore, Clock, Unavailable},
    service::queue::user_queues::UserQueues,
};

/// How many entries are read at once, and deleted of one tenant in one step.
const STEP: usize = 1_000;
/// How many entries are looked at for one page of a filtered list.
const LOOKED_AT: usize = 20_000;
/// How often appending is tried again because another process was faster.
const TRIES: usize = 100;
/// Entries stand in the order in which they were appended. Those of two processes differ by no more than their clocks.
const OUT_OF_ORDER_MS: i64 = HOUR_MS;

/// What somebody did.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// To whom or what; `None` if it was no single thing.
    pub subject: Option<Subject>,
    /// What was asked of a list.
    pub query: Option<String>,
    /// What for.
    pub purpose: Option<String>,
}

impl Deed {
    /// Something that was done on the command line.
    #[must_use]
    pub const fn on_command_line(action: Action, subject: Option<Subject>) -> Self {
        Self { actor: Actor::Cli, action, outcome: Outcome::Done, subject, query: None, purpose: None }
    }
}

/// Which entries are asked for: those that match every field that is given.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// About this user.
    pub user: Option<UserId>,
    /// By this actor.
    pub actor: Option<Actor>,
    /// Of this action.
    pub action: Option<Action>,
    /// Only those that showed something to somebody.
    pub reads_only: bool,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

impl AuditFilter {
    /// The user is left to the store's index.
    fn fits(&self, event: &AuditEvent) -> bool {
        self.actor.as_ref().is_none_or(|it| *it == event.actor)
            && self.action.is_none_or(|it| it == event.action)
            && (event.action.is_read() || !self.reads_only)
            && self.from.is_none_or(|it| event.at >= it)
            && self.to.is_none_or(|it| event.at < it)
    }

    /// Whether this entry and all that are older lie before the time asked for.
    fn is_past(&self, event: &AuditEvent) -> bool {
        self.from.is_some_and(|it| it.ms_since(event.at) > OUT_OF_ORDER_MS)
    }
}

/// A page of the audit.
#[derive(Clone, Debug)]
pub struct AuditList {
    /// The entries, the newest first.
    pub entries: Vec<AuditEntry>,
    /// The next page has the entries with lower numbers; `None` if this is the last page.
    pub next: Option<u64>,
}

/// What one step of deleting old entries did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// How many entries were deleted.
    pub entries: u64,
    /// Whether there is more to delete, which takes another step.
    pub more: bool,
}

/// The audit of all tenants. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn AuditStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    /// What comes at once for a tenant is appended together.
    queues: Arc<UserQueues<AuditEvent, Result<(), Unavailable>>>,
    heads: Arc<Heads>,
}

/// The newest entry of each chain, as this process last saw it.
#[derive(Default)]
struct Heads(Mutex<HashMap<TenantId, AuditHead>>);

impl Heads {
    fn all(&self) -> MutexGuard<'_, HashMap<TenantId, AuditHead>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Audit {
    /// Uses these ports.
    #[must_use]
    pub fn new(store: Arc<dyn AuditStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring, queues: Arc::default(), heads: Arc::default() }
    }

    /// Notes what somebody did. It is stored when this returns.
    ///
    /// # Errors
    /// When the store does not answer. The entry may be stored nevertheless.
    pub async fn note(&self, tenant: &TenantId, deed: Deed) -> Result<(), Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let event = event(&keys, deed, self.clock.now());
        let mut name = [0; 16];
        name.copy_from_slice(&blake3::hash(tenant.as_str().as_bytes()).as_bytes()[..16]);
        let (store, heads) = (self.store.clone(), self.heads.clone());
        let work = move |events: Vec<AuditEvent>| {
            let (store, heads, keys) = (store.clone(), heads.clone(), keys.clone());
            async move {
                let count = events.len();
                vec![append(store.as_ref(), &heads, &keys, &events).await; count]
            }
        };
        let noted = self.queues.together(name, event, work).await;
        noted.unwrap_or_else(|_| Err(Unavailable("waited too long for the audit".to_owned())))
    }

    /// The entries that pass the filter, the newest first, with lower numbers than `before`, at most `limit`. A page may
    /// have fewer and be followed by another one, if many entries do not pass.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn page(
        &self,
        tenant: &TenantId,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<AuditList, Unavailable> {
        let user = filter.user.as_ref().map(|it| self.keyring.tenant(tenant).user(it));
        let (mut entries, mut position, mut looked_at) = (Vec::new(), before, 0);
        while looked_at < LOOKED_AT {
            let page = AuditPage { tenant, user: user.as_ref(), before: position, limit: STEP.min(limit + 1).max(100) };
            let step = self.store.audit_page(page).await?;
            let is_last = step.len() < page.limit;
            looked_at += step.len();
            for AuditFound { number, entry } in step {
                if entries.len() == limit {
                    return Ok(AuditList { entries, next: position });
                }
                position = Some(number);
                let Some(entry) = entry else { continue };
                if filter.is_past(&entry.event) {
                    return Ok(AuditList { entries, next: None });
                }
                if filter.fits(&entry.event) {
                    entries.push(entry);
                }
            }
            if is_last {
                return Ok(AuditList { entries, next: None });
            }
        }
        Ok(AuditList { entries, next: position })
    }

    /// Every tenant that has a chain.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, Unavailable> {
        self.store.audited_tenants().await
    }

    /// Verifies a tenant's chain up to its newest entry. Returns how many entries were verified, or where it is broken.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn verify(
        &self,
        tenant: &TenantId,
        checkpoints: &[Checkpoint],
    ) -> Result<Result<u64, Broken>, Unavailable> {
        loop {
            let ends = self.store.audit_ends(tenant).await?;
            let verified = self.walk(tenant, ends, checkpoints).await?;
            // What was deleted for its age meanwhile is not missing.
            if verified.is_ok() || self.store.audit_ends(tenant).await?.base == ends.base {
                return Ok(verified);
            }
        }
    }

    async fn walk(
        &self,
        tenant: &TenantId,
        ends: AuditEnds,
        checkpoints: &[Checkpoint],
    ) -> Result<Result<u64, Broken>, Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let mut verifier = match Verifier::begin(&keys, ends.base, ends.head, checkpoints) {
            Ok(verifier) => verifier,
            Err(broken) => return Ok(Err(broken)),
        };
        let mut after = ends.base.map_or(0, |it| it.last.number);
        while after < verifier.end() {
            let step = self.store.audit_after(tenant, after, STEP).await?;
            let Some(last) = step.last() else { break };
            after = last.number;
            for AuditFound { number, entry } in step.into_iter().filter(|it| it.number <= ends.head.number) {
                if let Err(broken) = verifier.next(number, entry) {
                    return Ok(Err(broken));
                }
            }
        }
        Ok(verifier.finish())
    }

    /// The newest entry of each chain.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>, Unavailable> {
        let at = self.clock.now();
        let mut checkpoints = Vec::new();
        for tenant in self.store.audited_tenants().await? {
            let head = self.store.audit_ends(&tenant).await?.head;
            checkpoints.push(Checkpoint { tenant, head, at });
        }
        Ok(checkpoints)
    }

    /// Deletes entries before `cutoff`, in a bounded step. The chain begins behind them from then on.
    ///
    /// # Errors
    /// When the store does not answer. What was deleted by then stays deleted.
    pub async fn forget(&self, cutoff: Timestamp) -> Result<Forgotten, Unavailable> {
        let mut forgotten = Forgotten::default();
        for tenant in self.store.audited_tenants().await? {
            let begins = self.store.audit_ends(&tenant).await?.base.map_or(0, |it| it.last.number);
            let oldest = self.store.audit_after(&tenant, begins, STEP).await?;
            let is_full = oldest.len() == STEP;
            // One that cannot be read goes with those around it.
            let readable = oldest.into_iter().filter_map(|it| it.entry);
            let Some(last) = readable.take_while(|it| it.event.at < cutoff).last() else { continue };
            let base = AuditBase::new(&self.keyring.tenant(&tenant), last.head());
            self.store.forget_audit(&tenant, &base).await?;
            let gone = last.number.saturating_sub(begins);
            forgotten.entries += gone;
            forgotten.more |= is_full && gone >= STEP as u64;
        }
        Ok(forgotten)
    }

    /// When the oldest entry of all was noted; `None` if there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn oldest(&self) -> Result<Option<Timestamp>, Unavailable> {
        let mut oldest: Option<Timestamp> = None;
        for tenant in self.store.audited_tenants().await? {
            let begins = self.store.audit_ends(&tenant).await?.base.map_or(0, |it| it.last.number);
            let first = self.store.audit_after(&tenant, begins, 1).await?.into_iter().find_map(|it| it.entry);
            let at = first.map(|it| it.event.at);
            oldest = oldest.min(at).or(oldest).or(at);
        }
        Ok(oldest)
    }
}

fn event(keys: &TenantKeys, deed: Deed, at: Timestamp) -> AuditEvent {
    let Deed { actor, action, outcome, subject, query, purpose } = deed;
    let (kind, user, id) = subject.map_or((None, None, None), |it| (Some(it.kind), it.user, it.id));
    let key = user.as_ref().map(|it| keys.user(it));
    // Who was erased is not named again.
    let user = user.filter(|_| action != Action::Erase);
    AuditEvent {
        tenant: keys.tenant().clone(),
        at,
        actor,
        action,
        outcome,
        kind,
        user: key,
        detail: Some(AuditDetail { user, id, query, purpose }),
    }
}

/// Appends events behind the newest entry, whoever wrote that.
async fn append(
    store: &dyn AuditStore,
    heads: &Heads,
    keys: &TenantKeys,
    events: &[AuditEvent],
) -> Result<(), Unavailable> {
    let tenant = keys.tenant();
    let mut head = heads.all().get(tenant).copied().unwrap_or_default();
    for _ in 0..TRIES {
        match store.append_audit(keys, head, events).await? {
            Appended::Stored(newest) => {
                heads.all().insert(tenant.clone(), newest);
                return Ok(());
            }
            Appended::Behind(newest) => head = newest,
        }
    }
    Err(Unavailable("too many append to the audit at once".to_owned()))
}
