//! What is counted of the logins of a search, and what that has cost so far.

use std::ops::Range;

use crate::domain::{
    history::login_record::LoginRecord,
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
};

/// How many logins one answer looks at in the clear, where neither tallies nor columns tell.
const MAX_SEEN: usize = 500_000;
/// How many logins one answer looks at in columns: some hundredths of a microsecond each.
const MAX_IN_COLUMNS: usize = 50_000_000;
/// How many logins one answer opens.
const MAX_OPENED: usize = 20_000;
/// Where the latest logins are enough, so many of those that are asked for are. Where fewer are among [`LATEST_AMONG`], they are rare.
const LATEST: u64 = 40;
/// Among how many of the latest logins they are looked for, if that is enough: some hundredths of a second by columns.
const LATEST_AMONG: u64 = 1_000_000;

/// How logins are to be counted, and whether all of them.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    grouping: &'a Grouping,
    is_latest: bool,
}

impl<'a> Wanted<'a> {
    /// All logins.
    #[must_use]
    pub const fn all(grouping: &'a Grouping) -> Self {
        Self { grouping, is_latest: false }
    }

    /// Where there are many, the latest ones are enough: those among the tenant's latest million logins, if they are forty or more.
    #[must_use]
    pub const fn latest(grouping: &'a Grouping) -> Self {
        Self { grouping, is_latest: true }
    }
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How many logins are in which groups.
    pub table: Table,
    /// Whether that is all. If not, the latest ones are counted.
    pub is_exact: bool,
}

/// What was counted in one way, and what that has cost.
#[derive(Debug)]
pub struct Sum<'a> {
    wanted: Wanted<'a>,
    /// Whether tallies alone tell it.
    is_tallied: bool,
    table: Table,
    cross: Cross<'a>,
    in_tallies: u64,
    in_columns: usize,
    seen: usize,
    opened: usize,
    /// Whether the logins that are left are not counted any more.
    is_closed: bool,
}

impl<'a> Sum<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(query: &Query, wanted: Wanted<'a>) -> Self {
        let (table, cross) = (Table::default(), Cross::new(wanted.grouping));
        let is_tallied = is_tallied(query, wanted.grouping);
        Self { wanted, is_tallied, table, cross, in_tallies: 0, in_columns: 0, seen: 0, opened: 0, is_closed: false }
    }

    /// All of it.
    #[must_use]
    pub fn counts(self) -> Counts {
        let Self { mut table, cross, is_closed, .. } = self;
        cross.add_to(&mut table);
        Counts { table, is_exact: !is_closed }
    }

    /// Whether it has cost so much, or told so much, that it ends.
    fn has_enough(&self) -> bool {
        let is_enough = self.wanted.is_latest && self.is_among_many() && !self.is_rare();
        let is_spent = self.seen >= MAX_SEEN || self.opened >= MAX_OPENED;
        is_spent || is_enough || (!self.is_tallied && self.in_columns >= MAX_IN_COLUMNS)
    }

    fn is_among_many(&self) -> bool {
        self.in_tallies + (self.in_columns + self.seen) as u64 >= LATEST_AMONG
    }

    fn is_rare(&self) -> bool {
        self.is_among_many() && self.table.logins + self.cross.logins() < LATEST
    }
}

/// Logins of a tenant that are asked for, which are counted in several ways at once.
pub struct Counting<'a, 's> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Which.
    pub query: &'a Query,
    /// What has to be looked up beside the records.
    pub needs: Vec<Need>,
    /// Whether what is rare among the latest logins has turned out to be frequent among earlier ones.
    pub is_frequent: bool,
    sums: Vec<&'a mut Sum<'s>>,
}

