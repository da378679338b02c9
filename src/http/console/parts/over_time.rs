//! How many logins of a search there were when.

use crate::{
    domain::{
        search::{
            clear::counts::{By, Cell, Group, Grouping, Step},
            query::Query,
            tallies::Dimension,
            times::Span,
        },
        time::{DAY_MS, HOUR_MS, Timestamp},
    },
    http::console::{
        drawing::{
            histogram::{self, Histogram, Part},
            markup::Tone,
        },
        parts::view::View,
    },
    ports::Unavailable,
    service::history::{counting::Counts, search::History},
};

/// How many bars a picture has at most: of more days, several share one.
const BARS: i64 = 170;
/// For how many bars there is room at least.
const FEWEST: i64 = 30;

/// Logins by when they were, and by whether they got in.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Times with logins, in their order; those without are left out.
    pub bars: Vec<Bar>,
    /// How many logins there are in all.
    pub logins: u64,
    /// Whether these are all.
    pub is_exact: bool,
}

/// How many logins there were in some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// When it begins.
    pub from: Timestamp,
    /// Before when it ends.
    pub to: Timestamp,
    /// How many got in.
    pub entered: u64,
    /// How many failed.
    pub failed: u64,
}

impl Bars {
    /// When the first of them begins.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        self.bars.first().map(|it| it.from)
    }

    /// The time of the first of them.
    #[must_use]
    pub fn first_span(&self) -> Option<Span> {
        self.bars.first().map(|it| Span::new(Some(it.from), Some(it.to)))
    }

    /// How many got in, in all.
    #[must_use]
    pub fn entered(&self) -> u64 {
        self.bars.iter().map(|it| it.entered).sum()
    }

    /// How many failed in all.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.bars.iter().map(|it| it.failed).sum()
    }

    /// As a picture of the time that was asked for; each bar leads to this view at its time.
    #[must_use]
    pub fn picture(&self, view: &View, asked: &Span, title: &str) -> Histogram {
        let bar = |it: &Bar| histogram::Bar {
            from: it.from,
            until: it.to,
            count: it.entered + it.failed,
            part: it.failed,
            href: Some(view.between(it.from, it.to)),
        };
        Histogram {
            title: title.to_owned(),
            unit: "logins".to_owned(),
            bars: self.bars.iter().chain(&ends(&self.bars, asked, view.now)).map(bar).collect(),
            part: Some(Part { name: "failures".to_owned(), tone: Tone::Warn }),
            zone: view.range.zone.zone.clone(),
        }
    }

    /// What was counted by time and outcome.
    #[must_use]
    pub fn new(grouping: &Grouping, counts: Counts) -> Self {
        let (logins, is_exact, step) = (counts.table.logins, counts.is_exact, grouping.step);
        let bars = joined(step, Self::of(step, counts.table.top(grouping, usize::MAX).cells));
        Self { bars, logins, is_exact }
    }

    /// The cells of a table by time and outcome, in their order.
    fn of(step: Step, cells: Vec<Cell>) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        for cell in cells {
            let Group::At(from) = cell.group else { continue };
            if bars.last().is_none_or(|it| it.from != from) {
                bars.push(Bar { from, to: from.plus_ms(step.ms()), entered: 0, failed: 0 });
            }
            let Some(bar) = bars.last_mut() else { continue };
            match cell.and {
                Some(Group::Is(_)) => bar.failed += cell.logins,
                _ => bar.entered += cell.logins,
            }
        }
        bars
    }
}

/// Empty bars where the picture begins and ends: with the time that was asked for. If that is all times, it is so long at least that a
/// single bar stays one among many.
fn ends(bars: &[Bar], asked: &Span, now: Timestamp) -> Vec<Bar> {
    let Some((first, last)) = bars.first().zip(bars.last()) else { return Vec::new() };
    let step_ms = bars.iter().map(|it| it.to.ms_since(it.from)).min().unwrap_or(DAY_MS);
    let empty = |from: Timestamp| Bar { from, to: from.plus_ms(step_ms), entered: 0, failed: 0 };
    let (from, to) = match asked.from() {
        Some(from) => (from, asked.to().unwrap_or(now)),
        None => (last.to.plus_ms(-FEWEST * step_ms), last.to),
    };
    let begin = (from < first.from).then(|| empty(from));
    let end = (to > last.to).then(|| empty(to.plus_ms(-step_ms).max(last.from)));
    begin.into_iter().chain(end).collect()
}

