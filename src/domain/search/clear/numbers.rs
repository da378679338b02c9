//! The numbers that stand for values, in what is counted and in columns. A stored form: never renumber.

use std::borrow::Cow;

use crate::domain::{
    agent::{Browser, Os},
    place::{Asn, Country},
    policy::policy::{Level, SignalKind},
    recognition::verdict::DeviceStatus,
    search::{
        clear::{
            methods::{method_of, number_of},
            tally::Counted,
        },
        tallies::Dimension,
    },
};

impl Counted {
    /// The number of this value, among those of its dimension; `None` of a method that has none.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        Some(match self {
            Self::Country(it) => of_country(*it),
            Self::Asn(it) => it.get(),
            Self::Method(it) => u32::from(number_of(it)?),
            Self::Os(it) => u32::from(it.code()),
            Self::Browser(it) => u32::from(it.code()),
            Self::Signal(it) => *it as u32,
            Self::Status(it) => of_status(*it),
            Self::Level(it) => of_level(*it),
            Self::Risk(it) => u32::from(*it),
            Self::Failure | Self::Alert => 1,
        })
    }

    /// The value of a number; `None` if no such number is written.
    #[must_use]
    pub fn of_number(dimension: Dimension, number: u32) -> Option<Self> {
        let byte = u8::try_from(number).ok();
        Some(match dimension {
            Dimension::Country => Self::Country(Country::from_letters(u16::try_from(number).ok()?.to_be_bytes())?),
            Dimension::Asn => Self::Asn(Asn::new(number)?),
            Dimension::Method => Self::Method(Cow::Borrowed(method_of(byte?)?)),
            Dimension::Os => Self::Os(Os::from_code(byte?)),
            Dimension::Browser => Self::Browser(Browser::from_code(byte?)),
            Dimension::Signal => Self::Signal(SignalKind::from_code(byte?)?),
            Dimension::Status => Self::Status(*DeviceStatus::ALL.get(usize::from(byte?))?),
            Dimension::Level => Self::Level(*Level::ALL.get(usize::from(byte?))?),
            Dimension::Outcome => Self::Failure,
            Dimension::Risk => Self::Risk(byte?),
            Dimension::Alert => Self::Alert,
        })
    }
}

/// The number of a country: its two letters.
#[must_use]
pub fn of_country(country: Country) -> u32 {
    u32::from(u16::from_be_bytes(country.letters()))
}

/// The number of a verdict on the device: at most two bits.
#[must_use]
pub fn of_status(status: DeviceStatus) -> u32 {
    place(&DeviceStatus::ALL, &status)
}

/// The number of a level of risk: at most two bits.
#[must_use]
pub fn of_level(level: Level) -> u32 {
    place(&Level::ALL, &level)
}

/// The place in a closed list of at most four.
fn place<T: PartialEq>(list: &[T], value: &T) -> u32 {
    let place = list.iter().position(|it| it == value);
    place.and_then(|it| u32::try_from(it).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_that_of_its_number() {
        for dimension in Dimension::ALL {
            let values: Vec<Counted> = (1..70_000).filter_map(|it| Counted::of_number(dimension, it)).collect();
            assert!(!values.is_empty(), "{dimension:?}");
            for value in values {
                let number = value.number().unwrap();
                assert_eq!((value.dimension(), Counted::of_number(dimension, number)), (dimension, Some(value)));
            }
        }
        assert_eq!(Counted::Method(Cow::Borrowed("our own")).number(), None);
    }

    #[test]
    fn numbers_stay_as_they_are_stored() {
        let country = Country::parse("BR").unwrap();
        let numbers = [
            (Counted::Country(country), 0x4252),
            (Counted::Method(Cow::Borrowed("passkey")), 2),
            (Counted::Status(DeviceStatus::ALL[2]), 2),
            (Counted::Level(Level::High), 2),
            (Counted::Risk(20), 20),
            (Counted::Failure, 1),
        ];
        for (value, number) in numbers {
            assert_eq!(value.number(), Some(number), "{value:?}");
        }
    }
}
