//! Walks through what a search finds, newest first, within bounds.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        search::query::Query,
    },
    ports::Unavailable,
    service::history::search::History,
};

/// How many logins are read at once.
const PAGE: usize = 512;
/// How many pages may end early, because too many logins were opened for what they have.
const MAX_SHORT_PAGES: usize = 2;
/// How many searches of this process are walked through at the same time: each opens thousands of logins, and logins that come in
/// need the store's readers, too.
static WALKING: Semaphore = Semaphore::const_new(2);

/// A walk through the logins that a query asks for.
pub struct Walk<'a> {
    history: &'a History,
    tenant: &'a TenantId,
    query: &'a Query,
    /// How many more logins are read at most.
    rest: usize,
    short_pages: usize,
    position: Position,
    /// One of those who may walk.
    _permit: Option<SemaphorePermit<'static>>,
}

enum Position {
    /// Nothing was read yet.
    Start,
    /// The next page has the logins below this id.
    Before(LoginId),
    /// Nothing more is found.
    End,
}

impl<'a> Walk<'a> {
    /// Through at most so many of a tenant's logins. Waits for others who walk.
    pub async fn begin(history: &'a History, tenant: &'a TenantId, query: &'a Query, most: usize) -> Self {
        // It is never closed.
        let permit = WALKING.acquire().await.ok();
        Self { history, tenant, query, rest: most, short_pages: 0, position: Position::Start, _permit: permit }
    }

    /// The next logins, newest first, perhaps none; `None` at the end, or where the walk has become too long.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn next(&mut self) -> Result<Option<Vec<LoginRecord>>, Unavailable> {
        let before = match self.position {
            Position::Start => None,
            Position::Before(id) => Some(id),
            Position::End => return Ok(None),
        };
        if self.rest == 0 || self.short_pages > MAX_SHORT_PAGES {
            return Ok(None);
        }
        let limit = self.rest.min(PAGE);
        let page = self.history.page(self.tenant, self.query, before, limit).await?;
        self.rest -= page.records.len();
        if page.records.len() < limit {
            self.short_pages += 1;
        }
        self.position = page.next.map_or(Position::End, Position::Before);
        Ok(Some(page.records))
    }

    /// Whether everything was read that is found.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self.position, Position::End)
    }
}
