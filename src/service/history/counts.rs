//! Counts what a search asks for.

use std::ops::{Range, RangeInclusive};

use crate::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
        search::{
            clear::{
                columns::Column,
                counts::{By, Group, Grouping, Table, usual},
                cross::Cross,
                facets::{ClearLogin, Facets},
                segment::Segment,
                tally::{Counted, QuarterTally, Tally},
            },
            field::Field,
            needs::Need,
            query::{Query, Term},
            tallies::{Dimension, Quarter},
            truth::Truth,
            value::Value,
        },
        time::Timestamp,
    },
    ports::Unavailable,
    service::history::{
        pieces::{Piece, Pieces},
        search::{History, Way, ids},
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
#[derive(Clone, Debug)]
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
    grouping: &'a Grouping,
    table: Table,
    in_columns: usize,
    seen: usize,
    opened: usize,
}

impl History {
    /// Counts the logins that a query asks for, as far as is known.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn counts(&self, tenant: &TenantId, query: &Query, grouping: &Grouping) -> Result<Counts, Unavailable> {
        let ids = ids(query, None);
        let Way { index, listed } = self.way(tenant, query, &ids).await?;
        let needs = query.needs();
        let table = Table::default();
        let mut counting = Counting { tenant, query, needs, grouping, table, in_columns: 0, seen: 0, opened: 0 };
        let is_exact = if let Some(listed) = listed {
            self.count_listed(&mut counting, &listed).await?;
            true
        } else if index != LoginIndex::Time {
            self.count_records(&mut counting, &index, ids).await?
        } else if !self.ports.tallies.is_counted().await? {
            self.count_visits(&mut counting, Visits::begin(&self.ports, tenant, query, ids).await?).await?
        } else if is_tallied(query, grouping) && !has_many_values(grouping) {
            self.count_tallies(&mut counting, ids).await?
        } else {
            self.count_pieces(&mut counting, ids).await?
        };
        Ok(Counts { table: counting.table, is_exact })
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
        let Counting { tenant, query, grouping, table, .. } = counting;
        let dimensions = dimensions(query, grouping);
        let mut rest: Option<RangeInclusive<Quarter>> = Some(first..=last).filter(|it| !it.is_empty());
        while let Some(quarters) = rest {
            let tallies = self.ports.tallies.tallies(tenant, quarters.clone(), &dimensions, TALLIES).await?;
            for QuarterTally { quarter, tally } in &tallies {
                add_tally(table, grouping, query.terms().first(), quarter.start(), tally);
            }
            rest = rest_behind(quarters, &tallies, TALLIES);
        }
        Ok(is_exact)
    }

    /// Counts by columns, where there are some, and else as well as it goes; whether all that are asked for.
    async fn count_pieces(&self, counting: &mut Counting<'_>, ids: Range<LoginId>) -> Result<bool, Unavailable> {
        let Counting { tenant, query, grouping, .. } = *counting;
        let (columns, is_tallied) = (columns(query, grouping), is_tallied(query, grouping));
        let mut pieces = Pieces::new(self.ports.segments.as_ref(), tenant, columns, quarters(&ids));
        let mut cross = Cross::new(grouping);
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
                Piece::Segment(segment) => counting.add_columns(&mut cross, &segment, &ids),
            };
            for ids in left {
                is_exact &= self.count_rows(counting, ids).await?;
            }
        }
        cross.add_to(&mut counting.table);
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
            counting.table.add(counting.grouping, it.occurred_at, &Facets::of(it));
        }
        Ok(())
    }
}

