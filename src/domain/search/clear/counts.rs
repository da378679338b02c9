//! What logins are counted by, and how the counts are grouped.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::domain::{
    login::login::Outcome,
    policy::policy::Level,
    recognition::verdict::DeviceStatus,
    search::{
        clear::facets::Facets,
        clear::tally::Counted,
        tallies::{Dimension, QUARTER_MS},
        value::Value,
    },
    time::{DAY_MS, HOUR_MS, Timestamp},
};

/// How long the times are that logins are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A quarter of an hour.
    Quarter,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Hour, Self::Day];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Hour => "1h",
            Self::Day => "1d",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// In milliseconds.
    #[must_use]
    pub const fn ms(self) -> i64 {
        match self {
            Self::Quarter => QUARTER_MS,
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }
}

/// What logins are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// When they happened.
    Time,
    /// The hour of the day.
    Hour,
    /// A value that is theirs.
    Values(Dimension),
}

impl By {
    /// Everything that logins can be counted by.
    pub const ALL: [Self; 11] = [
        Self::Time,
        Self::Hour,
        Self::Values(Dimension::Country),
        Self::Values(Dimension::Asn),
        Self::Values(Dimension::Browser),
        Self::Values(Dimension::Os),
        Self::Values(Dimension::Method),
        Self::Values(Dimension::Status),
        Self::Values(Dimension::Level),
        Self::Values(Dimension::Outcome),
        Self::Values(Dimension::Signal),
    ];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Hour => "hour",
            Self::Values(Dimension::Country) => "country",
            Self::Values(Dimension::Asn) => "asn",
            Self::Values(Dimension::Browser) => "browser",
            Self::Values(Dimension::Os) => "os",
            Self::Values(Dimension::Method) => "method",
            Self::Values(Dimension::Status) => "status",
            Self::Values(Dimension::Level) => "level",
            Self::Values(Dimension::Outcome) => "outcome",
            Self::Values(Dimension::Signal) => "signal",
            Self::Values(Dimension::Risk) => "risk",
            Self::Values(Dimension::Alert) => "alert",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// The dimension whose values are counted.
    #[must_use]
    pub const fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Values(dimension) => Some(dimension),
            Self::Time | Self::Hour => None,
        }
    }
}

/// How logins are counted: by one thing or two, in which steps of time, and by whose clock.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// What they are counted by.
    pub by: By,
    /// What each group is divided by.
    pub and_by: Option<By>,
    /// How long the times are.
    pub step: Step,
    /// Where days begin, and by which clock hours are told.
    pub zone: TimeZone,
}

/// What logins of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// When they happened: the time that begins then.
    At(Timestamp),
    /// The hour of the day, 0 to 23.
    Hour(u8),
    /// A value.
    Is(Counted),
    /// None of the values that are counted: the usual one, or that it is not known.
    Rest,
}

impl Group {
    /// As the API names it; `None` for what is not known.
    #[must_use]
    pub fn text(&self, by: By) -> Option<String> {
        match self {
            Self::At(it) => Some(it.to_text()),
            Self::Hour(it) => Some(it.to_string()),
            Self::Is(_) | Self::Rest => self.value(by.dimension()?).map(|it| it.text()),
        }
    }

    /// The value of this dimension that its logins have, as a query has it; `None` if that is not known.
    #[must_use]
    pub fn value(&self, dimension: Dimension) -> Option<Value> {
        match self {
            Self::Is(it) => it.value(),
            Self::Rest => usual(dimension),
            Self::At(_) | Self::Hour(_) => None,
        }
    }
}

/// The value of a dimension that is not counted; `None` where that is not to be known.
#[must_use]
pub const fn usual(dimension: Dimension) -> Option<Value> {
    match dimension {
        Dimension::Status => Some(Value::Status(DeviceStatus::Recognized)),
        Dimension::Level => Some(Value::Level(Level::Low)),
        Dimension::Outcome => Some(Value::Outcome(Outcome::Success)),
        Dimension::Country
        | Dimension::Asn
        | Dimension::Method
        | Dimension::Os
        | Dimension::Browser
        | Dimension::Signal
        | Dimension::Risk
        | Dimension::Alert => None,
    }
}