impl<'a, 's> Counting<'a, 's> {
    /// Counts these.
    #[must_use]
    pub fn new(tenant: &'a TenantId, query: &'a Query, sums: &'a mut [Sum<'s>]) -> Self {
        Self { tenant, query, needs: query.needs(), is_frequent: false, sums: sums.iter_mut().collect() }
    }

    /// Some of them, by their places.
    #[must_use]
    pub fn some(&mut self, places: &[usize]) -> Counting<'_, 's> {
        let sums = self.sums.iter_mut().enumerate().filter(|(place, _)| places.contains(place));
        let sums = sums.map(|(_, it)| &mut **it).collect();
        Counting { needs: self.needs.clone(), sums, ..*self }
    }

    fn open(&mut self) -> impl Iterator<Item = (usize, &mut Sum<'s>)> {
        self.sums.iter_mut().map(|it| &mut **it).enumerate().filter(|(_, it)| !it.is_closed)
    }

    /// Whether something is counted still.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.sums.iter().any(|it| !it.is_closed)
    }

    /// Before further logins are counted: closes what has enough. Whether there was something to close, or nothing is open any more.
    pub fn close(&mut self) -> bool {
        let mut is_closed = !self.is_open();
        for (_, it) in self.open().filter(|(_, it)| it.has_enough()) {
            (it.is_closed, is_closed) = (true, true);
        }
        is_closed
    }

    /// Whether so few of many logins were asked for that it is better to look each of them up than to read all columns.
    pub fn is_rare(&mut self) -> bool {
        !self.is_frequent && !self.is_tallied() && self.open().any(|(_, it)| it.is_rare())
    }

    /// Whether tallies alone tell all that is still counted.
    pub fn is_tallied(&mut self) -> bool {
        self.open().all(|(_, it)| it.is_tallied)
    }

    /// The same, and there are fewer of them than of the logins' columns: of networks and countries there are nearly as many.
    pub fn is_best_tallied(&mut self) -> bool {
        let is_many = |it: Dimension| matches!(it, Dimension::Country | Dimension::Asn);
        self.is_tallied() && !self.dimensions().into_iter().any(is_many)
    }

    /// The columns that tell which logins are asked for, and how they are grouped.
    pub fn columns(&mut self) -> Vec<Column> {
        let by: Vec<Column> = self.open().flat_map(|(_, it)| it.wanted.grouping.columns()).collect();
        sorted(self.query.columns().into_iter().chain(by))
    }

    /// The tallies that are needed.
    pub fn dimensions(&mut self) -> Vec<Dimension> {
        let by: Vec<Dimension> = self.open().flat_map(|(_, it)| it.wanted.grouping.dimensions()).collect();
        sorted(self.query.dimensions().into_iter().chain(by))
    }

    /// Adds the logins of a quarter hour of which tallies tell.
    pub fn add_tally(&mut self, tally: &QuarterTally) {
        let term = self.query.terms().first();
        for (_, it) in self.open() {
            it.in_tallies += tally.tally.logins;
            add_tally(&mut it.table, it.wanted.grouping, term, tally.quarter.start(), &tally.tally);
        }
    }

    /// Adds the logins of a segment with these ids. Returns those of which columns do not tell in some ways, and the places of
    /// these.
    pub fn add_columns(&mut self, segment: &Segment, ids: &Range<LoginId>) -> Vec<(Range<LoginId>, Vec<usize>)> {
        let asked = segment.asked(self.query);
        self.open().for_each(|(_, it)| it.in_columns += segment.rows());
        let mut left = Vec::new();
        for (quarter, rows) in segment.quarters() {
            let (all, meant) = (clipped((quarter, quarter), &WHOLE), clipped((quarter, quarter), ids));
            if meant.is_empty() {
                continue;
            }
            let is_told = |it: &mut Sum<'_>| meant == all && it.cross.add(segment, quarter, rows.clone(), &asked);
            let untold: Vec<usize> = self.open().filter_map(|(place, it)| (!is_told(it)).then_some(place)).collect();
            if !untold.is_empty() {
                left.push((meant, untold));
            }
        }
        left
    }

    /// Adds those that are asked for. Returns those of which only the record tells.
    pub fn add_clear(&mut self, logins: &[ClearLogin]) -> Vec<LoginId> {
        self.open().for_each(|(_, it)| it.seen += logins.len());
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

    /// Adds logins that are asked for, of so many that were opened.
    pub fn add_opened<'r>(&mut self, opened: usize, asked: impl Iterator<Item = &'r LoginRecord>) {
        self.open().for_each(|(_, it)| it.opened += opened);
        for it in asked {
            self.add(it.occurred_at, &Facets::of(it));
        }
    }

    fn add(&mut self, at: Timestamp, facets: &Facets) {
        for (_, it) in self.open() {
            it.table.add(it.wanted.grouping, at, facets);
        }
    }
}

fn sorted<Item: Ord>(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut items: Vec<Item> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// All logins.
const WHOLE: Range<LoginId> = LoginId([0; 16])..LoginId([0xFF; 16]);

/// Those of these logins that are in quarter hours from the first to the last.
#[must_use]
pub fn clipped((first, last): (Quarter, Quarter), ids: &Range<LoginId>) -> Range<LoginId> {
    first.first_id().max(ids.start)..last.next().first_id().min(ids.end)
}

/// Whether tallies alone tell what is asked: they know how many logins have one value, not how many have two.
fn is_tallied(query: &Query, grouping: &Grouping) -> bool {
    let by: Vec<Dimension> = grouping.dimensions().collect();
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::{place::Asn, search::clear::counts::Step};

    /// A quarter hour of so many logins, of which so many came from one network.
    fn quarter(logins: u64, from_network: u64) -> QuarterTally {
        let counts = vec![(Counted::Asn(Asn::new(64_500).unwrap()), from_network)];
        QuarterTally { quarter: Quarter(0), tally: Tally { logins, counts } }
    }

    #[test]
    fn the_latest_logins_are_enough_once_there_are_many() {
        let by = By::Values(Dimension::Browser);
        let grouping = Grouping { by, and_by: None, step: Step::Day, zone: TimeZone::UTC };
        let network = Query::default().with(Term::is(Value::Asn(Asn::new(64_500).unwrap())));
        let tenant = TenantId::parse("acme").unwrap();
        let mut sums = [Wanted::all(&grouping), Wanted::latest(&grouping)].map(|it| Sum::new(&network, it));
        let mut counting = Counting::new(&tenant, &network, &mut sums);
        // Too few are looked at at first, and then, too few are asked for.
        for (logins, from_network, is_rare, is_closed) in [
            (900_000, 20, false, false),
            (100_000, 10, true, false),
            (100_000, 10, false, true),
            (9_000_000, 70, false, false),
        ] {
            counting.add_tally(&quarter(logins, from_network));
            assert_eq!((counting.is_rare(), counting.close()), (is_rare, is_closed), "{logins}");
        }
        let told = sums.map(Sum::counts).map(|it| (it.table.logins, it.is_exact));
        assert_eq!(told, [(110, true), (40, false)]);
    }
}