impl Counting<'_> {
    /// Whether it has cost so much that it ends.
    const fn is_spent(&self) -> bool {
        self.in_columns >= MAX_IN_COLUMNS || self.seen >= MAX_SEEN || self.opened >= MAX_OPENED
    }

    /// Counts the logins of a segment. Returns those quarter hours of which columns do not tell.
    fn add_columns(&mut self, cross: &mut Cross<'_>, segment: &Segment, ids: &Range<LoginId>) -> Vec<Range<LoginId>> {
        self.in_columns += segment.rows();
        let asked = segment.asked(self.query);
        let mut left = Vec::new();
        for (quarter, rows) in segment.quarters() {
            let (all, meant) = (clipped((quarter, quarter), &WHOLE), clipped((quarter, quarter), ids));
            if meant.is_empty() || (meant == all && cross.add(segment, quarter, rows, &asked)) {
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
                (Truth::Yes, Some(facets)) => self.table.add(self.grouping, login.id.time(), facets),
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

/// The columns that tell which logins are asked for, and how they are grouped.
fn columns(query: &Query, grouping: &Grouping) -> Vec<Column> {
    let mut columns: Vec<Column> = query.columns().into_iter().chain(grouping.columns()).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// Whether logins are counted by what has so many values that those of a quarter hour are nearly as long as its logins' column.
fn has_many_values(grouping: &Grouping) -> bool {
    let is_many = |by: By| matches!(by.dimension(), Some(Dimension::Country | Dimension::Asn));
    is_many(grouping.by) || grouping.and_by.is_some_and(is_many)
}

/// Whether tallies alone tell what is asked: they know how many logins have one value, not how many have two.
fn is_tallied(query: &Query, grouping: &Grouping) -> bool {
    let by: Vec<Dimension> =
        [Some(grouping.by), grouping.and_by].into_iter().flatten().filter_map(By::dimension).collect();
    match (query.terms(), by.as_slice()) {
        ([], [] | [_]) => true,
        ([term], []) => is_exact(term),
        ([term], [by]) => is_exact(term) && *by != Dimension::Signal && term.field().dimension() == Some(*by),
        _ => false,
    }
}

/// Whether tallies tell for how many logins a term holds.
fn is_exact(term: &Term) -> bool {
    let is_one = term.values().len() == 1;
    let is_told = |it: &Value| it.is_clear() && !matches!(it, Value::Risk(..) | Value::Login(_));
    term.values().iter().all(is_told) && (is_one || term.field() != Field::Signal)
}

/// Which counts are needed.
fn dimensions(query: &Query, grouping: &Grouping) -> Vec<Dimension> {
    let by = [Some(grouping.by), grouping.and_by].into_iter().flatten().filter_map(By::dimension);
    let mut dimensions: Vec<Dimension> = query.dimensions().into_iter().chain(by).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    dimensions
}

/// Adds what a tally says of the logins for which a term holds, if there is one.
fn add_tally(table: &mut Table, grouping: &Grouping, term: Option<&Term>, at: Timestamp, tally: &Tally) {
    let logins = term.map_or(Some(tally.logins), |it| tally.matching(it)).unwrap_or_default();
    if logins == 0 {
        return;
    }
    table.logins += logins;
    let groups = |by: By| match by {
        By::Time | By::Hour => grouping.time_of(by, at).map(|it| vec![(it, logins)]).unwrap_or_default(),
        By::Values(dimension) => values(dimension, term, tally),
    };
    for (group, logins) in groups(grouping.by) {
        match grouping.and_by {
            None => table.add_to(group, None, logins),
            // At most one of both is a value, and so the smaller number is that of the cell.
            Some(by) => {
                for (and, and_logins) in groups(by) {
                    table.add_to(group.clone(), Some(and), logins.min(and_logins));
                }
            }
        }
    }
}

/// How many logins have which value of a dimension, of those for which a term about it holds.
fn values(dimension: Dimension, term: Option<&Term>, tally: &Tally) -> Vec<(Group, u64)> {
    let holds = |value: Option<&Value>| {
        term.is_none_or(|it| it.is_negated() != value.is_some_and(|value| it.values().contains(value)))
    };
    let is_asked = |it: &&(Counted, u64)| it.0.dimension() == dimension;
    let counts = tally.counts.iter().filter(is_asked);
    let mut groups: Vec<(Group, u64)> = counts
        .filter(|(counted, _)| holds(counted.value().as_ref()))
        .map(|(counted, logins)| (Group::Is(counted.clone()), *logins))
        .collect();
    if dimension != Dimension::Signal && holds(usual(dimension).as_ref()) {
        groups.push((Group::Rest, tally.logins.saturating_sub(tally.sum(dimension))));
    }
    groups
}
