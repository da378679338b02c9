//! A tenant's past in pieces, the latest first: segments, and the quarter hours between them.

use std::{collections::VecDeque, ops::RangeInclusive, sync::Arc};

use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};

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

/// What the store answers about segments.
type Page = Result<SegmentPage, Unavailable>;

/// Reads pieces as they are needed.
pub struct Pieces<'a> {
    segments: &'a dyn SegmentStore,
    tenant: &'a TenantId,
    columns: Arc<[Column]>,
    /// What was not read yet.
    rest: Option<RangeInclusive<Quarter>>,
    step: usize,
    read: VecDeque<Piece>,
    reads_ahead: bool,
    /// The page with the latest of the rest, if the store was asked for it already.
    ahead: Option<BoxFuture<'a, Page>>,
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
        Self {
            segments,
            tenant,
            columns: columns.into(),
            rest: quarters,
            step: FIRST_STEP,
            read: VecDeque::new(),
            reads_ahead: false,
            ahead: None,
        }
    }

    /// The same, for somebody who wants all of them: the store reads the next ones while these are looked at.
    #[must_use]
    pub const fn reading_ahead(mut self) -> Self {
        self.reads_ahead = true;
        self
    }

    /// The next piece; `None` if there is none any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn next(&mut self) -> Result<Option<Piece>, Unavailable> {
        while self.read.is_empty()
            && let Some(quarters) = self.rest.take()
        {
            let page = self.ahead.take().unwrap_or_else(|| self.page(&quarters));
            self.take(quarters, page.await?);
            if let Some(rest) = self.rest.as_ref().filter(|_| self.reads_ahead) {
                let mut page = self.page(rest);
                // Asked once, the store goes on by itself.
                self.ahead = Some(match (&mut page).now_or_never() {
                    Some(page) => ready(page).boxed(),
                    None => page,
                });
            }
        }
        Ok(self.read.pop_front())
    }

    /// The latest segments of these quarter hours.
    fn page(&self, quarters: &RangeInclusive<Quarter>) -> BoxFuture<'a, Page> {
        // One that ends later than what was asked for may still be missing, but then that costs a look at its logins only.
        let numbers = SegmentNumber::of(*quarters.start())..=SegmentNumber::of(*quarters.end());
        let (segments, tenant, columns, step) = (self.segments, self.tenant, self.columns.clone(), self.step);
        async move { segments.segments(tenant, numbers, &columns, step).await }.boxed()
    }

    fn take(&mut self, quarters: RangeInclusive<Quarter>, SegmentPage { segments, told_from }: SegmentPage) {
        let (first, mut last) = quarters.into_inner();
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
    }
}
