//! Counts what a search asks for.

use std::ops::{Range, RangeInclusive};

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        search::{clear::counts::Grouping, query::Query, tallies::Quarter},
    },
    ports::Unavailable,
    service::history::{
        counting::{Counting, Counts, Sum, Wanted, clipped},
        pieces::{Piece, Pieces},
        search::{History, INDEX_STEP, Way, ids},
        visits::{Visit, Visits, quarters, rest_behind},
    },
};

/// How many tallies are read at once.
const TALLIES: usize = 4_096;
/// How many logins are looked at at once, as far as they stand in the clear.
const CLEAR_STEP: usize = 8_192;
/// How many logins are opened at once.
const STEP: usize = 512;
/// How many times are visited for what is rare. Then it is not: to visit so many takes as long as to read columns of millions.
const RARE_VISITS: usize = 200;

/// Below which login the others are to be counted in another way, by those that go on; `None` if nothing is left.
type Left = Option<LoginId>;

impl History {
    /// Counts the logins that a query asks for, as far as is known.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn count(&self, tenant: &TenantId, query: &Query, grouping: &Grouping) -> Result<Counts, Unavailable> {
        let counts = self.counts(tenant, query, &[Wanted::all(grouping)]).await?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// Counts them in several ways, and looks at each of them once: one answer for each way, in their order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn counts(
        &self,
        tenant: &TenantId,
        query: &Query,
        wanted: &[Wanted<'_>],
    ) -> Result<Vec<Counts>, Unavailable> {
        let mut sums: Vec<Sum<'_>> = wanted.iter().map(|it| Sum::new(query, *it)).collect();
        self.count_all(&mut Counting::new(tenant, query, &mut sums)).await?;
        Ok(sums.into_iter().map(Sum::counts).collect())
    }

    async fn count_all(&self, counting: &mut Counting<'_, '_>) -> Result<(), Unavailable> {
        let mut ids = ids(counting.query, None);
        let Way { index, listed } = self.way(counting.tenant, counting.query, &ids).await?;
        if let Some(listed) = listed {
            return self.count_listed(counting, &listed).await;
        }
        if index != LoginIndex::Time {
            return self.count_records(counting, &index, ids).await;
        }
        if !self.ports.tallies.is_counted().await? {
            let visits = Visits::begin(&self.ports, counting.tenant, counting.query, ids).await?;
            return self.count_visits(counting, visits).await;
        }
        while counting.is_open() {
            let left = if counting.is_best_tallied() {
                self.count_tallies(counting, ids.clone()).await?
            } else if counting.is_rare() {
                self.count_rare(counting, ids.clone()).await?
            } else {
                self.count_pieces(counting, ids.clone()).await?
            };
            let Some(before) = left else { break };
            ids.end = before;
        }
        Ok(())
    }

    /// Sums tallies of whole quarter hours, and looks at the logins of those that are asked for in part.
    async fn count_tallies(&self, counting: &mut Counting<'_, '_>, ids: Range<LoginId>) -> Result<Left, Unavailable> {
        let Some(quarters) = quarters(&ids) else { return Ok(None) };
        let (mut first, mut last) = quarters.into_inner();
        if last.next().first_id() > ids.end {
            let from = last.first_id().max(ids.start);
            self.count_rows(counting, from..ids.end).await?;
            last = Quarter(last.0 - 1);
        }
        let is_begun = first.first_id() < ids.start && first <= last;
        if is_begun {
            first = first.next();
        }
        let dimensions = counting.dimensions();
        let mut rest: Option<RangeInclusive<Quarter>> = Some(first..=last).filter(|it| !it.is_empty());
        while let Some(quarters) = rest {
            if counting.close() {
                return Ok(Some(quarters.end().next().first_id()));
            }
            let tallies = self.ports.tallies.tallies(counting.tenant, quarters.clone(), &dimensions, TALLIES).await?;
            for it in &tallies {
                counting.add_tally(it);
            }
            rest = rest_behind(quarters, &tallies, TALLIES);
        }
        if is_begun {
            self.count_rows(counting, ids.start..first.first_id().min(ids.end)).await?;
        }
        Ok(None)
    }