/// Those of as many steps as it takes for there to be no more than a picture has. Each lasts from its first step with logins to its
/// last.
fn joined(step: Step, bars: Vec<Bar>) -> Vec<Bar> {
    let Some((first, last)) = bars.first().zip(bars.last()) else { return bars };
    let (begin, steps) = (first.from, last.to.ms_since(first.from) / step.ms());
    let together = ((steps - 1) / BARS + 1) * step.ms();
    // A day is an hour longer or shorter twice a year, and lies where most of it does.
    let place = |it: &Bar| (it.from.ms_since(begin) + step.ms() / 2) / together;
    let mut joined: Vec<Bar> = Vec::new();
    for bar in bars {
        match joined.last_mut().filter(|it| place(it) == place(&bar)) {
            Some(it) => {
                it.to = bar.to;
                it.entered += bar.entered;
                it.failed += bar.failed;
            }
            None => joined.push(bar),
        }
    }
    joined
}

/// Counts the logins of a search by when they were, in steps that make a picture.
///
/// # Errors
/// When the store does not answer.
pub async fn over_time(history: &History, view: &View, query: &Query) -> Result<Bars, Unavailable> {
    let grouping = by_time(view, query);
    Ok(Bars::new(&grouping, history.count(&view.operator.tenant, query, &grouping).await?))
}

/// How logins are counted to be shown over time.
#[must_use]
pub fn by_time(view: &View, query: &Query) -> Grouping {
    let outcome = By::Values(Dimension::Outcome);
    let zone = view.range.zone.zone.clone();
    Grouping { by: By::Time, and_by: Some(outcome), step: step(view, query), zone }
}

fn step(view: &View, query: &Query) -> Step {
    let span = query.span();
    match span.from().map(|it| span.to().unwrap_or(view.now).ms_since(it)) {
        Some(..=DAY_MS) => Step::Quarter,
        Some(ms) if ms <= BARS * HOUR_MS => Step::Hour,
        _ => Step::Day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::search::clear::tally::Counted;

    #[test]
    fn a_picture_has_no_more_bars_than_fit_and_each_login_is_in_one() {
        for days in [1, BARS, BARS + 1, 3 * BARS + 5] {
            // Nobody signs in on every seventh day.
            let day = |it: i64| Timestamp::from_unix_ms(it * DAY_MS);
            let bar = |it: i64| Bar { from: day(it), to: day(it + 1), entered: 2, failed: 1 };
            let bars: Vec<Bar> = (0..days).filter(|it| it % 7 != 3).map(bar).collect();
            let joined = joined(Step::Day, bars.clone());
            assert!(i64::try_from(joined.len()).unwrap() <= BARS && joined.is_sorted_by_key(|it| it.from), "{days}");
            let sum =
                |all: &[Bar]| all.iter().map(|it| (it.entered, it.failed)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            assert_eq!(sum(&joined), sum(&bars), "{days}");
            for it in &bars {
                assert_eq!(joined.iter().filter(|wide| wide.from <= it.from && it.to <= wide.to).count(), 1, "{days}");
            }
            assert!(days > BARS || joined == bars, "{days}");
        }
    }

    #[test]
    fn a_picture_is_of_the_time_that_was_asked_for() {
        let day = |it: i64| Timestamp::from_unix_ms(it * DAY_MS);
        let bars = [Bar { from: day(50), to: day(51), entered: 1, failed: 0 }];
        let told = |from: Option<i64>, to: Option<i64>, now: i64| -> Vec<(i64, i64)> {
            let asked = Span::new(from.map(day), to.map(day));
            let ends = ends(&bars, &asked, day(now));
            assert!(ends.iter().all(|it| it.entered + it.failed == 0));
            ends.iter().map(|it| (it.from.unix_ms() / DAY_MS, it.to.unix_ms() / DAY_MS)).collect()
        };
        assert_eq!(told(None, None, 60), [(21, 22)], "of all times a month");
        assert_eq!(told(Some(40), None, 60), [(40, 41), (59, 60)]);
        assert_eq!(told(Some(40), Some(55), 60), [(40, 41), (54, 55)]);
        assert_eq!(told(Some(50), Some(51), 60), []);
        assert_eq!(ends(&[], &Span::new(None, None), day(60)), []);
    }

    #[test]
    fn what_got_in_and_what_failed_at_one_time_is_one_bar() {
        let at = |ms| Group::At(Timestamp::from_unix_ms(ms));
        let cell = |ms, and, logins| Cell { group: at(ms), and: Some(and), logins };
        let cells =
            vec![cell(0, Group::Rest, 3), cell(0, Group::Is(Counted::Failure), 2), cell(HOUR_MS, Group::Rest, 1)];
        let bars = Bars::of(Step::Hour, cells);
        let told: Vec<_> = bars.iter().map(|it| (it.from.unix_ms(), it.to.unix_ms(), it.entered, it.failed)).collect();
        assert_eq!(told, [(0, HOUR_MS, 3, 2), (HOUR_MS, 2 * HOUR_MS, 1, 0)]);
    }
}
