//! Searches past logins.

use std::{ops::Range, sync::Arc};

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        keyring::Keyring,
        search::{field::Field, needs::Need, parameters::range, query::Query, value::Value},
        time::Timestamp,
    },
    ports::{LoginStore, Unavailable},
    service::history::{
        beside::Beside,
        regions::{self, Regions},
    },
};

/// How many logins are read from the store at once: enough for the largest page, and to see whether another follows.
const STEP: usize = 512;
/// A page ends after this many logins were read, full or not. Otherwise a search for a rare login in a long history
/// would keep one request busy for minutes.
const MAX_LOOKED_AT: usize = 50_000;

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
    logins: Arc<dyn LoginStore>,
    beside: Beside,
    keyring: Keyring,
}

impl History {
    /// Reads these ports.
    #[must_use]
    pub fn new(logins: Arc<dyn LoginStore>, beside: Beside, keyring: Keyring) -> Self {
        Self { logins, beside, keyring }
    }

    /// Counts a tenant's logins by day, country and region, from `from` until before `to`, the latest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn regions(&self, tenant: &TenantId, from: Timestamp, to: Timestamp) -> Result<Regions, Unavailable> {
        regions::count(self.logins.as_ref(), tenant, from, to).await
    }

    /// Finds a login by id. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        self.logins.login(tenant, id).await
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
        let (index, mut ids) = (self.index(tenant, query), ids(query, before));
        let narrow =
            if let LoginIndex::User(_) = index { None } else { self.beside.shortlist(tenant, query, &ids).await? };
        if let Some(listed) = narrow {
            return self.page_of(tenant, query, &listed, limit).await;
        }
        let mut sieve = Sieve::new(query, limit);
        let mut looked_at = 0;
        // Usually every login of the index is asked for. Then the first step is enough; the one more tells of a
        // next page.
        let mut step = limit.saturating_add(1).min(STEP);
        while ids.start < ids.end {
            let found = self.logins.logins(tenant, &index, ids.clone(), step).await?;
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
                return Ok(LoginPage { next: Some(ids.end), ..sieve.page() });
            }
            step = STEP;
        }
        Ok(sieve.page())
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
            let found = self.logins.logins_named(tenant, some).await?;
            if sieve.is_full_with(&self.beside, found).await? {
                break;
            }
        }
        Ok(sieve.page())
    }

    /// The index that has the fewest other logins besides those asked for.
    fn index(&self, tenant: &TenantId, query: &Query) -> LoginIndex {
        let keys = self.keyring.tenant(tenant);
        let of = |field| match query.only(field)? {
            Value::User(user) => Some(LoginIndex::User(keys.user(user))),
            Value::Fingerprint(fingerprint) => Some(LoginIndex::Fingerprint(fingerprint.short())),
            Value::Address(network) => {
                range(network).within_one_prefix().map(|address| LoginIndex::Prefix(keys.prefix(address)))
            }
            _ => None,
        };
        [Field::User, Field::Fingerprint, Field::Address].into_iter().find_map(of).unwrap_or(LoginIndex::Time)
    }
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
        let known = beside.know(&self.needs, &logins).await?;
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

    fn page(self) -> LoginPage {
        LoginPage { records: self.kept, next: self.next }
    }
}

/// The range of ids in which the logins asked for lie.
fn ids(query: &Query, before: Option<LoginId>) -> Range<LoginId> {
    let (span, login) = (query.span(), query.only(Field::Login));
    let mut ids = span.from().map_or(LoginId([0; 16]), LoginId::first_at)
        ..span.to().map_or(LoginId([0xFF; 16]), LoginId::first_at);
    if let Some(Value::Login(login)) = login {
        ids = ids.start.max(*login)..ids.end.min(login.next());
    }
    ids.start..before.map_or(ids.end, |it| it.min(ids.end))
}
