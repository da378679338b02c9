//! The tables that logins are counted into, and what tells how many belong where.

use crate::domain::{
    search::{
        clear::{
            columns::Column,
            counts::{By, Group, Grouping, Table, usual},
            tally::{Counted, Tally},
        },
        field::Field,
        query::{Query, Term},
        tallies::Dimension,
        value::Value,
    },
    time::Timestamp,
};

/// A way to count, and what was counted.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The way.
    pub grouping: &'a Grouping,
    /// What was counted.
    pub table: Table,
}

/// What tells how many logins are in which groups, where all of them are counted. Groupings with one source are counted in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Tallies.
    Tallies,
    /// Columns, and tallies where there are none.
    ColumnsOrTallies,
    /// Columns, and what stands in the clear of each login where there are none.
    Columns,
    /// The same by method. Columns do not tell of methods of a product's own; nothing else is to wait for the logins that have one.
    ColumnsOfMethods,
}

impl Source {
    /// In the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Tallies, Self::ColumnsOrTallies, Self::Columns, Self::ColumnsOfMethods];

    /// Of what a query asks for.
    #[must_use]
    pub fn of(query: &Query, grouping: &Grouping) -> Self {
        // What has so many values that those of a quarter hour are nearly as long as its logins' column.
        let is_many = |it: Dimension| matches!(it, Dimension::Country | Dimension::Asn);
        match is_tallied(query, grouping) {
            true if grouping.dimensions().any(is_many) => Self::ColumnsOrTallies,
            true => Self::Tallies,
            false if grouping.dimensions().any(|it| it == Dimension::Method) => Self::ColumnsOfMethods,
            false => Self::Columns,
        }
    }
}

/// The columns that tell which logins are asked for, and how they are grouped.
#[must_use]
pub fn columns(query: &Query, sheets: &[Sheet<'_>]) -> Vec<Column> {
    let grouped = sheets.iter().flat_map(|it| it.grouping.columns());
    let mut columns: Vec<Column> = query.columns().into_iter().chain(grouped).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
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

/// Which counts are needed.
#[must_use]
pub fn dimensions(query: &Query, sheets: &[Sheet<'_>]) -> Vec<Dimension> {
    let by = sheets.iter().flat_map(|it| it.grouping.dimensions());
    let mut dimensions: Vec<Dimension> = query.dimensions().into_iter().chain(by).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    dimensions
}

/// Adds what a tally says of the logins for which a term holds, if there is one.
pub fn add_tally(sheet: &mut Sheet<'_>, term: Option<&Term>, at: Timestamp, tally: &Tally) {
    let Sheet { grouping, table } = sheet;
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
