//! What stands in the clear of the logins of four hours, column by column, so that a search for things that seldom come
//! together looks at two numbers of a login instead of at the login.

use std::{
    ops::{Range, RangeInclusive},
    sync::Arc,
};

use crate::domain::{
    ids::LoginId,
    search::{
        clear::{
            columns::{Bits, Column, Told},
            facets::Facets,
        },
        query::{Query, Term},
        tallies::Quarter,
        truth::Truth,
    },
};

/// How many quarter hours a segment has: four hours. So a tenant's day is few segments, and what is not in one yet, because
/// it is not over, is looked through in some milliseconds.
pub const QUARTERS: usize = 16;
const LENGTH: i64 = QUARTERS.cast_signed() as i64;

/// A segment, by how many began after 1970 before it. A stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentNumber(pub i64);

impl SegmentNumber {
    /// The one in which a quarter hour lies.
    #[must_use]
    pub const fn of(quarter: Quarter) -> Self {
        Self(quarter.0.div_euclid(LENGTH))
    }

    /// Its first quarter hour.
    #[must_use]
    pub const fn first(self) -> Quarter {
        Quarter(self.0.saturating_mul(LENGTH))
    }

    /// Its last quarter hour.
    #[must_use]
    pub const fn last(self) -> Quarter {
        Quarter(self.first().0 + LENGTH - 1)
    }

    /// The ids of the logins that are in it.
    #[must_use]
    pub fn ids(self) -> Range<LoginId> {
        self.first().first_id()..self.last().next().first_id()
    }
}

/// The numbers of a column, as narrow as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// One byte each.
    Bytes(Vec<u8>),
    /// Two.
    Shorts(Vec<u16>),
    /// Four.
    Words(Vec<u32>),
}

impl Numbers {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Bytes(it) => it.len(),
            Self::Shorts(it) => it.len(),
            Self::Words(it) => it.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row; 0 behind the last.
    #[must_use]
    pub fn at(&self, row: usize) -> u32 {
        match self {
            Self::Bytes(it) => it.get(row).copied().map(u32::from),
            Self::Shorts(it) => it.get(row).copied().map(u32::from),
            Self::Words(it) => it.get(row).copied(),
        }
        .unwrap_or_default()
    }

    fn mark(&self, bits: Bits, range: &RangeInclusive<u32>, met: Truth, marks: &mut [Truth]) {
        match self {
            Self::Bytes(it) => mark(it, bits, range, met, marks),
            Self::Shorts(it) => mark(it, bits, range, met, marks),
            Self::Words(it) => mark(it, bits, range, met, marks),
        }
    }
}

/// Raises the marks of rows whose number lies in a range. It has no branch that depends on a row, so that many rows are
/// looked at in one step.
fn mark<Number: Copy + Into<u32>>(
    numbers: &[Number],
    Bits { shift, mask, .. }: Bits,
    range: &RangeInclusive<u32>,
    met: Truth,
    marks: &mut [Truth],
) {
    let (first, last) = (*range.start(), *range.end());
    for (mark, number) in marks.iter_mut().zip(numbers) {
        let bits = (*number).into() >> shift & mask;
        let told = if first <= bits && bits <= last { met } else { Truth::No };
        *mark = (*mark).max(told);
    }
}

/// What stands in the clear of the logins of a tenant's segment, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which.
    pub number: SegmentNumber,
    /// Up to which row the logins of each of its quarter hours are.
    ends: [u32; QUARTERS],
    columns: Vec<(Column, Arc<Numbers>)>,
}

impl Segment {
    /// Puts some columns together; `None` if they are not as long as they should be.
    #[must_use]
    pub fn new(number: SegmentNumber, ends: [u32; QUARTERS], columns: Vec<(Column, Arc<Numbers>)>) -> Option<Self> {
        let rows = usize::try_from(*ends.last()?).ok()?;
        let fits = ends.is_sorted() && columns.iter().all(|(_, it)| it.len() == rows);
        fits.then_some(Self { number, ends, columns })
    }

    /// That of these logins, which are all in it, the earliest first.
    #[must_use]
    pub fn of(number: SegmentNumber, logins: &[(LoginId, Facets)]) -> Self {
        let mut ends = [0; QUARTERS];
        for (quarter, end) in (number.first().0..).zip(&mut ends) {
            let until = Quarter(quarter).next().first_id();
            *end = u32::try_from(logins.partition_point(|(id, _)| *id < until)).unwrap_or(u32::MAX);
        }
        let columns = Column::ALL.map(|column| {
            let numbers = logins.iter().map(|(id, facets)| column.number_of(*id, facets));
            (column, Arc::new(numbers_of(column, numbers)))
        });
        Self { number, ends, columns: columns.into() }
    }

