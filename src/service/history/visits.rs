//! Which times a search visits: quarter hours in which, as far as counts tell, there is a login that it asks for.

use std::{collections::VecDeque, ops::Range, ops::RangeInclusive};

use crate::{
    domain::{
        ids::{LoginId, TenantId},
        search::{
            clear::tally::QuarterTally,
            query::Query,
            tallies::{Dimension, Quarter},
        },
    },
    ports::{TallyStore, Unavailable},
};

/// How many tallies are read at first: what is frequent is found in a day.
const FIRST_STEP: usize = 96;
/// How many are read at once at most.
const STEP: usize = 4_096;
/// Two visits become one if there are at most so many logins between them: a visit costs as much as to pass over some
/// hundreds, on SQLite for its thread and on Redis for its questions to all partitions.
const MAX_BETWEEN: u64 = 256;

/// The times that a search visits, the latest first.
pub struct Visits<'a> {
    tallies: &'a dyn TallyStore,
    tenant: &'a TenantId,
    query: &'a Query,
    dimensions: Vec<Dimension>,
    /// The logins that may be asked for at all.
    ids: Range<LoginId>,
    /// The quarter hours whose tallies were not read yet.
    rest: Option<RangeInclusive<Quarter>>,
    step: usize,
    found: VecDeque<Range<LoginId>>,
    /// How many logins there are between the latest that was found and the quarter hours that are read next.
    between: u64,
    /// Whether every login is counted. If not, everything is visited.
    pub is_counted: bool,
}

impl<'a> Visits<'a> {
    /// Of a tenant's logins with these ids, those times at which there may be some that the query asks for.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn begin(
        tallies: &'a dyn TallyStore,
        tenant: &'a TenantId,
        query: &'a Query,
        ids: Range<LoginId>,
    ) -> Result<Self, Unavailable> {
        let is_counted = tallies.is_counted().await?;
        let rest = quarters(&ids).filter(|_| is_counted);
        let found = if is_counted { VecDeque::new() } else { VecDeque::from([ids.clone()]) };
        Ok(Self {
            tallies,
            tenant,
            query,
            dimensions: query.dimensions(),
            ids,
            rest,
            step: FIRST_STEP,
            found,
            between: 0,
            is_counted,
        })
    }

    /// The next time; `None` if there is none any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn next(&mut self) -> Result<Option<Range<LoginId>>, Unavailable> {
        while self.found.is_empty() {
            let Some(quarters) = self.rest.take() else { return Ok(None) };
            let page = self.tallies.tallies(self.tenant, quarters.clone(), &self.dimensions, self.step).await?;
            self.rest = rest_behind(quarters, &page, self.step);
            self.step = (4 * self.step).min(STEP);
            self.collect(&page);
        }
        Ok(self.found.pop_front())
    }

    /// Adds the quarter hours in which there may be something; those with little between them as one.
    fn collect(&mut self, page: &[QuarterTally]) {
        for QuarterTally { quarter, tally } in page {
            if !tally.may_have(self.query) {
                self.between = self.between.saturating_add(tally.logins);
                continue;
            }
            let (start, end) = (quarter.first_id().max(self.ids.start), quarter.next().first_id().min(self.ids.end));
            let is_near = self.between <= MAX_BETWEEN;
            match self.found.back_mut().filter(|_| is_near) {
                Some(later) => later.start = start,
                None => self.found.push_back(start..end),
            }
            self.between = 0;
        }
    }
}

/// The quarter hours in which logins with these ids are.
#[must_use]
pub fn quarters(ids: &Range<LoginId>) -> Option<RangeInclusive<Quarter>> {
    (ids.start < ids.end).then(|| Quarter::of(ids.start.time())..=Quarter::of(ids.end.time()))
}

/// What is left of quarter hours after a page of so many of them at most was read.
#[must_use]
pub fn rest_behind(
    quarters: RangeInclusive<Quarter>,
    page: &[QuarterTally],
    limit: usize,
) -> Option<RangeInclusive<Quarter>> {
    let last = page.last().filter(|_| page.len() == limit)?.quarter;
    let rest = *quarters.start()..=Quarter(last.0 - 1);
    (!rest.is_empty()).then_some(rest)
}
