//! The stored form of a tally: how many logins of a quarter hour have which values. About 2 kB for a busy one.
//!
//! Form 1, in order: number of logins; then sections, each with its number, how many bytes follow, and these. In sections up
//! to `TEXTS`, for each value that is counted: the difference of its number from the one before, and how many logins have
//! it. In the section of texts: the method, and how many logins. Within a section, values are in order.
//!
//! A section that nobody asks for is passed over, and one that does not change is copied: a tally is changed with every group
//! of commits.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::search::{
        clear::{
            facets::Facets,
            tally::{Counted, Tally},
        },
        tallies::Dimension,
    },
};

const FORM: u8 = 1;
/// The section of methods that have no number.
const TEXTS: u8 = 12;

/// How a tally is to change: what comes is positive, and what goes is negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    logins: i64,
    numbers: BTreeMap<(u8, u32), i64>,
    texts: BTreeMap<String, i64>,
}

impl Delta {
    /// Counts a login that comes, or with `-1` one that goes.
    pub fn add(&mut self, facets: &Facets, sign: i64) {
        self.logins += sign;
        for counted in Counted::of(facets) {
            match key_of(&counted) {
                Key::Number(section, number) => *self.numbers.entry((section, number)).or_default() += sign,
                Key::Text(text) => *self.texts.entry(text).or_default() += sign,
            }
        }
    }