    /// How many logins it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ends.last().map_or(0, |it| *it as usize)
    }

    /// Up to which row the logins of each of its quarter hours are.
    #[must_use]
    pub const fn ends(&self) -> &[u32; QUARTERS] {
        &self.ends
    }

    /// Its columns, as far as they were read.
    #[must_use]
    pub fn columns(&self) -> &[(Column, Arc<Numbers>)] {
        &self.columns
    }

    /// The numbers of a column, if it was read.
    #[must_use]
    pub fn column(&self, column: Column) -> Option<&Numbers> {
        self.columns.iter().find(|(it, _)| *it == column).map(|(_, numbers)| &**numbers)
    }

    /// Its quarter hours and the rows of each, the latest first.
    pub fn quarters(&self) -> impl Iterator<Item = (Quarter, Range<usize>)> {
        let start = |place: usize| place.checked_sub(1).and_then(|it| self.ends.get(it)).copied().unwrap_or_default();
        let quarters = (self.number.first().0..).zip(self.ends.iter().enumerate());
        let rows = quarters.map(move |(it, (place, end))| (Quarter(it), start(place) as usize..*end as usize));
        rows.collect::<Vec<_>>().into_iter().rev()
    }

    /// Which of its logins the query asks for, times aside. What is known is what [`Query::matches_clear`] says of them.
    #[must_use]
    pub fn asked(&self, query: &Query) -> Asked {
        let mut asked = vec![Truth::Yes; self.rows()];
        let mut has = Vec::new();
        for term in query.terms() {
            has.clear();
            has.resize(self.rows(), Truth::No);
            self.mark(term, &mut has);
            for (asked, has) in asked.iter_mut().zip(&has) {
                let holds = if term.is_negated() { !*has } else { *has };
                *asked = (*asked).min(holds);
            }
        }
        Asked::new(asked)
    }

    /// Marks the rows that have one of the values of a term.
    fn mark(&self, term: &Term, marks: &mut [Truth]) {
        for value in term.values() {
            match value.told() {
                Told::By(bits, range, met) => match self.column(bits.column) {
                    Some(numbers) => numbers.mark(bits, &range, met, marks),
                    None => raise(marks, Truth::Unknown),
                },
                Told::Of(truth) => raise(marks, truth),
            }
        }
    }
}

/// Which logins of a segment are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    truths: Vec<Truth>,
    surely: Vec<u32>,
    perhaps: Vec<u32>,
}

impl Asked {
    fn new(truths: Vec<Truth>) -> Self {
        let rows_that_are = |truth| rows_that_are(truth, &truths);
        let (surely, perhaps) = (rows_that_are(Truth::Yes), rows_that_are(Truth::Unknown));
        Self { truths, surely, perhaps }
    }

    /// What is known of each row.
    #[must_use]
    pub fn truths(&self) -> &[Truth] {
        &self.truths
    }

    /// Those of these rows that are surely asked for, the first first.
    #[must_use]
    pub fn surely(&self, rows: &Range<usize>) -> &[u32] {
        within(&self.surely, rows)
    }

    /// Those of these rows of which it is not known.
    #[must_use]
    pub fn perhaps(&self, rows: &Range<usize>) -> &[u32] {
        within(&self.perhaps, rows)
    }
}

/// It has no branch that depends on a row, as [`mark`].
fn rows_that_are(truth: Truth, truths: &[Truth]) -> Vec<u32> {
    let mut rows = vec![0; truths.iter().filter(|it| **it == truth).count()];
    let mut found = 0;
    for (row, it) in (0_u32..).zip(truths) {
        // The last one that was found is in the last place: what comes behind it has none.
        let Some(place) = rows.get_mut(found) else { break };
        *place = row;
        found += usize::from(*it == truth);
    }
    rows
}

fn within<'a>(rows: &'a [u32], Range { start, end }: &Range<usize>) -> &'a [u32] {
    let place = |row: usize| rows.partition_point(|it| (*it as usize) < row);
    rows.get(place(*start)..place(*end)).unwrap_or_default()
}

fn raise(marks: &mut [Truth], to: Truth) {
    for it in marks {
        *it = (*it).max(to);
    }
}

/// Numbers as narrow as their column is. What is wider is cut off, but nothing is.
fn numbers_of(column: Column, numbers: impl Iterator<Item = u32>) -> Numbers {
    match column.width() {
        1 => Numbers::Bytes(numbers.map(|it| it.to_le_bytes()[0]).collect()),
        2 => Numbers::Shorts(numbers.map(|it| u16::try_from(it).unwrap_or(u16::MAX)).collect()),
        _ => Numbers::Words(numbers.collect()),
    }
}