    /// Counts by columns, where there are some, and else as well as it goes.
    async fn count_pieces(&self, counting: &mut Counting<'_, '_>, ids: Range<LoginId>) -> Result<Left, Unavailable> {
        let (columns, is_tallied) = (counting.columns(), counting.is_tallied());
        let mut pieces =
            Pieces::new(self.ports.segments.as_ref(), counting.tenant, columns, quarters(&ids)).reading_ahead();
        let mut counted_from = ids.end;
        while let Some(piece) = pieces.next().await? {
            if counting.close() || counting.is_rare() {
                return Ok(Some(counted_from));
            }
            let within = clipped(piece.quarters(), &ids);
            counted_from = within.start;
            match piece {
                Piece::Quarters(_) if is_tallied => {
                    if let Some(left) = self.count_tallies(counting, within).await? {
                        return Ok(Some(left));
                    }
                }
                Piece::Quarters(_) => self.count_rows(counting, within).await?,
                Piece::Segment(segment) => {
                    for (rows, untold) in counting.add_columns(&segment, &ids) {
                        self.count_rows(&mut counting.some(&untold), rows).await?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Looks at the logins of one time after the other, as long as there are few in which there may be some that are asked for.
    async fn count_rare(&self, counting: &mut Counting<'_, '_>, ids: Range<LoginId>) -> Result<Left, Unavailable> {
        let mut visits = Visits::counted(&self.ports, counting.tenant, counting.query, ids.clone());
        let mut counted_from = ids.end;
        for _ in 0..RARE_VISITS {
            if !counting.is_open() {
                return Ok(None);
            }
            let Some(visit) = visits.next().await? else { return Ok(None) };
            counted_from = visit.ids.start;
            self.count_visit(counting, visit).await?;
        }
        counting.is_frequent = true;
        Ok(Some(counted_from))
    }

    /// Looks at the logins of quarter hours in which there may be some that are asked for.
    async fn count_rows(&self, counting: &mut Counting<'_, '_>, ids: Range<LoginId>) -> Result<(), Unavailable> {
        let visits = Visits::counted(&self.ports, counting.tenant, counting.query, ids);
        self.count_visits(counting, visits).await
    }

    /// Looks at the logins that are visited.
    async fn count_visits(&self, counting: &mut Counting<'_, '_>, mut visits: Visits<'_>) -> Result<(), Unavailable> {
        while counting.is_open()
            && let Some(visit) = visits.next().await?
        {
            self.count_visit(counting, visit).await?;
        }
        Ok(())
    }

    async fn count_visit(&self, counting: &mut Counting<'_, '_>, visit: Visit) -> Result<(), Unavailable> {
        let Visit { mut ids, partitions } = visit;
        loop {
            counting.close();
            if !counting.is_open() {
                return Ok(());
            }
            let logins = &self.ports.logins;
            let page = logins.clear_logins(counting.tenant, ids.clone(), &partitions, CLEAR_STEP).await?;
            let unknown = counting.add_clear(&page.logins);
            self.count_listed(counting, &unknown).await?;
            let Some(next) = page.next else { return Ok(()) };
            ids.end = next;
        }
    }

    /// Opens the logins of an index.
    async fn count_records(
        &self,
        counting: &mut Counting<'_, '_>,
        index: &LoginIndex,
        mut ids: Range<LoginId>,
    ) -> Result<(), Unavailable> {
        while counting.is_open() && !ids.is_empty() {
            let records = self.ports.logins.logins(counting.tenant, index, ids.clone(), INDEX_STEP).await?;
            let (last, count) = (records.last().map(|it| it.id), records.len());
            self.count_opened(counting, records).await?;
            match last {
                Some(last) if count == INDEX_STEP => ids.end = last,
                _ => break,
            }
            counting.close();
        }
        Ok(())
    }

    /// Opens these logins.
    async fn count_listed(&self, counting: &mut Counting<'_, '_>, logins: &[LoginId]) -> Result<(), Unavailable> {
        for some in logins.chunks(STEP) {
            let records = self.ports.logins.logins_named(counting.tenant, some).await?;
            self.count_opened(counting, records).await?;
        }
        Ok(())
    }

    async fn count_opened(
        &self,
        counting: &mut Counting<'_, '_>,
        records: Vec<LoginRecord>,
    ) -> Result<(), Unavailable> {
        let known = self.beside.know(counting.query, &counting.needs, &records).await?;
        let query = counting.query;
        counting.add_opened(records.len(), records.iter().filter(|it| query.matches(&known.of(it)).is_possible()));
        Ok(())
    }
}
