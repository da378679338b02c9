//! What is open: logins that nobody has judged and that are risky, or that were denied by somebody who has not looked into them; and
//! those whose user has denied them after a colleague had decided otherwise.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::{
    domain::{
        alert::alert::{Answer, AnsweredBy},
        history::login_record::LoginRecord,
        ids::{LoginId, NoteId, TenantId},
        login::login::Outcome,
        policy::policy::Level,
        search::{
            query::{Query, Term},
            value::Value,
        },
    },
    ports::Unavailable,
    service::{
        history::search::History,
        inquiry::{explaining::Inquiries, rehearsal::Said},
        privacy::people::Hidden,
    },
};

/// So many open logins are gathered, those of a high risk first; where there are more, they are told as “at least”.
pub const GATHERED: usize = 500;
/// How many logins are read at once.
const STEP: usize = 512;
/// How often at most, as many may have been judged.
const STEPS: usize = 8;

/// A login that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The login.
    pub login: LoginRecord,
    /// Whether its warning was denied, and by whom, if that is known.
    pub denied: Option<Option<AnsweredBy>>,
    /// Whether the user has denied it after a colleague had decided otherwise.
    pub is_contradicted: bool,
    /// The verdict that the user has contradicted: whoever judges again has seen it.
    pub seen: Option<NoteId>,
}

impl Open {
    /// Whether the user may have said that it was not them: by the mail, through the API, or before it was kept who has.
    #[must_use]
    pub fn is_denied_by_user(&self) -> bool {
        self.denied.is_some_and(|by| !by.is_some_and(AnsweredBy::is_colleague))
    }

    /// The most urgent first: where a user contradicts a colleague, then what a user denied, then by level, then what got in, then by
    /// risk; of those that are alike the latest.
    #[must_use]
    pub fn by_urgency(&self, other: &Self) -> Ordering {
        let rank = |it: &Self| {
            let by_user = (it.is_contradicted, it.is_denied_by_user());
            (by_user, it.login.assessment.level as u8, it.login.outcome == Outcome::Success)
        };
        let (own, its) = (&self.login, &other.login);
        rank(other)
            .cmp(&rank(self))
            .then(its.assessment.score.total_cmp(&own.assessment.score))
            .then(its.id.cmp(&own.id))
    }
}

/// What is open of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenLogins {
    /// The logins, the most urgent first.
    pub logins: Vec<Open>,
    /// Whether these are all.
    pub is_whole: bool,
    /// Whether all of a high risk are among them.
    pub has_all_high: bool,
}

impl Inquiries {
    /// Gathers what is open of what a query asks for. Logins of restricted persons are left out.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open(&self, history: &History, tenant: &TenantId, query: &Query) -> Result<OpenLogins, Unavailable> {
        let hidden = self.people.hidden(tenant).await?;
        let of =
            |values: &[Value]| Term::new(false, values.iter().cloned()).into_iter().fold(query.clone(), Query::with);
        let [high, medium] = [Level::High, Level::Medium].map(Value::Level);
        let (by_answer, by_risk) = (of(&[Value::Answer(Answer::Denied)]), of(&[high.clone(), medium.clone()]));
        let (denied, risky) =
            tokio::try_join!(history.page(tenant, &by_answer, None, STEP), history.page(tenant, &by_risk, None, STEP))?;
        let mut found = Found { hidden, open: BTreeMap::new() };
        let (mut is_whole, mut has_all_high) = (denied.next.is_none() && risky.next.is_none(), risky.next.is_none());
        self.add(denied.records.into_iter().chain(risky.records).collect(), &mut found).await?;
        if !has_all_high {
            // Those of a high risk come first, however many of a medium one are later.
            found.open.retain(|_, it| it.is_denied_by_user() || it.login.assessment.level == Level::High);
            has_all_high = self.gather(history, tenant, &of(&[high]), &mut found).await?;
            is_whole = self.gather(history, tenant, &of(&[medium]), &mut found).await?
                && has_all_high
                && denied.next.is_none();
        }
        found.open.retain(|_, it| it.is_denied_by_user() || it.login.assessment.level != Level::Low);
        let mut logins: Vec<Open> = found.open.into_values().collect();
        logins.sort_by(Open::by_urgency);
        Ok(OpenLogins { logins, is_whole, has_all_high })
    }

    /// Adds what is open of a search, newest first, until enough is found. Whether that is all.
    async fn gather(
        &self,
        history: &History,
        tenant: &TenantId,
        query: &Query,
        found: &mut Found,
    ) -> Result<bool, Unavailable> {
        let mut before = None;
        for _ in 0..STEPS {
            if found.open.len() >= GATHERED {
                break;
            }
            let page = history.page(tenant, query, before, STEP).await?;
            self.add(page.records, found).await?;
            before = page.next;
            if before.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Inquiries {
    /// Adds those of some logins that are open.
    pub(super) async fn add(&self, logins: Vec<LoginRecord>, found: &mut Found) -> Result<(), Unavailable> {
        let said = self.said(&logins).await?;
        found.add(logins, &said);
        Ok(())
    }
}

/// What is open, as far as it was found.
pub(super) struct Found {
    pub(super) hidden: Hidden,
    pub(super) open: BTreeMap<LoginId, Open>,
}

impl Found {
    fn add(&mut self, logins: Vec<LoginRecord>, said: &Said) {
        for login in logins {
            let is_contradicted = said.is_contradicted(&login);
            let seen = said.verdict(&login).map(|it| it.id);
            if (seen.is_some() && !is_contradicted) || self.hidden.hides(&login.user) {
                continue;
            }
            let denied = said.delivery(&login).filter(|it| it.answer() == Answer::Denied);
            let denied = denied.map(|it| match it.statements.answered_by() {
                // Whoever was not mailed has not answered: somebody else has.
                None if !it.may_be_read() => Some(AnsweredBy::Operator),
                by => by,
            });
            self.open.entry(login.id).or_insert(Open { login, denied, is_contradicted, seen });
        }
    }
}
