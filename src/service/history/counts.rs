//! Counts what a search asks for.

use std::ops::{Range, RangeInclusive};

use futures_util::future::try_join_all;

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        search::{
            clear::{
                counts::{Grouping, Table},
                cross::Cross,
                facets::{ClearLogin, Facets},
                segment::Segment,
                tally::QuarterTally,
            },
            needs::Need,
            query::Query,
            tallies::Quarter,
            truth::Truth,
        },
        time::Timestamp,
    },
    ports::Unavailable,
    service::history::{
        pieces::{Piece, Pieces},
        search::{History, Way, ids},
        sheets::{Sheet, Source, add_tally, columns, dimensions},
        visits::{Visit, Visits, quarters, rest_behind},
    },
};

/// How many tallies are read at once.
const TALLIES: usize = 4_096;
/// How many logins are looked at at once, as far as they stand in the clear.
const CLEAR_STEP: usize = 8_192;
/// How many logins one answer looks at in the clear, where neither tallies nor columns tell.
const MAX_SEEN: usize = 500_000;
/// How many logins one answer looks at in columns: some hundredths of a microsecond each.
const MAX_IN_COLUMNS: usize = 50_000_000;
/// How many logins one answer opens.
const MAX_OPENED: usize = 20_000;
/// How many logins are opened at once.
const STEP: usize = 512;

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How many logins are in which groups.
    pub table: Table,
    /// Whether that is all. If not, the latest ones are counted.
    pub is_exact: bool,
}

/// What is counted, and how far it has got.
struct Counting<'a> {
    tenant: &'a TenantId,
    query: &'a Query,
    /// What has to be looked up beside the records.
    needs: Vec<Need>,
    /// How the same logins are counted: each way has a table.
    sheets: Vec<Sheet<'a>>,
    in_columns: usize,
    seen: usize,
    opened: usize,
}

