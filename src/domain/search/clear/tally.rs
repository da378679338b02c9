//! How many logins of a quarter hour have which values, and what that tells of a term.

use std::borrow::Cow;

use crate::domain::{
    agent::{Browser, Os},
    login::login::Outcome,
    place::{Asn, Country},
    policy::policy::{Level, SignalKind},
    recognition::verdict::DeviceStatus,
    search::{
        clear::facets::Facets,
        query::{Query, Term},
        tallies::{Dimension, Quarter},
        value::{Comparison, Score, Value},
    },
};

/// A value that is counted. Where one of a dimension is usual, it is not counted: it is what is left of all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// A country.
    Country(Country),
    /// A network.
    Asn(Asn),
    /// A method.
    Method(Cow<'static, str>),
    /// An operating system.
    Os(Os),
    /// A browser.
    Browser(Browser),
    /// A signal.
    Signal(SignalKind),
    /// A verdict on the device, other than `recognized`.
    Status(DeviceStatus),
    /// A level of risk, other than `low`.
    Level(Level),
    /// That the user did not get in.
    Failure,
    /// A score of risk: in which twentieth it lies, 1 to 20; 1.0 is in the 20th.
    Risk(u8),
    /// That an alert was raised.
    Alert,
}

/// How wide a twentieth of the scores of risk is, in ten-thousandths.
pub const TWENTIETH: u16 = 500;

/// How many logins of a quarter hour there are, and how many have which values, of the dimensions that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All logins.
    pub logins: u64,
    /// How many have a value: each value once, in order.
    pub counts: Vec<(Counted, u64)>,
}

/// The tally of a quarter hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarterTally {
    /// When.
    pub quarter: Quarter,
    /// How many.
    pub tally: Tally,
}

impl Counted {
    /// What it is a value of.
    #[must_use]
    pub const fn dimension(&self) -> Dimension {
        match self {
            Self::Country(_) => Dimension::Country,
            Self::Asn(_) => Dimension::Asn,
            Self::Method(_) => Dimension::Method,
            Self::Os(_) => Dimension::Os,
            Self::Browser(_) => Dimension::Browser,
            Self::Signal(_) => Dimension::Signal,
            Self::Status(_) => Dimension::Status,
            Self::Level(_) => Dimension::Level,
            Self::Failure => Dimension::Outcome,
            Self::Risk(_) => Dimension::Risk,
            Self::Alert => Dimension::Alert,
        }
    }

    /// Under which values a login is counted.
    #[must_use]
    pub fn of(facets: &Facets) -> Vec<Self> {
        let twentieth = u8::try_from(facets.score.parts() / TWENTIETH).unwrap_or_default();
        let mut values = vec![Self::Os(facets.os), Self::Browser(facets.browser)];
        values.extend(facets.country.map(Self::Country));
        values.extend(facets.asn.map(Self::Asn));
        values.extend(facets.method.clone().map(Self::Method));
        values.extend(facets.signals.iter().map(Self::Signal));
        values.extend(Some(Self::Status(facets.status)).filter(|_| facets.status != DeviceStatus::Recognized));
        values.extend(Some(Self::Level(facets.level)).filter(|_| facets.level != Level::Low));
        values.extend(Some(Self::Failure).filter(|_| facets.outcome == Outcome::Failure));
        values.extend(Some(Self::Risk(twentieth)).filter(|_| twentieth > 0));
        values.extend(Some(Self::Alert).filter(|_| facets.has_alert));
        values
    }

    /// The same value as a query has it; `None` of a score.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        Some(match self {
            Self::Country(it) => Value::Country(*it),
            Self::Asn(it) => Value::Asn(*it),
            Self::Method(it) => Value::Method(it.clone().into_owned()),
            Self::Os(it) => Value::Os(*it),
            Self::Browser(it) => Value::Browser(*it),
            Self::Signal(it) => Value::Signal(*it),
            Self::Status(it) => Value::Status(*it),
            Self::Level(it) => Value::Level(*it),
            Self::Failure => Value::Outcome(Outcome::Failure),
            Self::Risk(_) | Self::Alert => return None,
        })
    }
}

/// How many logins have a value, as far as counts tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    /// So many at least.
    least: u64,
    /// So many at most.
    most: u64,
}

impl Tally {
    /// How many logins have a value that is counted.
    #[must_use]
    pub fn of(&self, counted: &Counted) -> u64 {
        let found = self.counts.binary_search_by(|(it, _)| it.cmp(counted));
        found.ok().and_then(|at| self.counts.get(at)).map_or(0, |(_, logins)| *logins)
    }

