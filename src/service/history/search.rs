//! Searches past logins.

use std::{ops::Range, sync::Arc};

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        keyring::Keyring,
        search::{field::Field, matching::LoginFacts, needs::Need, parameters::range, query::Query, value::Value},
        time::Timestamp,
    },
    ports::{LoginStore, Unavailable},
    service::history::regions::{self, Regions},
};

/// How many logins are read from the store at once: enough for the largest page, and to see whether another follows.
const STEP: usize = 512;
/// A page ends after this many logins were read, full or not. Otherwise a search for a rare login in a long history
/// would keep one request busy for minutes.
const MAX_LOOKED_AT: usize = 50_000;

/// What is looked up beside the records of logins. A query that needs more cannot be answered.
pub const LOOKED_UP: &[Need] = &[Need::References];

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
    keyring: Keyring,
}

impl History {
    /// Reads these ports.
    #[must_use]
    pub fn new(logins: Arc<dyn LoginStore>, keyring: Keyring) -> Self {
        Self { logins, keyring }
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
    /// query that needs more than [`LOOKED_UP`], these are all that may be meant.
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
        let index = self.index(tenant, query);
        let (needs, mut ids) = (query.needs(), ids(query, before));
        let (mut records, mut looked_at) = (Vec::new(), 0);
        // Usually every login of the index is asked for. Then the first step is enough; the one more tells of a
        // next page.
        let mut step = limit.saturating_add(1).min(STEP);
        while ids.start < ids.end {
            let found = self.logins.logins(tenant, &index, ids.clone(), step).await?;
            let end = found.len() < step;
            looked_at += found.len();
            for record in found {
                if !self.may_be_meant(query, &needs, &record) {
                    ids.end = record.id;
                } else if records.len() == limit {
                    return Ok(LoginPage { records, next: Some(ids.end) });
                } else {
                    ids.end = record.id;
                    records.push(record);
                }
            }
            if end {
                break;
            }
            if looked_at >= MAX_LOOKED_AT {
                return Ok(LoginPage { records, next: Some(ids.end) });
            }
            step = STEP;
        }
        Ok(LoginPage { records, next: None })
    }

    /// Whether a query asks for a login, as far as is known.
    fn may_be_meant(&self, query: &Query, needs: &[Need], login: &LoginRecord) -> bool {
        let alert = login.alert.as_ref().filter(|_| needs.contains(&Need::References));
        let reference = alert.map(|alert| self.keyring.reference(alert.id));
        let facts = LoginFacts { reference: reference.as_deref(), ..LoginFacts::of(login) };
        query.matches(&facts).is_possible()
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
