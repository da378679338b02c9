//! All that a view counts beside its rows, in as few passes as it goes.

use std::pin::pin;

use futures_util::future::{Either, select, try_join_all};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::LoginId,
        login::login::Outcome,
        search::{
            clear::{
                counts::{By, Grouping, Step, Table, Top},
                facets::Facets as ClearFacets,
            },
            query::{Query, Term},
            value::Value,
        },
    },
    http::console::parts::{
        facets::{Facets, Names, SHOWN, by_values, facets, grouping, networks},
        over_time::{Bars, by_time},
        view::View,
    },
    ports::Unavailable,
    service::history::{
        counting::{Counts, Wanted},
        search::{History, LoginPage},
    },
};

/// When the logins of a search were, and what they have in common.
#[derive(Debug)]
pub struct Overview {
    /// When they were.
    pub bars: Bars,
    /// How many there are by what a view asks for besides; nothing, if it asks for nothing.
    pub more: Top,
    by_values: Vec<Counts>,
}

impl Overview {
    /// Counts the logins of a search, and counts them by one thing more, if a view shows that.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(history: &History, view: &View, query: &Query, more: Option<By>) -> Result<Self, Unavailable> {
        let ways = Ways::of(view, query, more);
        let counts = history.counts(&view.operator.tenant, query, &ways.wanted()).await?;
        Ok(ways.told(counts))
    }

    /// The same of these logins, which are all that the search finds.
    #[must_use]
    pub fn of_all(logins: &[LoginRecord], view: &View, query: &Query) -> Self {
        let ways = Ways::of(view, query, None);
        let table = |grouping: &Grouping| {
            let mut table = Table::default();
            for it in logins {
                table.add(grouping, it.occurred_at, &ClearFacets::of(it));
            }
            Counts { table, is_exact: true }
        };
        let counts = ways.groupings().map(table).collect();
        ways.told(counts)
    }

    /// The names of the networks that most of them came from: those that these logins tell, and of the others the latest of each.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn names(
        &self,
        (history, view): (&History, &View),
        query: &Query,
        logins: &[LoginRecord],
    ) -> Result<Names, Unavailable> {
        let names = Names::of(logins);
        let unnamed = networks(view, &self.by_values).into_iter().filter(|it| !names.has(*it));
        let latest = unnamed.map(|it| {
            let query = query.clone().with(Term::is(Value::Asn(it)));
            async move { history.page(&view.operator.tenant, &query, None, 1).await }
        });
        let latest = try_join_all(latest).await?;
        let latest: Vec<LoginRecord> = latest.into_iter().flat_map(|it| it.records).collect();
        Ok(names.and(Names::of(&latest)))
    }

    /// What they have in common, under the names by which people know it. What nobody has is left out. Of many logins it is the
    /// latest that are looked at.
    #[must_use]
    pub fn facets(&mut self, view: &View, names: &Names) -> Facets {
        let failed = self.bars.failed();
        let outcomes = [(Outcome::Success, self.bars.entered()), (Outcome::Failure, failed)];
        facets(view, std::mem::take(&mut self.by_values), outcomes, names)
    }
}

/// How many of the logins of a search are opened at most.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Where an index leads to them.
    pub led_to: usize,
    /// Where none does: to find each takes as long as to open it.
    pub sought: usize,
}

impl Most {
    /// As many wherever they are.
    #[must_use]
    pub const fn of(logins: usize) -> Self {
        Self { led_to: logins, sought: logins }
    }
}

/// A page of the logins of a search below an id, at most so many, and what is counted of all. If the page has all of them, nothing
/// else is waited for; and where an index leads to them, nothing else is read: counting would open the same logins once more.
///
/// # Errors
/// When the store does not answer.
pub async fn found(
    history: &History,
    view: &View,
    query: &Query,
    (before, most): (Option<LoginId>, Most),
    more: Option<By>,
) -> Result<(LoginPage, Overview), Unavailable> {
    let tenant = &view.operator.tenant;
    let counted = pin!(Overview::of(history, view, query, more));
    let of_all = |page: &LoginPage| {
        let has_all = before.is_none() && page.next.is_none() && more.is_none();
        has_all.then(|| Overview::of_all(&page.records, view, query))
    };
    let has_index = history.has_index(tenant, query);
    let limit = if has_index { most.led_to } else { most.sought };
    let page = pin!(history.page(tenant, query, before, limit));
    let (page, counted) = if has_index {
        (page.await?, counted)
    } else {
        match select(page, counted).await {
            Either::Left((page, counted)) => (page?, counted),
            Either::Right((overview, page)) => return Ok((page.await?, overview?)),
        }
    };
    let overview = match of_all(&page) {
        Some(overview) => overview,
        None => counted.await?,
    };
    Ok((page, overview))
}

/// In which ways logins are counted.
struct Ways {
    by_time: Grouping,
    by_values: [Grouping; SHOWN.len()],
    more: Option<Grouping>,
}

impl Ways {
    fn of(view: &View, query: &Query, more: Option<By>) -> Self {
        let zone = &view.range.zone;
        let more = more.map(|by| grouping(by, Step::Day, zone));
        Self { by_time: by_time(view, query), by_values: by_values(zone), more }
    }

    fn groupings(&self) -> impl Iterator<Item = &Grouping> {
        std::iter::once(&self.by_time).chain(&self.by_values).chain(&self.more)
    }

    /// What they have in common is told of the latest, if there are many.
    fn wanted(&self) -> Vec<Wanted<'_>> {
        let by_values = self.by_values.iter().map(Wanted::latest);
        std::iter::once(Wanted::all(&self.by_time))
            .chain(by_values)
            .chain(self.more.as_ref().map(Wanted::all))
            .collect()
    }

    /// What was counted in each of these ways.
    fn told(self, counts: Vec<Counts>) -> Overview {
        let mut counts = counts.into_iter();
        let bars = Bars::new(&self.by_time, counts.next().unwrap_or_default());
        let by_values: Vec<Counts> = counts.by_ref().take(self.by_values.len()).collect();
        let more = counts.next().zip(self.more.as_ref());
        let more = more.map(|(it, grouping)| it.table.top(grouping, usize::MAX)).unwrap_or_default();
        Overview { bars, more, by_values }
    }
}
