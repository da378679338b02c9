//! Searches past logins.

use std::ops::Range;

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        keyring::Keyring,
        search::{clear::facets::ClearLogin, field::Field, needs::Need, parameters::range, query::Query, value::Value},
        time::Timestamp,
    },
    ports::Unavailable,
    service::history::{
        beside::{Beside, Led},
        likeness::Likeness,
        regions::{self, Regions},
        sources::HistoryPorts,
        visits::{Visit, Visits},
    },
};

/// How many logins are read from the store at once: enough for the largest page, and to see whether another follows.
const STEP: usize = 512;
/// How many that an index leads to at most, when many of them were not asked for. In Redis each of 256 partitions tells of some more than
/// its part, which the next step has to ask for again: of few logins that is most of the work.
pub(crate) const INDEX_STEP: usize = 4_096;
/// A page ends after this many logins were opened, full or not. Otherwise a search for something rare that only records tell
/// would keep one request busy for minutes.
const MAX_LOOKED_AT: usize = 50_000;
/// How many logins are looked at at first, as far as they stand in the clear: what is frequent is found among them.
const FIRST_CLEAR_STEP: usize = 128;
/// How many are looked at at once at most.
const CLEAR_STEP: usize = 8_192;
/// A page ends after so many logins were looked at in the clear. Where everything is counted, that takes terms each of which
/// is frequent, and which never come together.
const MAX_SEEN: usize = 20_000_000;

/// A page of logins.
#[derive(Clone, Debug)]
pub struct LoginPage {
    /// The logins, newest first.
    pub records: Vec<LoginRecord>,
    /// The next page has the logins below this id; `None` if this is the last page. A page may be short, even empty,
    /// without being the last.
    pub next: Option<LoginId>,
}

/// The past logins of all tenants.
#[derive(Clone)]
pub struct History {
    pub(crate) ports: HistoryPorts,
    pub(crate) beside: Beside,
    keyring: Keyring,
}

impl History {
    /// Reads these ports.
    #[must_use]
    pub fn new(ports: HistoryPorts, beside: Beside, keyring: Keyring) -> Self {
        Self { ports, beside, keyring }
    }

