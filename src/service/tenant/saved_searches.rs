//! Tenants' saved searches, and which of them have found their first login.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{TenantId, UserKey},
        keyring::{Keyring, TenantKeys},
        search::{fault::QueryFault, matching::LoginFacts, query::Query},
        tenant::{
            saved_search::{Found, MAX_SEARCHES, SavedSearch, SearchName},
            webhook::{EventKind, TenantEvent},
        },
        time::{MINUTE_MS, SECOND_MS, Timestamp},
    },
    ports::{SavedSearchStore, Unavailable},
    service::queue::tries::{MAX_TRIES, changed_all_the_time},
};

/// For how long a process uses what it has read. A search that another process saves waits for logins here after that time at
/// the latest.
const FRESH_MS: i64 = SECOND_MS;
/// For how long a process tells of no other login after one that a search has found. By then the event was taken up, and the store
/// says that the search waits no more.
const QUIET_MS: i64 = MINUTE_MS;

/// Why searches were not saved.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SavedSearchError {
    /// What is searched is no search, or none that can notify.
    #[error(transparent)]
    Query(QueryFault),
    /// Two searches of a list have this name.
    #[error("`{}` comes twice", .0.as_str())]
    Twice(SearchName),
    /// The tenant has as many as it may have.
    #[error("a tenant may save {MAX_SEARCHES} searches")]
    TooMany,
    /// Somebody else has changed the list.
    #[error("the list is another by now")]
    Changed,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A tenant's list, and how many times it was changed.
#[derive(Clone, Debug, Default)]
pub struct SavedList {
    /// How many times.
    pub times: u64,
    /// The searches, by name.
    pub searches: Vec<SavedSearch>,
}

/// What is to be saved.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The name.
    pub name: SearchName,
    /// What is searched.
    pub q: String,
    /// Whether webhooks are told of the first login that it finds.
    pub notify: bool,
}

/// A search that waits for its first login.
#[derive(Clone)]
struct Waiting {
    mark: Mark,
    query: Query,
}

/// Which search, and since when it waits.
type Mark = (SearchName, Timestamp);

/// What this process knows of a tenant.
#[derive(Clone, Default)]
struct Known {
    read_at: Timestamp,
    waiting: Arc<[Waiting]>,
    /// Until when this process tells of no other login that these find.
    quiet: HashMap<Mark, Timestamp>,
}

/// The saved searches of all tenants.
pub struct SavedSearches {
    store: Arc<dyn SavedSearchStore>,
    keyring: Keyring,
    known: RwLock<HashMap<TenantId, Known>>,
}

