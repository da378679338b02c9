//! Counts logins by what stands in columns, without a word for each.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::domain::{
    policy::policy::Level,
    recognition::verdict::DeviceStatus,
    search::{
        clear::{
            columns::{Bits, Column, twentieth_of},
            counts::{By, Group, Grouping, Table},
            methods::OWN,
            numbers::{of_level, of_status},
            segment::{Numbers, Segment},
            tally::Counted,
        },
        tallies::{Dimension, Quarter},
        truth::Truth,
    },
};

/// How many hours of the day there are, twice, for zones that are off by half an hour.
const HOURS: usize = 48;

/// How many logins of segments are in which groups, by the numbers of these.
#[derive(Debug)]
pub struct Cross<'a> {
    grouping: &'a Grouping,
    /// The times that groups are numbered by, in the order in which they came up.
    times: Vec<Group>,
    cells: FxHashMap<(u32, u32), u64>,
    logins: u64,
}

/// What a row is counted by.
enum Side<'a> {
    /// By nothing, or by when it is: all rows are in this group.
    One(u32),
    /// By some bits of a number.
    Is(&'a Numbers, Bits),
    /// By the twentieth in which its score lies.
    Risk(&'a Numbers),
    /// By each bit of a number: a row may be in several groups, or in none.
    Each(&'a Numbers),
}

impl Grouping {
    /// The columns that tell of its groups.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.dimensions().map(|it| it.bits().column).collect()
    }
}

impl<'a> Cross<'a> {
    /// Nothing yet, to be counted like this.
    #[must_use]
    pub fn new(grouping: &'a Grouping) -> Self {
        Self { grouping, times: Vec::new(), cells: FxHashMap::default(), logins: 0 }
    }

    /// Counts those rows of a quarter hour that are asked for; `false`, and none of them, if columns do not tell which, or in
    /// which groups they are.
    #[must_use]
    pub fn add(&mut self, segment: &Segment, quarter: Quarter, rows: Range<usize>, asked: &[Truth]) -> bool {
        let Some(of_rows) = asked.get(rows.clone()) else { return false };
        let Some(first) = self.side(segment, quarter, Some(self.grouping.by)) else { return false };
        let Some(second) = self.side(segment, quarter, self.grouping.and_by) else { return false };
        let is_asked = |(_, it): &(usize, &Truth)| **it != Truth::No;
        let tells = |(row, it): (usize, &Truth)| *it == Truth::Yes && first.tells(row) && second.tells(row);
        if !rows.clone().zip(of_rows).filter(is_asked).all(tells) {
            return false;
        }
        for (row, _) in rows.zip(of_rows).filter(is_asked) {
            self.logins += 1;
            first.each(row, |one| {
                second.each(row, |other| *self.cells.entry((one, other)).or_default() += 1);
            });
        }
        true
    }

    /// How many logins were counted.
    #[must_use]
    pub const fn logins(&self) -> u64 {
        self.logins
    }

    /// Adds everything to a table.
    pub fn add_to(self, table: &mut Table) {
        let Self { grouping, times, cells, logins } = self;
        table.logins += logins;
        let group = |by: By, number: u32| match by.dimension() {
            Some(dimension) => group_of(dimension, number),
            None => times.get(number as usize).cloned(),
        };
        for ((one, other), logins) in cells {
            let Some(first) = group(grouping.by, one) else { continue };
            match grouping.and_by {
                None => table.add_to(first, None, logins),
                Some(by) => {
                    if let Some(second) = group(by, other) {
                        table.add_to(first, Some(second), logins);
                    }
                }
            }
        }
    }

    fn side<'s>(&mut self, segment: &'s Segment, quarter: Quarter, by: Option<By>) -> Option<Side<'s>> {
        let Some(by) = by else { return Some(Side::One(0)) };
        let Some(dimension) = by.dimension() else {
            let time = self.grouping.time_of(by, quarter.start())?;
            return Some(Side::One(self.number_of(time)));
        };
        let bits = dimension.bits();
        let numbers = segment.column(bits.column)?;
        Some(match dimension {
            Dimension::Signal => Side::Each(numbers),
            Dimension::Risk => Side::Risk(numbers),
            _ => Side::Is(numbers, bits),
        })
    }

    /// The number of a time. Hours come again every day, and other times only one after the other.
    fn number_of(&mut self, time: Group) -> u32 {
        let begin = self.times.len().saturating_sub(HOURS);
        let near = self.times.iter().skip(begin).position(|it| *it == time);
        let place = near.map_or(self.times.len(), |it| begin + it);
        if near.is_none() {
            self.times.push(time);
        }
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

impl Side<'_> {
    /// Whether it is known in which groups a row is.
    fn tells(&self, row: usize) -> bool {
        match self {
            Self::Is(numbers, bits) => bits.column != Column::Method || numbers.at(row) != u32::from(OWN),
            Self::One(_) | Self::Risk(_) | Self::Each(_) => true,
        }
    }

    /// Visits the number of each group in which a row is.
    fn each(&self, row: usize, mut visit: impl FnMut(u32)) {
        match self {
            Self::One(number) => visit(*number),
            Self::Is(numbers, Bits { shift, mask, .. }) => visit(numbers.at(row) >> shift & mask),
            Self::Risk(numbers) => visit(twentieth_of(numbers.at(row))),
            Self::Each(numbers) => {
                let mut rest = numbers.at(row);
                while rest != 0 {
                    visit(rest.trailing_zeros());
                    rest &= rest - 1;
                }
            }
        }
    }
}

/// The group of a number; `None` if no such number is written.
fn group_of(dimension: Dimension, number: u32) -> Option<Group> {
    let is_rest = match dimension {
        Dimension::Os | Dimension::Browser | Dimension::Signal => false,
        Dimension::Status => number == of_status(DeviceStatus::Recognized),
        Dimension::Level => number == of_level(Level::Low),
        Dimension::Country
        | Dimension::Asn
        | Dimension::Method
        | Dimension::Outcome
        | Dimension::Risk
        | Dimension::Alert => number == 0,
    };
    if is_rest { Some(Group::Rest) } else { Counted::of_number(dimension, number).map(Group::Is) }
}
