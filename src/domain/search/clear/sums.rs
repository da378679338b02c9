//! How often numbers come, millions of them while somebody waits.

use rustc_hash::FxHashMap;

/// Numbers below have a place of their own, which is a step to find: those of all countries, and of nearly all networks. It takes
/// 4 MB at most.
const PLACES: usize = 1 << 19;

/// Sums by number.
#[derive(Debug, Default)]
pub struct Sums {
    /// By number, for those that are small.
    places: Vec<u64>,
    /// Which of them are not zero.
    found: Vec<u32>,
    /// Those of the others.
    others: FxHashMap<u32, u64>,
}

impl Sums {
    /// Adds one.
    pub fn add(&mut self, number: u32) {
        match self.places.get_mut(number as usize) {
            Some(sum) => {
                if *sum == 0 {
                    self.found.push(number);
                }
                *sum += 1;
            }
            None => self.add_beyond(number),
        }
    }

    #[cold]
    fn add_beyond(&mut self, number: u32) {
        let place = number as usize;
        if place < PLACES {
            self.places.resize((place + 1).next_power_of_two(), 0);
            self.add(number);
        } else {
            *self.others.entry(number).or_default() += 1;
        }
    }

    /// The sums of all numbers that came, each once, in no order. Then there are none.
    pub fn take(&mut self) -> impl Iterator<Item = (u32, u64)> {
        let Self { places, found, others } = self;
        let small = found.drain(..).map(|number| (number, std::mem::take(&mut places[number as usize])));
        small.chain(others.drain())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_number_is_summed_and_taken_once() {
        let numbers = [0, 7, 0, 65_535, 65_536, 524_287, 524_288, u32::MAX, 7, 0, u32::MAX];
        let mut sums = Sums::default();
        for round in 1..3 {
            let mut expected = BTreeMap::new();
            for number in numbers.into_iter().cycle().take(round * numbers.len()) {
                sums.add(number);
                *expected.entry(number).or_insert(0) += 1;
            }
            let taken: Vec<_> = sums.take().collect();
            assert_eq!(taken.len(), expected.len());
            assert_eq!(taken.into_iter().collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
