//! Which times a search visits: quarter hours in which, as far as columns or counts tell, there is a login that it asks for.

use std::{
    collections::VecDeque,
    ops::{Range, RangeInclusive},
};

use crate::{
    domain::{
        ids::{LoginId, Partition, Partitions, TenantId},
        search::{
            clear::{
                columns::Column,
                segment::{Numbers, Segment},
                tally::QuarterTally,
            },
            query::Query,
            tallies::{Dimension, Quarter},
            truth::Truth,
        },
    },
    ports::Unavailable,
    service::history::{
        pieces::{Piece, Pieces},
        sources::HistoryPorts,
    },
};

/// How many tallies are read at first: what is frequent is found in a day.
const FIRST_STEP: usize = 96;
/// How many are read at once at most.
const STEP: usize = 4_096;
/// Two visits become one if there are at most so many logins between them: a visit costs as much as to pass over some
/// hundreds, on SQLite for its thread and on Redis for its questions to all partitions.
const MAX_BETWEEN: u64 = 256;

/// What is visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The logins with these ids.
    pub ids: Range<LoginId>,
    /// Only in these partitions there may be some that are asked for.
    pub partitions: Partitions,
}

/// The times that a search visits, the latest first.
pub struct Visits<'a> {
    ports: &'a HistoryPorts,
    tenant: &'a TenantId,
    query: &'a Query,
    dimensions: Vec<Dimension>,
    /// The logins that may be asked for at all.
    ids: Range<LoginId>,
    pieces: Pieces<'a>,
    /// The quarter hours of a piece whose tallies were not read yet.
    tallied: Option<RangeInclusive<Quarter>>,
    step: usize,
    found: VecDeque<Visit>,
    /// How many logins there are between the latest that was found and what is read next.
    between: u64,
}

impl<'a> Visits<'a> {
    /// Of a tenant's logins with these ids, those times at which there may be some that the query asks for. If not every
    /// login is counted, everything is visited.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn begin(
        ports: &'a HistoryPorts,
        tenant: &'a TenantId,
        query: &'a Query,
        ids: Range<LoginId>,
    ) -> Result<Self, Unavailable> {
        let is_counted = ports.tallies.is_counted().await?;
        if is_counted {
            return Ok(Self::counted(ports, tenant, query, ids));
        }
        let nothing = ids.start..ids.start;
        let everything = Visit { ids, partitions: Partitions::ALL };
        Ok(Self { found: VecDeque::from([everything]), ..Self::counted(ports, tenant, query, nothing) })
    }

    /// The same, where every login is known to be counted.
    #[must_use]
    pub fn counted(ports: &'a HistoryPorts, tenant: &'a TenantId, query: &'a Query, ids: Range<LoginId>) -> Self {
        let columns = query.columns().into_iter().chain([Column::Partition]).collect();
        let quarters = quarters(&ids);
        Self {
            ports,
            tenant,
            query,
            dimensions: query.dimensions(),
            ids,
            pieces: Pieces::new(ports.segments.as_ref(), tenant, columns, quarters),
            tallied: None,
            step: FIRST_STEP,
            found: VecDeque::new(),
            between: 0,
        }
    }

    /// The next time; `None` if there is none any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn next(&mut self) -> Result<Option<Visit>, Unavailable> {
        while self.found.is_empty() {
            if let Some(quarters) = self.tallied.take() {
                let tallies = &self.ports.tallies;
                let page = tallies.tallies(self.tenant, quarters.clone(), &self.dimensions, self.step).await?;
                self.tallied = rest_behind(quarters, &page, self.step);
                self.step = (4 * self.step).min(STEP);
                for QuarterTally { quarter, tally } in &page {
                    let partitions = tally.may_have(self.query).then_some(Partitions::ALL);
                    self.collect(*quarter, tally.logins, partitions);
                }
                continue;
            }
            match self.pieces.next().await? {
                Some(Piece::Quarters(quarters)) => self.tallied = Some(quarters),
                Some(Piece::Segment(segment)) => self.collect_segment(&segment),
                None => return Ok(None),
            }
        }
        Ok(self.found.pop_front())
    }

    fn collect_segment(&mut self, segment: &Segment) {
        let asked = segment.asked(self.query);
        let lies_in = segment.column(Column::Partition);
        for (quarter, rows) in segment.quarters() {
            let partitions = partitions(asked.truths(), lies_in, rows.clone());
            self.collect(quarter, rows.len() as u64, partitions);
        }
    }

    /// Adds a quarter hour with so many logins, if there may be something in some partitions; as one with the later ones, if
    /// there is little between.
    fn collect(&mut self, quarter: Quarter, logins: u64, partitions: Option<Partitions>) {
        let (start, end) = (quarter.first_id().max(self.ids.start), quarter.next().first_id().min(self.ids.end));
        let Some(partitions) = partitions.filter(|_| start < end) else {
            self.between = self.between.saturating_add(logins);
            return;
        };
        let is_near = self.between <= MAX_BETWEEN;
        match self.found.back_mut().filter(|_| is_near) {
            Some(later) => {
                later.ids.start = start;
                later.partitions.add(partitions);
            }
            None => self.found.push_back(Visit { ids: start..end, partitions }),
        }
        self.between = 0;
    }
}

/// The partitions of those of these rows that may be asked for; `None` if none of them may.
fn partitions(asked: &[Truth], lies_in: Option<&Numbers>, rows: Range<usize>) -> Option<Partitions> {
    let may_be = asked.get(rows.clone()).unwrap_or_default();
    let mut found = Partitions::NONE;
    for (row, _) in rows.zip(may_be).filter(|(_, it)| it.is_possible()) {
        match lies_in.and_then(|it| u8::try_from(it.at(row)).ok()) {
            Some(number) => found.insert(Partition(number)),
            None => return Some(Partitions::ALL),
        }
    }
    (found != Partitions::NONE).then_some(found)
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
