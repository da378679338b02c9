//! A tenant's past in pieces, the latest first: segments, and the quarter hours between them.

use std::{collections::VecDeque, ops::RangeInclusive};

use crate::{
    domain::{
        ids::TenantId,
        search::{
            clear::{
                columns::Column,
                segment::{Segment, SegmentNumber},
            },
            tallies::Quarter,
        },
    },
    ports::{SegmentPage, SegmentStore, Unavailable},
};

/// How many segments are read at first: what is frequent is found in the latest.
const FIRST_STEP: usize = 2;
/// How many are read at once at most.
const STEP: usize = 256;
/// How many logins the segments have about that are read at once: some megabytes.
const LOGINS_AT_ONCE: usize = 1_000_000;

/// A piece of the past.
#[derive(Clone, Debug)]
pub enum Piece {
    /// What stands in the clear of the logins of some hours. They may begin before, and end after, what was asked for.
    Segment(Segment),
    /// Quarter hours of which there is no segment.
    Quarters(RangeInclusive<Quarter>),
}

impl Piece {
    /// Its first quarter hour and its last.
    #[must_use]
    pub const fn quarters(&self) -> (Quarter, Quarter) {
        match self {
            Self::Segment(it) => (it.number.first(), it.number.last()),
            Self::Quarters(it) => (*it.start(), *it.end()),
        }
    }
}

/// Reads pieces as they are needed.
pub struct Pieces<'a> {
    segments: &'a dyn SegmentStore,
    tenant: &'a TenantId,
    columns: Vec<Column>,
    /// What was not read yet.
    rest: Option<RangeInclusive<Quarter>>,
    step: usize,
    read: VecDeque<Piece>,
}

impl<'a> Pieces<'a> {
    /// Those of these quarter hours; of the segments these columns.
    #[must_use]
    pub fn new(
        segments: &'a dyn SegmentStore,
        tenant: &'a TenantId,
        columns: Vec<Column>,
        quarters: Option<RangeInclusive<Quarter>>,
    ) -> Self {
        Self { segments, tenant, columns, rest: quarters, step: FIRST_STEP, read: VecDeque::new() }
    }

    /// The next piece; `None` if there is none any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn next(&mut self) -> Result<Option<Piece>, Unavailable> {
        while self.read.is_empty()
            && let Some(quarters) = self.rest.take()
        {
            self.read_on(quarters).await?;
        }
        Ok(self.read.pop_front())
    }

    async fn read_on(&mut self, quarters: RangeInclusive<Quarter>) -> Result<(), Unavailable> {
        let (first, mut last) = quarters.into_inner();
        // One that ends later than what was asked for may still be missing, but then that costs a look at its logins only.
        let numbers = SegmentNumber::of(first)..=SegmentNumber::of(last);
        let SegmentPage { segments, told_from } =
            self.segments.segments(self.tenant, numbers, &self.columns, self.step).await?;
        let logins: usize = segments.iter().map(Segment::rows).sum();
        let many = LOGINS_AT_ONCE / (logins / segments.len().max(1)).max(1);
        self.step = many.clamp(1, (4 * self.step).min(STEP));
        for segment in segments {
            let SegmentNumber(number) = segment.number;
            if segment.number.last() < last {
                self.read.push_back(Piece::Quarters(SegmentNumber(number + 1).first()..=last));
            }
            last = Quarter(segment.number.first().0 - 1);
            self.read.push_back(Piece::Segment(segment));
        }
        let told_from = told_from.map_or(first, |it| it.first().max(first));
        if told_from <= last {
            self.read.push_back(Piece::Quarters(told_from..=last));
            last = Quarter(told_from.0 - 1);
        }
        if first <= last {
            self.rest = Some(first..=last);
        }
        Ok(())
    }
}