    /// Adds another.
    pub fn merge(&mut self, other: Self) {
        self.logins += other.logins;
        for (key, count) in other.numbers {
            *self.numbers.entry(key).or_default() += count;
        }
        for (key, count) in other.texts {
            *self.texts.entry(key).or_default() += count;
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.logins == 0 && self.numbers.values().chain(self.texts.values()).all(|it| *it == 0)
    }
}

/// A tally that is stored, empty if there is none, after a change; `None` if nothing is left to count.
///
/// # Errors
/// The bytes are not the stored form of a tally.
pub fn changed(stored: &[u8], delta: &Delta) -> Result<Option<Vec<u8>>, Malformed> {
    let (logins, mut sections) = sections(stored)?;
    let logins = changed_count(logins, delta.logins);
    if logins == 0 {
        return Ok(None);
    }
    let mut out = Writer::new(FORM);
    out.number(logins);
    for section in 1..=TEXTS {
        let old = sections.remove(&section).unwrap_or_default();
        let changes = delta.numbers.range((section, 0)..=(section, u32::MAX));
        let new = match section {
            TEXTS if !delta.texts.is_empty() => Cow::Owned(changed_texts(old, &delta.texts)?),
            1..TEXTS if changes.clone().next().is_some() => {
                Cow::Owned(changed_numbers(old, changes.map(|((_, number), count)| (*number, *count)))?)
            }
            _ => Cow::Borrowed(old),
        };
        if !new.is_empty() {
            out.byte(section);
            out.count(new.len());
            out.raw(&new);
        }
    }
    Ok(Some(out.finish()))
}

/// Reads what a tally says of some dimensions.
///
/// # Errors
/// The bytes are not the stored form of a tally.
pub fn decode(bytes: &[u8], dimensions: &[Dimension]) -> Result<Tally, Malformed> {
    let (logins, sections) = sections(bytes)?;
    let mut tally = Tally { logins, counts: Vec::new() };
    for &dimension in dimensions {
        let section = section_of(dimension);
        if let Some(bytes) = sections.get(&section) {
            for_each_number(bytes, |number, count| {
                let counted = Counted::of_number(dimension, number).ok_or(Malformed::Impossible("counted value"))?;
                tally.counts.push((counted, count));
                Ok(())
            })?;
        }
        if let (Dimension::Method, Some(bytes)) = (dimension, sections.get(&TEXTS)) {
            for_each_text(bytes, |text, count| tally.counts.push((Counted::Method(Cow::Owned(text)), count)))?;
        }
    }
    // Numbers are in order of their values, but for methods.
    if !tally.counts.is_sorted() {
        tally.counts.sort_unstable();
    }
    Ok(tally)
}

/// The number of logins, and the bytes of each section.
fn sections(bytes: &[u8]) -> Result<(u64, BTreeMap<u8, &[u8]>), Malformed> {
    if bytes.is_empty() {
        return Ok((0, BTreeMap::new()));
    }
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let logins = from.number()?;
    let (mut sections, mut last) = (BTreeMap::new(), 0);
    while !from.rest().is_empty() {
        let section = from.byte()?;
        if section <= last || section > TEXTS {
            return Err(Malformed::Impossible("section"));
        }
        last = section;
        sections.insert(section, from.bytes()?);
    }
    Ok((logins, sections))
}

fn changed_numbers(old: &[u8], changes: impl Iterator<Item = (u32, i64)>) -> Result<Vec<u8>, Malformed> {
    let (mut out, mut last) = (Writer::bare(), 0);
    let mut put = |number: u32, count: u64| {
        if count > 0 {
            out.number(number - last);
            out.number(count);
            last = number;
        }
    };
    let mut changes = changes.peekable();
    for_each_number(old, |number, count| {
        while let Some((new, change)) = changes.next_if(|(it, _)| *it < number) {
            put(new, changed_count(0, change));
        }
        let change = changes.next_if(|(it, _)| *it == number).map_or(0, |(_, change)| change);
        put(number, changed_count(count, change));
        Ok(())
    })?;
    for (new, change) in changes {
        put(new, changed_count(0, change));
    }
    Ok(out.finish())
}

fn changed_texts(old: &[u8], changes: &BTreeMap<String, i64>) -> Result<Vec<u8>, Malformed> {
    let mut counts = BTreeMap::new();
    for_each_text(old, |text, count| {
        counts.insert(text, count);
    })?;
    for (text, change) in changes {
        let count = counts.entry(text.clone()).or_default();
        *count = changed_count(*count, *change);
    }
    let mut out = Writer::bare();
    for (text, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        out.text(&text);
        out.number(count);
    }
    Ok(out.finish())
}

/// Nothing is counted less often than never.
fn changed_count(count: u64, change: i64) -> u64 {
    count.saturating_add_signed(change)
}

fn for_each_number(bytes: &[u8], mut visit: impl FnMut(u32, u64) -> Result<(), Malformed>) -> Result<(), Malformed> {
    let (mut from, mut last) = (Reader::bare(bytes), 0_u32);
    while !from.rest().is_empty() {
        last = last.checked_add(from.number()?).ok_or(Malformed::Impossible("counted value"))?;
        visit(last, from.number()?)?;
    }
    Ok(())
}

fn for_each_text(bytes: &[u8], mut visit: impl FnMut(String, u64)) -> Result<(), Malformed> {
    let mut from = Reader::bare(bytes);
    while !from.rest().is_empty() {
        visit(from.text()?, from.number()?);
    }
    Ok(())
}

/// The number of a section. A stored form: never renumber.
const fn section_of(dimension: Dimension) -> u8 {
    match dimension {
        Dimension::Country => 1,
        Dimension::Asn => 2,
        Dimension::Method => 3,
        Dimension::Os => 4,
        Dimension::Browser => 5,
        Dimension::Signal => 6,
        Dimension::Status => 7,
        Dimension::Level => 8,
        Dimension::Outcome => 9,
        Dimension::Risk => 10,
        Dimension::Alert => 11,
    }
}

/// Where a value is counted.
enum Key {
    Number(u8, u32),
    Text(String),
}

fn key_of(counted: &Counted) -> Key {
    match (counted.number(), counted) {
        (Some(number), _) => Key::Number(section_of(counted.dimension()), number),
        (None, Counted::Method(text)) => Key::Text(text.clone().into_owned()),
        // Only methods have no number.
        (None, _) => Key::Number(section_of(counted.dimension()), 0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::domain::{
        agent::{Browser, Os},
        place::{Asn, Country},
        policy::policy::Level,
        recognition::verdict::DeviceStatus,
    };

    /// A login of few kinds, so that they meet.
    fn facets() -> impl Strategy<Value = Facets> {
        let method = prop_oneof![Just(None), Just(Some("passkey")), Just(Some("otp")), Just(Some("our own"))];
        (0..4_u8, 0..3_u32, method, 0..8_u32, any::<bool>()).prop_map(|(place, asn, method, signals, is_bad)| Facets {
            country: [None, Country::parse("BR"), Country::parse("AD"), Country::parse("ZW")][usize::from(place)],
            asn: Asn::new(asn * 70_000),
            method: method.map(Cow::Borrowed),
            os: Os::from_code(place),
            browser: Browser::from_code(place + 1),
            signals: crate::domain::search::clear::facets::SignalSet(signals << 1),
            status: DeviceStatus::ALL[usize::from(place)],
            level: if is_bad { Level::High } else { Level::Low },
            score: crate::domain::search::value::Score::from_parts(if is_bad { 9_700 } else { 12 }).unwrap(),
            outcome: if is_bad {
                crate::domain::login::login::Outcome::Failure
            } else {
                crate::domain::login::login::Outcome::Success
            },
            has_alert: is_bad,
        })
    }

    fn counted(logins: &[Facets]) -> Option<Vec<u8>> {
        let mut delta = Delta::default();
        for it in logins {
            delta.add(it, 1);
        }
        changed(&[], &delta).unwrap()
    }

    proptest! {
        #[test]
        fn what_comes_and_goes_leaves_the_tally_of_the_rest(stay in vec(facets(), 0..9), go in vec(facets(), 0..9)) {
            let (mut come, mut leave) = (Delta::default(), Delta::default());
            for it in stay.iter().chain(&go) {
                come.add(it, 1);
            }
            for it in &go {
                leave.add(it, -1);
            }
            let all = changed(&[], &come).unwrap().unwrap_or_default();
            prop_assert_eq!(changed(&all, &leave).unwrap(), counted(&stay));
            // One at a time, and in one change.
            let mut each = Vec::new();
            for it in &stay {
                let mut delta = Delta::default();
                delta.add(it, 1);
                each = changed(&each, &delta).unwrap().unwrap_or_default();
            }
            prop_assert_eq!(each, counted(&stay).unwrap_or_default());
            come.merge(leave);
            prop_assert_eq!(changed(&[], &come).unwrap(), counted(&stay));
        }

        #[test]
        fn a_tally_is_read_as_it_was_counted(logins in vec(facets(), 1..9)) {
            let mut expected = BTreeMap::new();
            for it in logins.iter().flat_map(Counted::of) {
                *expected.entry(it).or_insert(0) += 1;
            }
            let bytes = counted(&logins).unwrap();
            let tally = decode(&bytes, &Dimension::ALL).unwrap();
            prop_assert_eq!(tally.logins, logins.len() as u64);
            prop_assert_eq!(&tally.counts, &expected.into_iter().collect::<Vec<_>>());
            let some = decode(&bytes, &[Dimension::Level, Dimension::Method]).unwrap();
            let is_asked = |it: &&(Counted, u64)| matches!(it.0.dimension(), Dimension::Level | Dimension::Method);
            prop_assert_eq!(some.counts, tally.counts.iter().filter(is_asked).cloned().collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_a_tally_or_refused(bytes in vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes, &Dimension::ALL);
            let _ = decode(&[&[FORM], &bytes[..]].concat(), &Dimension::ALL);
        }
    }
}
