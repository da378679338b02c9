//! Searches past logins.

use std::{ops::Range, sync::Arc};

use crate::{
    domain::{
        history::login_record::{LoginFilter, LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        keyring::Keyring,
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

    /// The logins that pass the filter, newest first, below the id `before`, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn page(
        &self,
        tenant: &TenantId,
        filter: &LoginFilter,
        before: Option<LoginId>,
        limit: usize,
    ) -> Result<LoginPage, Unavailable> {
        let index = self.index(tenant, filter);
        let mut ids = range(filter, before);
        let (mut records, mut looked_at) = (Vec::new(), 0);
        // Usually every login of the index passes the filter. Then the first step is enough; the one more tells of a
        // next page.
        let mut step = limit.saturating_add(1).min(STEP);
        while ids.start < ids.end {
            let found = self.logins.logins(tenant, &index, ids.clone(), step).await?;
            let end = found.len() < step;
            looked_at += found.len();
            for record in found {
                if !filter.matches(&record) {
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

    /// The index that has the fewest other logins besides those asked for.
    fn index(&self, tenant: &TenantId, filter: &LoginFilter) -> LoginIndex {
        let keys = self.keyring.tenant(tenant);
        let prefix = filter.addresses.and_then(|it| it.within_one_prefix());
        match (&filter.user, filter.fingerprint, prefix) {
            (Some(user), ..) => LoginIndex::User(keys.user(user)),
            (None, Some(fingerprint), _) => LoginIndex::Fingerprint(fingerprint.short()),
            (None, None, Some(address)) => LoginIndex::Prefix(keys.prefix(address)),
            (None, None, None) => LoginIndex::Time,
        }
    }
}

/// The range of ids in which the logins asked for lie.
fn range(filter: &LoginFilter, before: Option<LoginId>) -> Range<LoginId> {
    let start = filter.from.map_or(LoginId([0; 16]), LoginId::first_at);
    let end = filter.to.map_or(LoginId([0xFF; 16]), LoginId::first_at);
    start..before.map_or(end, |it| it.min(end))
}