impl History {
    /// Counts the logins that a query asks for, as far as is known.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn count(&self, tenant: &TenantId, query: &Query, grouping: &Grouping) -> Result<Counts, Unavailable> {
        let counts = self.counts(tenant, query, std::slice::from_ref(grouping)).await?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// Counts the same logins in several ways, in as few passes as it goes: one answer for each, in their order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn counts(
        &self,
        tenant: &TenantId,
        query: &Query,
        groupings: &[Grouping],
    ) -> Result<Vec<Counts>, Unavailable> {
        let ids = ids(query, None);
        let Way { index, listed } = self.way(tenant, query, &ids).await?;
        let mut counting = Counting::new(tenant, query, groupings.iter());
        let is_exact = if let Some(listed) = listed {
            self.count_listed(&mut counting, &listed).await?;
            true
        } else if index != LoginIndex::Time {
            self.count_records(&mut counting, &index, ids).await?
        } else if self.ports.tallies.is_counted().await? {
            return self.count_counted(tenant, query, groupings, &ids).await;
        } else {
            self.count_visits(&mut counting, Visits::begin(&self.ports, tenant, query, ids).await?).await?
        };
        Ok(counting.counts(is_exact).collect())
    }

    /// The same where all logins are counted.
    async fn count_counted(
        &self,
        tenant: &TenantId,
        query: &Query,
        groupings: &[Grouping],
        ids: &Range<LoginId>,
    ) -> Result<Vec<Counts>, Unavailable> {
        let sources: Vec<Source> = groupings.iter().map(|it| Source::of(query, it)).collect();
        let passes = Source::ALL.map(|source| {
            let own = groupings.iter().zip(&sources).filter(|(_, it)| **it == source).map(|(grouping, _)| grouping);
            self.count_from(source, Counting::new(tenant, query, own), ids.clone())
        });
        let mut found: Vec<_> = try_join_all(passes).await?.into_iter().map(Vec::into_iter).collect();
        Ok(sources.into_iter().filter_map(|source| found.get_mut(source as usize)?.next()).collect())
    }

    async fn count_from(
        &self,
        source: Source,
        mut counting: Counting<'_>,
        ids: Range<LoginId>,
    ) -> Result<Vec<Counts>, Unavailable> {
        if counting.sheets.is_empty() {
            return Ok(Vec::new());
        }
        let is_exact = match source {
            Source::Tallies => self.count_tallies(&mut counting, ids).await?,
            Source::ColumnsOrTallies => self.count_pieces(&mut counting, ids, true).await?,
            Source::Columns | Source::ColumnsOfMethods => self.count_pieces(&mut counting, ids, false).await?,
        };
        Ok(counting.counts(is_exact).collect())
    }

    /// Sums tallies of whole quarter hours, and looks at the logins of those that are asked for in part.
    async fn count_tallies(&self, counting: &mut Counting<'_>, ids: Range<LoginId>) -> Result<bool, Unavailable> {
        let Some(quarters) = quarters(&ids) else { return Ok(true) };
        let (mut first, mut last) = quarters.into_inner();
        let mut is_exact = true;
        if last.next().first_id() > ids.end {
            let from = last.first_id().max(ids.start);
            is_exact &= self.count_rows(counting, from..ids.end).await?;
            last = Quarter(last.0 - 1);
        }
        if first.first_id() < ids.start && first <= last {
            is_exact &= self.count_rows(counting, ids.start..first.next().first_id()).await?;
            first = first.next();
        }
        let Counting { tenant, query, sheets, .. } = counting;
        let dimensions = dimensions(query, sheets);
        let mut rest: Option<RangeInclusive<Quarter>> = Some(first..=last).filter(|it| !it.is_empty());
        while let Some(quarters) = rest {
            let tallies = self.ports.tallies.tallies(tenant, quarters.clone(), &dimensions, TALLIES).await?;
            for QuarterTally { quarter, tally } in &tallies {
                for sheet in sheets.iter_mut() {
                    add_tally(sheet, query.terms().first(), quarter.start(), tally);
                }
            }
            rest = rest_behind(quarters, &tallies, TALLIES);
        }
        Ok(is_exact)
    }

    /// Counts by columns, where there are some, and else as well as it goes; whether all that are asked for.
    async fn count_pieces(
        &self,
        counting: &mut Counting<'_>,
        ids: Range<LoginId>,
        is_tallied: bool,
    ) -> Result<bool, Unavailable> {
        let columns = columns(counting.query, &counting.sheets);
        let mut pieces = Pieces::new(self.ports.segments.as_ref(), counting.tenant, columns, quarters(&ids));
        let mut crosses: Vec<Cross<'_>> = counting.sheets.iter().map(|it| Cross::new(it.grouping)).collect();
        let mut is_exact = true;
        while let Some(piece) = pieces.next().await? {
            if counting.is_spent() && !is_tallied {
                is_exact = false;
                break;
            }
            let left = match piece {
                Piece::Quarters(quarters) if is_tallied => {
                    is_exact &= self.count_tallies(counting, clipped(quarters.into_inner(), &ids)).await?;
                    continue;
                }
                Piece::Quarters(quarters) => vec![clipped(quarters.into_inner(), &ids)],
                Piece::Segment(segment) => counting.add_columns(&mut crosses, &segment, &ids),
            };
            for ids in left {
                is_exact &= self.count_rows(counting, ids).await?;
            }
        }
        for (cross, sheet) in crosses.into_iter().zip(&mut counting.sheets) {
            cross.add_to(&mut sheet.table);
        }
        Ok(is_exact)
    }

    /// Looks at the logins of quarter hours in which there may be some that are asked for; whether at all of them.
    async fn count_rows(&self, counting: &mut Counting<'_>, ids: Range<LoginId>) -> Result<bool, Unavailable> {
        let visits = Visits::counted(&self.ports, counting.tenant, counting.query, ids);
        self.count_visits(counting, visits).await
    }

    /// Looks at the logins that are visited; whether at all of them.
    async fn count_visits(&self, counting: &mut Counting<'_>, mut visits: Visits<'_>) -> Result<bool, Unavailable> {
        while let Some(Visit { mut ids, partitions }) = visits.next().await? {
            loop {
                let logins = &self.ports.logins;
                let page = logins.clear_logins(counting.tenant, ids.clone(), &partitions, CLEAR_STEP).await?;
                counting.seen += page.logins.len();
                let unknown = counting.add_clear(&page.logins);
                self.count_listed(counting, &unknown).await?;
                let Some(next) = page.next else { break };
                ids.end = next;
                if counting.is_spent() {
                    return Ok(false);
                }
            }
            if counting.is_spent() {
                return Ok(visits.next().await?.is_none());
            }
        }
        Ok(true)
    }

    /// Opens the logins of an index; whether all of them.
    async fn count_records(
        &self,
        counting: &mut Counting<'_>,
        index: &LoginIndex,
        mut ids: Range<LoginId>,
    ) -> Result<bool, Unavailable> {
        while !ids.is_empty() {
            let records = self.ports.logins.logins(counting.tenant, index, ids.clone(), STEP).await?;
            let (last, count) = (records.last().map(|it| it.id), records.len());
            self.count_opened(counting, records).await?;
            match last {
                Some(last) if count == STEP => ids.end = last,
                _ => break,
            }
            if counting.is_spent() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Opens these logins.
    async fn count_listed(&self, counting: &mut Counting<'_>, logins: &[LoginId]) -> Result<(), Unavailable> {
        for some in logins.chunks(STEP) {
            let records = self.ports.logins.logins_named(counting.tenant, some).await?;
            self.count_opened(counting, records).await?;
        }
        Ok(())
    }

    async fn count_opened(&self, counting: &mut Counting<'_>, records: Vec<LoginRecord>) -> Result<(), Unavailable> {
        counting.opened += records.len();
        let known = self.beside.know(counting.query, &counting.needs, &records).await?;
        for it in records.iter().filter(|it| counting.query.matches(&known.of(it)).is_possible()) {
            counting.add(it.occurred_at, &Facets::of(it));
        }
        Ok(())
    }
}

impl<'a> Counting<'a> {
    /// Nothing yet, to be counted in these ways.
    fn new(tenant: &'a TenantId, query: &'a Query, groupings: impl Iterator<Item = &'a Grouping>) -> Self {
        let sheets = groupings.map(|grouping| Sheet { grouping, table: Table::default() }).collect();
        Self { tenant, query, needs: query.needs(), sheets, in_columns: 0, seen: 0, opened: 0 }
    }

    /// What was counted in each way.
    fn counts(self, is_exact: bool) -> impl Iterator<Item = Counts> {
        self.sheets.into_iter().map(move |it| Counts { table: it.table, is_exact })
    }

    /// Counts a login.
    fn add(&mut self, at: Timestamp, facets: &Facets) {
        for Sheet { grouping, table } in &mut self.sheets {
            table.add(grouping, at, facets);
        }
    }

    /// Whether it has cost so much that it ends.
    const fn is_spent(&self) -> bool {
        self.in_columns >= MAX_IN_COLUMNS || self.seen >= MAX_SEEN || self.opened >= MAX_OPENED
    }

    /// Counts the logins of a segment. Returns those quarter hours of which columns do not tell.
    fn add_columns(
        &mut self,
        crosses: &mut [Cross<'_>],
        segment: &Segment,
        ids: &Range<LoginId>,
    ) -> Vec<Range<LoginId>> {
        self.in_columns += segment.rows();
        let asked = segment.asked(self.query);
        let mut left = Vec::new();
        for (quarter, rows) in segment.quarters() {
            let (all, meant) = (clipped((quarter, quarter), &WHOLE), clipped((quarter, quarter), ids));
            if meant.is_empty() || (meant == all && Cross::add(crosses, segment, (quarter, rows), &asked)) {
                continue;
            }
            left.push(meant);
        }
        left
    }

    /// Counts those that are asked for. Returns those of which only the record tells.
    fn add_clear(&mut self, logins: &[ClearLogin]) -> Vec<LoginId> {
        let mut unknown = Vec::new();
        for login in logins {
            match (self.query.matches_clear(login), &login.facets) {
                (Truth::No, _) => {}
                (Truth::Yes, Some(facets)) => self.add(login.id.time(), facets),
                (Truth::Yes | Truth::Unknown, _) => unknown.push(login.id),
            }
        }
        unknown
    }
}

/// All logins.
const WHOLE: Range<LoginId> = LoginId([0; 16])..LoginId([0xFF; 16]);

/// Those of these logins that are in quarter hours from the first to the last.
fn clipped((first, last): (Quarter, Quarter), ids: &Range<LoginId>) -> Range<LoginId> {
    first.first_id().max(ids.start)..last.next().first_id().min(ids.end)
}