    /// How many logins have values of a dimension, each value of a login counted.
    #[must_use]
    pub fn sum(&self, dimension: Dimension) -> u64 {
        self.counts.iter().filter(|(it, _)| it.dimension() == dimension).map(|(_, logins)| logins).sum()
    }

    /// Whether a login may be among them that a query asks for. It says no only if there is none.
    #[must_use]
    pub fn may_have(&self, query: &Query) -> bool {
        self.logins > 0 && query.terms().iter().all(|it| self.bounds(it).most > 0)
    }

    /// How many logins there are for which a term holds; `None` if counts do not tell.
    #[must_use]
    pub fn matching(&self, term: &Term) -> Option<u64> {
        let Bounds { least, most } = self.bounds(term);
        (least == most).then_some(most)
    }

    fn bounds(&self, term: &Term) -> Bounds {
        let each: Vec<Bounds> = term.values().iter().map(|it| self.bounds_of(it)).collect();
        // A login has one value of a field, but may have several signals.
        let may_overlap = term.values().iter().any(|it| matches!(it, Value::Signal(_)));
        let least = if may_overlap {
            each.iter().map(|it| it.least).max().unwrap_or_default()
        } else {
            each.iter().map(|it| it.least).sum()
        };
        let most = each.iter().fold(0_u64, |sum, it| sum.saturating_add(it.most)).min(self.logins);
        if term.is_negated() {
            Bounds { least: self.logins - most, most: self.logins.saturating_sub(least) }
        } else {
            Bounds { least, most }
        }
    }

    fn bounds_of(&self, value: &Value) -> Bounds {
        let exactly = |logins| Bounds { least: logins, most: logins };
        let rest = |dimension| exactly(self.logins.saturating_sub(self.sum(dimension)));
        match value {
            Value::Country(it) => exactly(self.of(&Counted::Country(*it))),
            Value::Asn(it) => exactly(self.of(&Counted::Asn(*it))),
            Value::Method(it) => exactly(self.of(&Counted::Method(Cow::Owned(it.clone())))),
            Value::Os(it) => exactly(self.of(&Counted::Os(*it))),
            Value::Browser(it) => exactly(self.of(&Counted::Browser(*it))),
            Value::Signal(it) => exactly(self.of(&Counted::Signal(*it))),
            Value::Status(DeviceStatus::Recognized) => rest(Dimension::Status),
            Value::Status(it) => exactly(self.of(&Counted::Status(*it))),
            Value::Level(Level::Low) => rest(Dimension::Level),
            Value::Level(it) => exactly(self.of(&Counted::Level(*it))),
            Value::Outcome(Outcome::Success) => rest(Dimension::Outcome),
            Value::Outcome(Outcome::Failure) => exactly(self.of(&Counted::Failure)),
            Value::Risk(comparison, score) => self.bounds_of_risk(*comparison, *score),
            Value::Mail(None) => rest(Dimension::Alert),
            Value::Alert(_) | Value::Mail(Some(_)) | Value::Answer(_) | Value::Reference(_) => {
                Bounds { least: 0, most: self.of(&Counted::Alert) }
            }
            Value::User(_)
            | Value::Address(_)
            | Value::Device(_)
            | Value::Fingerprint(_)
            | Value::Session(_)
            | Value::Email(_)
            | Value::Note(_)
            | Value::Verdict(_)
            | Value::Judged(_)
            | Value::Policy(_)
            | Value::Login(_)
            | Value::Like(_) => Bounds { least: 0, most: self.logins },
        }
    }

    /// A twentieth is all meant, or in part, or not at all.
    fn bounds_of_risk(&self, comparison: Comparison, score: Score) -> Bounds {
        let mut bounds = Bounds { least: 0, most: 0 };
        for twentieth in 0..=20_u8 {
            let logins = match twentieth {
                0 => self.logins.saturating_sub(self.sum(Dimension::Risk)),
                it => self.of(&Counted::Risk(it)),
            };
            let first = u16::from(twentieth) * TWENTIETH;
            // 1.0 is alone in the last one.
            let last = if twentieth == 20 { first } else { first + TWENTIETH - 1 };
            let holds = |parts: u16| comparison.holds(parts.cmp(&score.parts()));
            let of_equal = comparison == Comparison::Equal && (first..=last).contains(&score.parts());
            let (all, some) = (holds(first) && holds(last), holds(first) || holds(last) || of_equal);
            bounds.least += if all { logins } else { 0 };
            bounds.most += if some { logins } else { 0 };
        }
        bounds
    }
}

impl Query {
    /// Which counts tell what [`Tally::may_have`] asks.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let mut dimensions: Vec<Dimension> = self.terms().iter().filter_map(|it| it.field().dimension()).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        dimensions
    }
}