impl Grouping {
    /// The dimensions whose values are counted.
    pub fn dimensions(&self) -> impl Iterator<Item = Dimension> + use<> {
        [Some(self.by), self.and_by].into_iter().flatten().filter_map(By::dimension)
    }

    /// The groups in which a login of this time and these facets is. With several signals it is in several, with none in none.
    #[must_use]
    pub fn groups_of(&self, by: By, at: Timestamp, facets: &Facets) -> Vec<Group> {
        let By::Values(dimension) = by else { return self.time_of(by, at).into_iter().collect() };
        let values = Counted::of(facets).into_iter().filter(|it| it.dimension() == dimension);
        let mut groups: Vec<Group> = values.map(Group::Is).collect();
        if groups.is_empty() && dimension != Dimension::Signal {
            groups.push(Group::Rest);
        }
        groups
    }

    /// The group of a time; `None` if it is not by time that is counted.
    #[must_use]
    pub fn time_of(&self, by: By, at: Timestamp) -> Option<Group> {
        match by {
            By::Time => Some(Group::At(self.start_of(at))),
            By::Hour => Some(Group::Hour(self.hour_of(at))),
            By::Values(_) => None,
        }
    }

    /// When the time begins in which a point lies.
    fn start_of(&self, at: Timestamp) -> Timestamp {
        let ms = self.step.ms();
        if self.step == Step::Day
            && self.zone != TimeZone::UTC
            && let Ok(it) = jiff::Timestamp::from_millisecond(at.unix_ms())
            && let Ok(start) = it.to_zoned(self.zone.clone()).start_of_day()
        {
            return Timestamp::from_unix_ms(start.timestamp().as_millisecond());
        }
        // Zones are off by whole quarters of an hour, not all by whole hours.
        let offset = if self.step == Step::Hour { self.offset_ms(at) } else { 0 };
        Timestamp::from_unix_ms((at.unix_ms() + offset).div_euclid(ms) * ms - offset)
    }

    fn hour_of(&self, at: Timestamp) -> u8 {
        u8::try_from(at.plus_ms(self.offset_ms(at)).hour_of_day()).unwrap_or_default()
    }

    /// How far ahead of UTC the clock is.
    fn offset_ms(&self, at: Timestamp) -> i64 {
        let at = jiff::Timestamp::from_millisecond(at.unix_ms());
        at.map_or(0, |at| i64::from(self.zone.to_offset(at).seconds()) * 1_000)
    }
}

/// How many logins are in which groups.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Millions are summed while somebody waits, and nobody gains by groups that collide: so it is hashed by no secret.
    cells: FxHashMap<(Group, Option<Group>), u64>,
    /// How many logins there are in all.
    pub logins: u64,
}

/// A group, and how many logins are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the logins have in common.
    pub group: Group,
    /// What they have in common besides.
    pub and: Option<Group>,
    /// How many.
    pub logins: u64,
}

/// The cells that are told, and how many logins are counted in those that are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Top {
    /// Times in their order, values the most frequent first.
    pub cells: Vec<Cell>,
    /// The sum of all cells that are left out.
    pub other: u64,
}

impl Table {
    /// Adds a login.
    pub fn add(&mut self, grouping: &Grouping, at: Timestamp, facets: &Facets) {
        self.logins += 1;
        let seconds = grouping.and_by.map(|by| grouping.groups_of(by, at, facets));
        for group in grouping.groups_of(grouping.by, at, facets) {
            match &seconds {
                None => self.add_to(group, None, 1),
                Some(seconds) => seconds.iter().for_each(|it| self.add_to(group.clone(), Some(it.clone()), 1)),
            }
        }
    }

    /// Adds to a cell.
    pub fn add_to(&mut self, group: Group, and: Option<Group>, logins: u64) {
        if logins > 0 {
            *self.cells.entry((group, and)).or_default() += logins;
        }
    }