    /// Counts a tenant's logins by day, country and region, from `from` until before `to`, the latest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn regions(&self, tenant: &TenantId, from: Timestamp, to: Timestamp) -> Result<Regions, Unavailable> {
        regions::count(self.ports.logins.as_ref(), tenant, from, to).await
    }

    /// What compares browsers.
    #[must_use]
    pub const fn likeness(&self) -> &Likeness {
        self.beside.likeness()
    }

    /// Finds a login by id. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        self.ports.logins.login(tenant, id).await
    }

    /// Those of these logins that are there. Another tenant's are not.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn named(&self, tenant: &TenantId, ids: &[LoginId]) -> Result<Vec<LoginRecord>, Unavailable> {
        self.ports.logins.logins_named(tenant, ids).await
    }

    /// The logins that the query asks for, as far as is known, newest first, below the id `before`, at most `limit`. Of a
    /// query that needs more than [`LOOKED_UP`](crate::service::history::beside::LOOKED_UP), these are all that may be meant.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn page(
        &self,
        tenant: &TenantId,
        query: &Query,
        before: Option<LoginId>,
        limit: usize,
    ) -> Result<LoginPage, Unavailable> {
        let ids = ids(query, before);
        let Way { index, listed } = self.way(tenant, query, &ids).await?;
        if let Some(listed) = listed {
            return self.page_of(tenant, query, &listed, limit).await;
        }
        if index == LoginIndex::Time && query.is_narrowed_in_clear() {
            self.page_in_clear(tenant, query, ids, limit).await
        } else {
            self.page_by_records(tenant, &index, ids, Sieve::new(query, limit)).await
        }
    }

    /// Opens every login of an index.
    async fn page_by_records(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        mut ids: Range<LoginId>,
        mut sieve: Sieve<'_>,
    ) -> Result<LoginPage, Unavailable> {
        let limit = sieve.limit;
        let mut looked_at = 0;
        // Usually every login of the index is asked for. Then the first step is enough; the one more tells of a
        // next page.
        let mut step = limit.saturating_add(1).min(STEP);
        while ids.start < ids.end {
            let found = self.ports.logins.logins(tenant, index, ids.clone(), step).await?;
            let end = found.len() < step;
            looked_at += found.len();
            ids.end = found.last().map_or(ids.start, |it| it.id);
            if sieve.is_full_with(&self.beside, found).await? {
                return Ok(sieve.page());
            }
            if end {
                break;
            }
            if looked_at >= MAX_LOOKED_AT {
                return Ok(sieve.page_to(ids.end));
            }
            step = (4 * step).clamp(STEP, INDEX_STEP);
        }
        Ok(sieve.page())
    }

    /// Opens those of a tenant's logins of which neither counts nor what stands in the clear say that they are not asked for.
    async fn page_in_clear(
        &self,
        tenant: &TenantId,
        query: &Query,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<LoginPage, Unavailable> {
        let mut visits = Visits::begin(&self.ports, tenant, query, ids).await?;
        let mut look = Look { sieve: Sieve::new(query, limit), opened: 0, seen: 0, step: FIRST_CLEAR_STEP };
        // Where logins are rare, those of many visits are opened at once.
        let mut candidates = Vec::new();
        while let Some(Visit { mut ids, partitions }) = visits.next().await? {
            loop {
                let page = self.ports.logins.clear_logins(tenant, ids.clone(), &partitions, look.step).await?;
                look.step = (4 * look.step).min(CLEAR_STEP);
                look.seen += page.logins.len();
                let may_match = |it: &&ClearLogin| query.matches_clear(it).is_possible();
                candidates.extend(page.logins.iter().filter(may_match).map(|it| it.id));
                let is_last = page.next.is_some() && look.seen >= MAX_SEEN;
                if (is_last || candidates.len() >= look.sieve.wanted())
                    && let Some(page) = self.open(tenant, std::mem::take(&mut candidates), &mut look).await?
                {
                    return Ok(page);
                }
                match page.next {
                    Some(next) if is_last => return Ok(look.sieve.page_to(next)),
                    Some(next) => ids.end = next,
                    None => break,
                }
            }
        }
        let page = self.open(tenant, candidates, &mut look).await?;
        Ok(page.unwrap_or_else(|| look.sieve.page()))
    }

    /// Opens logins, newest first. Returns the page if it ends there.
    async fn open(
        &self,
        tenant: &TenantId,
        mut rest: Vec<LoginId>,
        look: &mut Look<'_>,
    ) -> Result<Option<LoginPage>, Unavailable> {
        let Look { sieve, opened, .. } = look;
        while !rest.is_empty() {
            // If what stands in the clear is enough to tell, those that are opened are shown; the one more tells of a next page.
            let step = if sieve.query.is_clear() { sieve.wanted() } else { STEP };
            let later = rest.split_off(step.min(rest.len()));
            let found = self.ports.logins.logins_named(tenant, &rest).await?;
            *opened += rest.len();
            if sieve.is_full_with(&self.beside, found).await? {
                return Ok(Some(sieve.page()));
            }
            if let Some(last) = rest.last().filter(|_| *opened >= MAX_LOOKED_AT) {
                return Ok(Some(sieve.page_to(*last)));
            }
            rest = later;
        }
        Ok(None)
    }

    /// Those of the listed logins, which are newest first, that the query asks for, at most `limit`.
    async fn page_of(
        &self,
        tenant: &TenantId,
        query: &Query,
        listed: &[LoginId],
        limit: usize,
    ) -> Result<LoginPage, Unavailable> {
        let mut sieve = Sieve::new(query, limit);
        for some in listed.chunks(limit.saturating_add(1).clamp(1, STEP)) {
            let found = self.ports.logins.logins_named(tenant, some).await?;
            if sieve.is_full_with(&self.beside, found).await? {
                break;
            }
        }
        Ok(sieve.page())
    }

    /// Whether an index leads to the logins that a query asks for, past few others. Of these, records are read.
    #[must_use]
    pub fn has_index(&self, tenant: &TenantId, query: &Query) -> bool {
        self.told_index(tenant, query).is_some()
    }

    /// How to find the logins that a query asks for, with ids in this range, past the fewest others.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn way(&self, tenant: &TenantId, query: &Query, ids: &Range<LoginId>) -> Result<Way, Unavailable> {
        let told = self.told_index(tenant, query);
        let led = if told.is_none() { self.beside.led(tenant, query).await? } else { Led::default() };
        let index = told.or(led.only.map(LoginIndex::User)).unwrap_or(LoginIndex::Time);
        // A user's logins are fewer than a list would have.
        let is_one_users = matches!(index, LoginIndex::User(_));
        let listed = if is_one_users { None } else { self.beside.shortlist(tenant, query, led, ids).await? };
        Ok(Way { index, listed })
    }

    /// The index that the query itself tells.
    fn told_index(&self, tenant: &TenantId, query: &Query) -> Option<LoginIndex> {
        let keys = self.keyring.tenant(tenant);
        let of = |field| match query.only(field)? {
            Value::User(user) => Some(LoginIndex::User(keys.user(user))),
            Value::Fingerprint(fingerprint) => Some(LoginIndex::Fingerprint(fingerprint.short())),
            Value::Address(network) => {
                let addresses = range(network);
                let prefix = keys.prefix(addresses.within_one_prefix()?);
                let is_one = addresses.first == addresses.last;
                Some(if is_one { LoginIndex::Address(prefix, addresses.first) } else { LoginIndex::Prefix(prefix) })
            }
            _ => None,
        };
        [Field::User, Field::Address, Field::Fingerprint].into_iter().find_map(of)
    }
}