impl SavedSearches {
    /// Keeps them in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn SavedSearchStore>, keyring: Keyring) -> Self {
        Self { store, keyring, known: RwLock::default() }
    }

    /// A tenant's list.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, tenant: &TenantId) -> Result<SavedList, Unavailable> {
        let (times, searches) = self.store.saved_searches(tenant).await?;
        Ok(SavedList { times, searches })
    }

    /// Saves one search, in the place of the one of its name if there is one. It waits for a login from now on, whatever it
    /// has found before.
    ///
    /// # Errors
    /// See [`SavedSearchError`].
    pub async fn put(&self, tenant: &TenantId, wanted: Wanted, now: Timestamp) -> Result<SavedList, SavedSearchError> {
        let search = saved(wanted, now)?;
        self.change(tenant, move |mut searches| {
            searches.retain(|it| it.name != search.name);
            searches.push(search.clone());
            searches
        })
        .await
    }

    /// Replaces the whole list. A search that stays as it was goes on as it was. Refused if the list was changed more than
    /// `times`.
    ///
    /// # Errors
    /// See [`SavedSearchError`].
    pub async fn replace(
        &self,
        tenant: &TenantId,
        times: Option<u64>,
        wanted: Vec<Wanted>,
        now: Timestamp,
    ) -> Result<SavedList, SavedSearchError> {
        if wanted.len() > MAX_SEARCHES {
            return Err(SavedSearchError::TooMany);
        }
        let mut all: Vec<SavedSearch> = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            if all.iter().any(|it| it.name == wanted.name) {
                return Err(SavedSearchError::Twice(wanted.name));
            }
            all.push(saved(wanted, now)?);
        }
        self.change_from(tenant, times, move |before| {
            let same = |new: &SavedSearch| {
                before.iter().find(|it| it.name == new.name && it.q == new.q && it.notify == new.notify).cloned()
            };
            all.iter().map(|new| same(new).unwrap_or_else(|| new.clone())).collect()
        })
        .await
    }

    /// Deletes a search; `false` if there is none of this name.
    ///
    /// # Errors
    /// See [`SavedSearchError`].
    pub async fn remove(&self, tenant: &TenantId, name: &SearchName) -> Result<bool, SavedSearchError> {
        let is_there = self.list(tenant).await?.searches.iter().any(|it| it.name == *name);
        if is_there {
            self.change(tenant, |mut searches| {
                searches.retain(|it| it.name != *name);
                searches
            })
            .await?;
        }
        Ok(is_there)
    }

    /// Deletes the searches that name a user who is being forgotten, or their address.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        email: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let names = |it: &SavedSearch| it.names(&|id| keys.user(id) == *user, email, now);
        if !self.list(tenant).await?.searches.iter().any(names) {
            return Ok(());
        }
        let forgotten = self.change(tenant, |mut searches| {
            searches.retain(|it| !names(it));
            searches
        });
        match forgotten.await {
            Err(SavedSearchError::Unavailable(fault)) => Err(fault),
            // A shorter list is none of the other faults.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// An event for each of these logins of one tenant that is the first that a search finds, as far as this process knows. To be
    /// stored with the logins; then [`SavedSearches::told`].
    ///
    /// # Errors
    /// When the store does not answer, and has not answered about this tenant before.
    pub async fn events<'a>(
        &self,
        keys: &TenantKeys,
        logins: impl Iterator<Item = &'a LoginRecord> + Send,
        now: Timestamp,
    ) -> Result<(Vec<TenantEvent>, Told), Unavailable> {
        let waiting = self.waiting(keys.tenant(), now).await?;
        let (mut events, mut told) = (Vec::new(), Told::default());
        for login in logins.filter(|_| !waiting.is_empty()) {
            let is_new = |it: &&Waiting| it.mark.1 <= login.received_at && !told.0.contains(&it.mark);
            let found = waiting.iter().filter(is_new).filter(|it| self.finds(&it.query, login));
            let found: Vec<Mark> = found.map(|it| it.mark.clone()).collect();
            if !found.is_empty() {
                events.push(TenantEvent::new(login.received_at, EventKind::SearchMatched, keys, login.id));
                told.0.extend(found);
            }
        }
        Ok((events, told))
    }

    /// These events are stored.
    pub fn told(&self, tenant: &TenantId, told: Told, now: Timestamp) {
        if told.0.is_empty() {
            return;
        }
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(tenant.clone()).or_default();
        known.waiting = known.waiting.iter().filter(|it| !told.0.contains(&it.mark)).cloned().collect();
        known.quiet.extend(told.0.into_iter().map(|it| (it, now.plus_ms(QUIET_MS))));
    }

    /// The searches that have found this login first: those that wait, and find it, find it from now on. Asked again about
    /// the same event, it is the same ones. Events about others are of no use then.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn claim(&self, event: &TenantEvent, login: &LoginRecord) -> Result<Vec<SavedSearch>, Unavailable> {
        for _ in 0..MAX_TRIES {
            let SavedList { times, mut searches } = self.list(&event.tenant).await?;
            let mut is_changed = false;
            for search in searches.iter_mut().filter(|it| it.waits() && it.saved_at <= login.received_at) {
                if search.query(event.at).is_some_and(|query| self.finds(&query, login)) {
                    search.found = Some(Found { event: event.id, login: login.id, at: login.received_at });
                    is_changed = true;
                }
            }
            if !is_changed || self.store.put_saved_searches(&event.tenant, times, &searches).await? {
                searches.retain(|it| it.found.is_some_and(|it| it.event == event.id));
                return Ok(searches);
            }
        }
        Err(changed_all_the_time("the list of saved searches"))
    }

    /// Whether a query finds a login, by what the login itself says.
    fn finds(&self, query: &Query, login: &LoginRecord) -> bool {
        let reference = login.alert.as_ref().map(|alert| self.keyring.reference(alert.id));
        let facts = LoginFacts { reference: reference.as_deref(), ..LoginFacts::of(login) };
        query.matches(&facts).is_possible()
    }

    /// The searches that wait for a login, at most a second old.
    async fn waiting(&self, tenant: &TenantId, now: Timestamp) -> Result<Arc<[Waiting]>, Unavailable> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        let fresh = known.as_ref().filter(|it| (0..FRESH_MS).contains(&now.ms_since(it.read_at)));
        if let Some(Known { waiting, .. }) = fresh {
            return Ok(waiting.clone());
        }
        let searches = match (self.list(tenant).await, &known) {
            (Ok(list), _) => list.searches,
            (Err(_), Some(known)) => return Ok(known.waiting.clone()),
            (Err(fault), None) => return Err(fault),
        };
        let mut quiet = known.unwrap_or_default().quiet;
        quiet.retain(|_, until| now < *until);
        let waiting = searches.into_iter().filter(SavedSearch::waits);
        let waiting = waiting.filter(|it| !quiet.contains_key(&(it.name.clone(), it.saved_at)));
        let waiting: Arc<[Waiting]> =
            waiting.filter_map(|it| Some(Waiting { query: it.query(now)?, mark: (it.name, it.saved_at) })).collect();
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(tenant.clone(), Known { read_at: now, waiting: waiting.clone(), quiet });
        Ok(waiting)
    }

    /// Changes the list, however many change it at the same time.
    async fn change(
        &self,
        tenant: &TenantId,
        change: impl Fn(Vec<SavedSearch>) -> Vec<SavedSearch>,
    ) -> Result<SavedList, SavedSearchError> {
        self.change_from(tenant, None, change).await
    }

    /// The same, unless it was changed more or less than `expected` times before.
    async fn change_from(
        &self,
        tenant: &TenantId,
        expected: Option<u64>,
        change: impl Fn(Vec<SavedSearch>) -> Vec<SavedSearch>,
    ) -> Result<SavedList, SavedSearchError> {
        for _ in 0..MAX_TRIES {
            let SavedList { times, searches } = self.list(tenant).await?;
            if expected.is_some_and(|it| it != times) {
                return Err(SavedSearchError::Changed);
            }
            let before = searches.len();
            let mut searches = change(searches);
            searches.sort_by(|a, b| a.name.cmp(&b.name));
            if searches.len() > MAX_SEARCHES && searches.len() > before {
                return Err(SavedSearchError::TooMany);
            }
            if self.store.put_saved_searches(tenant, times, &searches).await? {
                // This process begins to wait at once.
                self.known.write().unwrap_or_else(PoisonError::into_inner).remove(tenant);
                return Ok(SavedList { times: times + 1, searches });
            }
        }
        Err(changed_all_the_time("the list of saved searches").into())
    }
}

/// Searches of which an event tells that they have found a login.
#[derive(Clone, Debug, Default)]
pub struct Told(Vec<Mark>);

/// A search as it is saved now.
fn saved(wanted: Wanted, now: Timestamp) -> Result<SavedSearch, SavedSearchError> {
    let Wanted { name, q, notify } = wanted;
    SavedSearch::new(name, q, notify, now).map_err(SavedSearchError::Query)
}