    /// Of the groups that are values, the `top` most frequent ones each; of times all.
    #[must_use]
    pub fn top(self, grouping: &Grouping, top: usize) -> Top {
        let first = ranks(self.cells.iter().map(|((group, _), it)| (group, *it)), grouping.by, top);
        let by = grouping.and_by.unwrap_or(By::Time);
        let seconds = self.cells.iter().filter_map(|((_, and), it)| and.as_ref().map(|and| (and, *it)));
        let second = ranks(seconds, by, top);
        let (mut cells, mut other) = (Vec::new(), 0);
        let sorted: BTreeMap<(Group, Option<Group>), u64> = self.cells.into_iter().collect();
        for ((group, and), logins) in sorted {
            let rank = first.get(&group).copied();
            let and_rank = and.as_ref().map_or(Some(0), |it| second.get(it).copied());
            match rank.zip(and_rank) {
                Some(rank) => cells.push((rank, Cell { group, and, logins })),
                None => other += logins,
            }
        }
        cells.sort_by_key(|(rank, _)| *rank);
        Top { cells: cells.into_iter().map(|(_, cell)| cell).collect(), other }
    }
}

/// The place of each group that is told.
fn ranks<'a>(cells: impl Iterator<Item = (&'a Group, u64)>, by: By, top: usize) -> BTreeMap<Group, usize> {
    let mut sums: BTreeMap<&Group, u64> = BTreeMap::new();
    for (group, logins) in cells {
        *sums.entry(group).or_default() += logins;
    }
    let mut groups: Vec<(&Group, u64)> = sums.into_iter().collect();
    if by.dimension().is_some() {
        // Of two that are as frequent, the first in order comes first.
        groups.sort_by_key(|(_, logins)| std::cmp::Reverse(*logins));
        groups.truncate(top);
    }
    groups.into_iter().enumerate().map(|(place, (group, _))| (group.clone(), place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouping(step: Step, zone: &str) -> Grouping {
        Grouping { by: By::Time, and_by: Some(By::Hour), step, zone: TimeZone::get(zone).unwrap() }
    }

    #[test]
    fn days_and_hours_are_those_of_the_zone() {
        let at = Timestamp::parse("2026-03-29T02:50:00Z").unwrap();
        for (step, zone, start, hour) in [
            (Step::Day, "UTC", "2026-03-29T00:00:00.000Z", 2),
            (Step::Hour, "UTC", "2026-03-29T02:00:00.000Z", 2),
            (Step::Quarter, "UTC", "2026-03-29T02:45:00.000Z", 2),
            // Summer time has begun that day.
            (Step::Day, "Europe/Berlin", "2026-03-28T23:00:00.000Z", 4),
            (Step::Day, "America/Sao_Paulo", "2026-03-28T03:00:00.000Z", 23),
            (Step::Hour, "Asia/Kolkata", "2026-03-29T02:30:00.000Z", 8),
            (Step::Quarter, "Asia/Kathmandu", "2026-03-29T02:45:00.000Z", 8),
        ] {
            let grouping = grouping(step, zone);
            let start = Group::At(Timestamp::parse(start).unwrap());
            let found = [By::Time, By::Hour].map(|by| grouping.time_of(by, at));
            assert_eq!(found, [Some(start), Some(Group::Hour(hour))], "{step:?} {zone}");
        }
    }

    #[test]
    fn the_most_frequent_values_are_told_and_all_times() {
        let grouping =
            Grouping { by: By::Values(Dimension::Asn), and_by: Some(By::Hour), ..grouping(Step::Day, "UTC") };
        let asn = |number| Group::Is(Counted::Asn(crate::domain::place::Asn::new(number).unwrap()));
        let mut table = Table::default();
        for (number, hour, logins) in [(7, 3, 1), (7, 2, 4), (8, 2, 3), (9, 2, 5), (9, 1, 0)] {
            table.add_to(asn(number), Some(Group::Hour(hour)), logins);
        }
        let Top { cells, other } = table.top(&grouping, 2);
        let told: Vec<_> = cells.into_iter().map(|it| (it.group, it.and, it.logins)).collect();
        let hour = |it| Some(Group::Hour(it));
        assert_eq!((told, other), (vec![(asn(7), hour(2), 4), (asn(7), hour(3), 1), (asn(9), hour(2), 5)], 3));
    }
}