/// How the logins are found that a query asks for.
pub(crate) struct Way {
    /// The index that has the fewest other logins besides.
    pub index: LoginIndex,
    /// Logins among which all of them are, newest first, if there are few; they are looked at instead of the index.
    pub listed: Option<Vec<LoginId>>,
}

/// What a look through what stands in the clear has found so far, and what that took.
struct Look<'a> {
    sieve: Sieve<'a>,
    /// How many logins were opened.
    opened: usize,
    /// How many were looked at in the clear.
    seen: usize,
    /// How many are looked at next.
    step: usize,
}

/// Keeps those logins that a query asks for, until a page is full.
struct Sieve<'a> {
    query: &'a Query,
    needs: Vec<Need>,
    limit: usize,
    kept: Vec<LoginRecord>,
    next: Option<LoginId>,
}

impl<'a> Sieve<'a> {
    fn new(query: &'a Query, limit: usize) -> Self {
        Self { query, needs: query.needs(), limit, kept: Vec::new(), next: None }
    }

    /// Sifts some logins, and says whether there is one more than belongs on the page.
    async fn is_full_with(&mut self, beside: &Beside, logins: Vec<LoginRecord>) -> Result<bool, Unavailable> {
        let known = beside.know(self.query, &self.needs, &logins).await?;
        for login in logins {
            if !self.query.matches(&known.of(&login)).is_possible() {
                continue;
            }
            if self.kept.len() == self.limit {
                self.next = self.kept.last().map(|it| it.id);
                return Ok(true);
            }
            self.kept.push(login);
        }
        Ok(false)
    }

    /// How many more logins fill the page, and tell that there is a next one.
    const fn wanted(&self) -> usize {
        self.limit.saturating_add(1) - self.kept.len()
    }

    fn page(&mut self) -> LoginPage {
        LoginPage { records: std::mem::take(&mut self.kept), next: self.next }
    }

    /// The page, although there may be more of it below this id.
    fn page_to(&mut self, next: LoginId) -> LoginPage {
        LoginPage { next: Some(next), ..self.page() }
    }
}

/// The range of ids in which the logins asked for lie.
pub(crate) fn ids(query: &Query, before: Option<LoginId>) -> Range<LoginId> {
    let (span, login) = (query.span(), query.only(Field::Login));
    let mut ids = span.from().map_or(LoginId([0; 16]), LoginId::first_at)
        ..span.to().map_or(LoginId([0xFF; 16]), LoginId::first_at);
    if let Some(Value::Login(login)) = login {
        ids = ids.start.max(*login)..ids.end.min(login.next());
    }
    ids.start..before.map_or(ids.end, |it| it.min(ids.end))
}
