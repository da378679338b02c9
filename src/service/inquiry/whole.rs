//! All that is open, page by page, however much that is.

use std::collections::BTreeMap;

use crate::{
    domain::{
        alert::alert::Answer,
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        policy::policy::Level,
        search::{
            query::{Query, Term},
            value::Value,
        },
    },
    ports::Unavailable,
    service::{
        history::search::History,
        inquiry::{
            explaining::Inquiries,
            open::{Found, Open},
        },
    },
};

/// How many logins are read at once.
const PAGE: usize = 64;

/// In which turn a login comes among all that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The user may have said that it was not them.
    Denied,
    /// Its risk is high.
    High,
    /// Its risk is medium.
    Medium,
}

/// Some of what is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenPage {
    /// The logins, newest first; there may be none.
    pub logins: Vec<LoginRecord>,
    /// Below which login there may be more of the same urgency; `None` if there is none.
    pub next: Option<LoginId>,
}

impl Urgency {
    /// What is less urgent, if anything is.
    #[must_use]
    pub const fn less(self) -> Option<Self> {
        match self {
            Self::Denied => Some(Self::High),
            Self::High => Some(Self::Medium),
            Self::Medium => None,
        }
    }

    fn sought(self) -> Value {
        match self {
            Self::Denied => Value::Answer(Answer::Denied),
            Self::High => Value::Level(Level::High),
            Self::Medium => Value::Level(Level::Medium),
        }
    }

    fn is_of(self, open: &Open) -> bool {
        open.is_denied_by_user() == (self == Self::Denied)
    }
}

impl Inquiries {
    /// What is open of what a query asks for, of one urgency, with ids below one. Logins of restricted persons are left out.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open_page(
        &self,
        history: &History,
        (tenant, query): (&TenantId, &Query),
        urgency: Urgency,
        before: Option<LoginId>,
    ) -> Result<OpenPage, Unavailable> {
        let query = query.clone().with(Term::is(urgency.sought()));
        let page = history.page(tenant, &query, before, PAGE).await?;
        let mut found = Found { hidden: self.people.hidden(tenant).await?, open: BTreeMap::new() };
        self.add(page.records, &mut found).await?;
        let open = found.open.into_values().rev().filter(|it| urgency.is_of(it));
        Ok(OpenPage { logins: open.map(|it| it.login).collect(), next: page.next })
    }
}
