//! What stands in the clear of a login as numbers, one for each column, and what a value says of such a number.

use std::ops::RangeInclusive;

use crate::domain::{
    ids::LoginId,
    login::login::Outcome,
    place::Asn,
    search::{
        clear::{
            facets::Facets,
            methods::{OWN, number_of},
            numbers::{of_country, of_level, of_status},
            tally::TWENTIETH,
        },
        query::{Query, Term},
        tallies::Dimension,
        truth::Truth,
        value::{Comparison, Score, Value},
    },
};

/// A column of a segment. Its number and what stands in it are a stored form: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The two letters of the country as one number; 0 if it is not known.
    Country = 1,
    /// The number of the network; 0 if it is not known.
    Asn = 2,
    /// The number of the method; 0 for none, [`OWN`] for one without a number.
    Method = 3,
    /// The code of the operating system.
    Os = 4,
    /// The code of the browser.
    Browser = 5,
    /// The signals, a bit for each.
    Signals = 6,
    /// The status (2 bits), the level (2), whether it failed (1), whether it raised an alert (1), the lowest bits first.
    Verdict = 7,
    /// The score of risk, in ten-thousandths.
    Score = 8,
    /// The partition in which the login lies.
    Partition = 9,
}

/// Some bits of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The column.
    pub column: Column,
    /// The lowest of the bits.
    pub shift: u32,
    /// Which bits are meant, once the lowest is the first.
    pub mask: u32,
}

const LEVEL_SHIFT: u32 = 2;
const FAILURE_SHIFT: u32 = 4;
const ALERT_SHIFT: u32 = 5;

impl Column {
    /// Every column, in the order of the numbers.
    pub const ALL: [Self; 9] = [
        Self::Country,
        Self::Asn,
        Self::Method,
        Self::Os,
        Self::Browser,
        Self::Signals,
        Self::Verdict,
        Self::Score,
        Self::Partition,
    ];

    /// How many bytes a number of it takes: 1, 2 or 4.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Country | Self::Score => 2,
            Self::Asn | Self::Signals => 4,
            Self::Method | Self::Os | Self::Browser | Self::Verdict | Self::Partition => 1,
        }
    }

    /// What stands in it for a login.
    #[must_use]
    pub fn number_of(self, id: LoginId, facets: &Facets) -> u32 {
        match self {
            Self::Country => facets.country.map_or(0, of_country),
            Self::Asn => facets.asn.map_or(0, Asn::get),
            Self::Method => facets.method.as_deref().map_or(0, |it| u32::from(number_of(it).unwrap_or(OWN))),
            Self::Os => u32::from(facets.os.code()),
            Self::Browser => u32::from(facets.browser.code()),
            Self::Signals => facets.signals.0,
            Self::Verdict => {
                of_status(facets.status)
                    | of_level(facets.level) << LEVEL_SHIFT
                    | u32::from(facets.outcome == Outcome::Failure) << FAILURE_SHIFT
                    | u32::from(facets.has_alert) << ALERT_SHIFT
            }
            Self::Score => u32::from(facets.score.parts()),
            Self::Partition => u32::from(id.partition().0),
        }
    }

    const fn whole(self) -> Bits {
        Bits { column: self, shift: 0, mask: u32::MAX }
    }
}

/// Two bits, or one, of the column of verdicts.
const fn verdict(shift: u32, mask: u32) -> Bits {
    Bits { column: Column::Verdict, shift, mask }
}

impl Dimension {
    /// Where its values stand. Signals are bits of theirs, and scores are not in twentieths.
    #[must_use]
    pub const fn bits(self) -> Bits {
        match self {
            Self::Country => Column::Country.whole(),
            Self::Asn => Column::Asn.whole(),
            Self::Method => Column::Method.whole(),
            Self::Os => Column::Os.whole(),
            Self::Browser => Column::Browser.whole(),
            Self::Signal => Column::Signals.whole(),
            Self::Status => verdict(0, 0b11),
            Self::Level => verdict(LEVEL_SHIFT, 0b11),
            Self::Outcome => verdict(FAILURE_SHIFT, 1),
            Self::Risk => Column::Score.whole(),
            Self::Alert => verdict(ALERT_SHIFT, 1),
        }
    }
}

/// What a value says of a login by what stands in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// This, where a number lies in a range, and no elsewhere.
    By(Bits, RangeInclusive<u32>, Truth),
    /// This of every login.
    Of(Truth),
}

impl Value {
    /// What columns tell of it. It is what the facets of a login tell, or that it is not known.
    #[must_use]
    pub fn told(&self) -> Told {
        let is = |dimension: Dimension, number: u32| Told::By(dimension.bits(), number..=number, Truth::Yes);
        match self {
            Self::Country(it) => is(Dimension::Country, of_country(*it)),
            Self::Asn(it) => is(Dimension::Asn, it.get()),
            Self::Status(it) => is(Dimension::Status, of_status(*it)),
            Self::Level(it) => is(Dimension::Level, of_level(*it)),
            Self::Risk(comparison, score) => Told::By(Dimension::Risk.bits(), scores(*comparison, *score), Truth::Yes),
            Self::Outcome(it) => is(Dimension::Outcome, u32::from(*it == Outcome::Failure)),
            Self::Method(it) => match number_of(it) {
                Some(number) => is(Dimension::Method, u32::from(number)),
                None => Told::By(Dimension::Method.bits(), u32::from(OWN)..=u32::from(OWN), Truth::Unknown),
            },
            Self::Signal(it) => {
                Told::By(Bits { column: Column::Signals, shift: *it as u32, mask: 1 }, 1..=1, Truth::Yes)
            }
            Self::Browser(it) => is(Dimension::Browser, u32::from(it.code())),
            Self::Os(it) => is(Dimension::Os, u32::from(it.code())),
            Self::Mail(None) => is(Dimension::Alert, 0),
            Self::Alert(_) | Self::Mail(Some(_)) | Self::Answer(_) | Self::Reference(_) => {
                Told::By(Dimension::Alert.bits(), 1..=1, Truth::Unknown)
            }
            Self::User(_)
            | Self::Address(_)
            | Self::Device(_)
            | Self::Fingerprint(_)
            | Self::Session(_)
            | Self::Email(_)
            | Self::Note(_)
            | Self::Verdict(_)
            | Self::Judged(_)
            | Self::Policy(_)
            | Self::Login(_)
            | Self::Like(_) => Told::Of(Truth::Unknown),
        }
    }
}

/// The scores that compare like this, in ten-thousandths; an empty range if none does.
fn scores(comparison: Comparison, score: Score) -> RangeInclusive<u32> {
    const EMPTY: (u32, u32) = (1, 0);
    let it = u32::from(score.parts());
    let (first, last) = match comparison {
        Comparison::Equal => (it, it),
        Comparison::Less => it.checked_sub(1).map_or(EMPTY, |last| (0, last)),
        Comparison::AtMost => (0, it),
        Comparison::More => (it + 1, u32::MAX),
        Comparison::AtLeast => (it, u32::MAX),
    };
    first..=last
}

/// In which twentieth a score lies, as it is counted.
#[must_use]
pub const fn twentieth_of(score: u32) -> u32 {
    score / TWENTIETH as u32
}

impl Query {
    /// The columns that tell of it, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let column = |it: &Value| match it.told() {
            Told::By(bits, ..) => Some(bits.column),
            Told::Of(_) => None,
        };
        let mut columns: Vec<Column> = self.terms().iter().flat_map(Term::values).filter_map(column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}
