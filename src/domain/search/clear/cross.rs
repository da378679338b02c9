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
            segment::{Asked, Numbers, Segment},
            sums::Sums,
            tally::Counted,
        },
        tallies::{Dimension, Quarter},
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
    /// What is not in the cells yet: how many logins of one time, or of all, have which number.
    sums: Sums,
    /// The number of that time.
    summed: u32,
    logins: u64,
}

/// What a row is counted by.
#[derive(Clone, Copy)]
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
        let (cells, sums) = (FxHashMap::default(), Sums::default());
        Self { grouping, times: Vec::new(), cells, sums, summed: 0, logins: 0 }
    }

    /// Counts those rows of a quarter hour that are asked for; `false`, and none of them, if columns do not tell which, or in
    /// which groups they are.
    #[must_use]
    pub fn add(&mut self, segment: &Segment, quarter: Quarter, places: Range<usize>, asked: &Asked) -> bool {
        let Some(first) = self.side(segment, quarter, Some(self.grouping.by)) else { return false };
        let Some(second) = self.side(segment, quarter, self.grouping.and_by) else { return false };
        let is_known = asked.perhaps(&places).is_empty();
        let rows = Rows { asked: asked.surely(&places), places };
        if !is_known || !first.tells(&rows) || !second.tells(&rows) {
            return false;
        }
        self.sum([first, second], &rows);
        true
    }

    /// How many logins were counted.
    #[must_use]
    pub const fn logins(&self) -> u64 {
        self.logins
    }

    fn sum(&mut self, sides: [Side<'_>; 2], rows: &Rows<'_>) {
        let count = rows.asked.len() as u64;
        self.logins += count;
        match sides {
            [Side::One(one), Side::One(other)] => *self.cells.entry((one, other)).or_default() += count,
            [values, Side::One(time)] | [Side::One(time), values] => {
                self.sum_for(time);
                values.each(rows, |number| self.sums.add(number));
            }
            [first, second] => rows.each(|row| {
                first.each_of(row, |one| {
                    second.each_of(row, |other| *self.cells.entry((one, other)).or_default() += 1);
                });
            }),
        }
    }

    /// Sums logins of this time from now on.
    fn sum_for(&mut self, time: u32) {
        if self.summed != time {
            self.end_sums();
            self.summed = time;
        }
    }

    fn end_sums(&mut self) {
        // With two things to count by, the time is one of them, and the first if it is not the second.
        let is_first = self.grouping.by.dimension().is_none();
        for (number, logins) in self.sums.take() {
            let cell = if is_first { (self.summed, number) } else { (number, self.summed) };
            *self.cells.entry(cell).or_default() += logins;
        }
    }

    /// Adds everything to a table.
    pub fn add_to(mut self, table: &mut Table) {
        self.end_sums();
        let Self { grouping, times, cells, logins, .. } = self;
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

/// Rows of a segment.
struct Rows<'a> {
    places: Range<usize>,
    /// Those that are asked for.
    asked: &'a [u32],
}

impl Rows<'_> {
    /// Visits those that are asked for.
    fn each(&self, mut visit: impl FnMut(usize)) {
        for row in self.asked {
            visit(*row as usize);
        }
    }

    /// Visits the numbers of those that are asked for.
    fn each_number(&self, numbers: &Numbers, visit: impl FnMut(u32)) {
        match numbers {
            Numbers::Bytes(it) => self.each_in(it, visit),
            Numbers::Shorts(it) => self.each_in(it, visit),
            Numbers::Words(it) => self.each_in(it, visit),
        }
    }

    fn each_in<Number: Copy + Into<u32>>(&self, numbers: &[Number], mut visit: impl FnMut(u32)) {
        if self.asked.len() == self.places.len() {
            for it in numbers.get(self.places.clone()).unwrap_or_default() {
                visit((*it).into());
            }
        } else {
            let asked = self.asked.iter().filter_map(|row| numbers.get(*row as usize));
            asked.for_each(|it| visit((*it).into()));
        }
    }
}

impl Side<'_> {
    /// Whether it is known in which groups the rows are that are asked for.
    fn tells(&self, rows: &Rows<'_>) -> bool {
        let Self::Is(numbers, Bits { column: Column::Method, .. }) = self else { return true };
        let mut tells = true;
        rows.each_number(numbers, |number| tells &= number != u32::from(OWN));
        tells
    }

    /// Visits the number of each group in which each of the rows is that are asked for.
    fn each(self, rows: &Rows<'_>, mut visit: impl FnMut(u32)) {
        match self {
            Self::One(number) => rows.asked.iter().for_each(|_| visit(number)),
            Self::Is(numbers, Bits { shift, mask, .. }) => rows.each_number(numbers, |it| visit(it >> shift & mask)),
            Self::Risk(numbers) => rows.each_number(numbers, |it| visit(twentieth_of(it))),
            Self::Each(numbers) => rows.each_number(numbers, |it| bits_of(it).for_each(&mut visit)),
        }
    }

    /// The same for one row.
    fn each_of(self, row: usize, mut visit: impl FnMut(u32)) {
        match self {
            Self::One(number) => visit(number),
            Self::Is(numbers, Bits { shift, mask, .. }) => visit(numbers.at(row) >> shift & mask),
            Self::Risk(numbers) => visit(twentieth_of(numbers.at(row))),
            Self::Each(numbers) => bits_of(numbers.at(row)).for_each(visit),
        }
    }
}

/// The places of the bits that are set.
fn bits_of(mut rest: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (rest != 0).then(|| rest.trailing_zeros());
        rest &= rest.wrapping_sub(1);
        place
    })
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
