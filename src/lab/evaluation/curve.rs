//! How good the scores are: false alarms against misses at every threshold, and whether the scores are probabilities.

use crate::lab::evaluation::rate::Rate;

/// Scores of logins whose truth is known.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Scores of owners on known devices.
    owners: Vec<f64>,
    /// Scores of strangers.
    strangers: Vec<f64>,
    /// Scores of strangers whose browser is of the same class as one of the user's.
    hard: Vec<f64>,
    /// Scores of owners on devices that they had not used before.
    new_devices: Vec<f64>,
}

/// The shares of misses that are allowed, as one stranger in so many.
pub const MISSES_ONE_IN: [u64; 2] = [100, 500];
/// Into how many equal parts the range of scores is cut to check them as probabilities.
pub const BINS: usize = 10;

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Whether it counts only strangers whose browser is of the same class as one of the user's.
    pub hard: bool,
    /// How many strangers are counted.
    pub strangers: usize,
    /// At most one stranger in this many is recognized.
    pub misses_one_in: u64,
    /// Only scores above this are recognized; `None` if there are no strangers.
    pub above: Option<f64>,
    /// Owners' known devices that are then called new. Empty if there are no strangers.
    pub false_alarms: Rate,
}

/// The scores in one part of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// The sum of these scores.
    pub sum: f64,
    /// How many of the logins came from the known device.
    pub same: Rate,
}

/// Who a login really came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The owner on a known device.
    KnownDevice,
    /// The owner on another device.
    NewDevice,
    /// A stranger.
    Stranger {
        /// Whether the browser is of the same class as one of the user's.
        hard: bool,
    },
}

impl Scores {
    /// Adds a score in [0, 1].
    pub fn add(&mut self, source: Source, score: f64) {
        match source {
            Source::KnownDevice => self.owners.push(score),
            Source::NewDevice => self.new_devices.push(score),
            Source::Stranger { hard } => {
                self.strangers.push(score);
                if hard {
                    self.hard.push(score);
                }
            }
        }
    }

    /// The points of the curve at [`MISSES_ONE_IN`], for all strangers and for those of the same class.
    #[must_use]
    pub fn curve(&self) -> Vec<Point> {
        let against = |hard| MISSES_ONE_IN.map(|one_in| self.point(hard, one_in));
        [against(false), against(true)].concat()
    }

    /// The lowest threshold at which at most one stranger in `misses_one_in` is recognized, and the false alarms there.
    fn point(&self, hard: bool, misses_one_in: u64) -> Point {
        let mut falling = if hard { self.hard.clone() } else { self.strangers.clone() };
        falling.sort_by(|a, b| b.total_cmp(a));
        let allowed = usize::try_from(misses_one_in).map_or(0, |one_in| falling.len() / one_in);
        // The first stranger who must not be recognized. Others with the same score cannot be told apart from this one.
        let above = falling.get(allowed).copied();
        let mut false_alarms = Rate::default();
        if let Some(threshold) = above {
            self.owners.iter().for_each(|score| false_alarms.count(*score <= threshold));
        }
        Point { hard, strangers: falling.len(), misses_one_in, above, false_alarms }
    }

    /// The scores beside the truth, in equal parts of the range.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float is cut at the ends of the range"
    )]
    pub fn calibration(&self) -> [Bin; BINS] {
        let mut bins = [Bin::default(); BINS];
        for (score, same) in self.judged() {
            let bin = &mut bins[((score * 10.0) as usize).min(BINS - 1)];
            bin.sum += score;
            bin.same.count(same);
        }
        bins
    }

    /// The mean squared difference of score and truth (Brier, 1950): 0 is perfect, and tossing a coin gives 0.25.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    pub fn brier(&self) -> Option<f64> {
        let squares = self.judged().map(|(score, same)| (score - f64::from(u8::from(same))).powi(2));
        let (count, sum) = squares.fold((0_u64, 0.0), |(count, sum), square| (count + 1, sum + square));
        (count != 0).then(|| sum / count as f64)
    }

    /// Every score, and whether the login came from the known device.
    fn judged(&self) -> impl Iterator<Item = (f64, bool)> {
        let same = self.owners.iter().map(|&score| (score, true));
        same.chain(self.strangers.iter().chain(&self.new_devices).map(|&score| (score, false)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_lies_at_the_first_stranger_too_many() {
        let mut scores = Scores::default();
        // Strangers at 0.000, 0.001, … 0.199: one in a hundred leaves two of them above 0.197.
        (0..200).for_each(|nth| scores.add(Source::Stranger { hard: nth < 100 }, f64::from(nth) / 1000.0));
        for score in [0.05, 0.0985, 0.197, 0.1975, 0.9] {
            scores.add(Source::KnownDevice, score);
        }
        let found: Vec<_> =
            scores.curve().iter().map(|point| (point.strangers, point.above, point.false_alarms.hits)).collect();
        assert_eq!(found, [(200, Some(0.197), 3), (200, Some(0.199), 4), (100, Some(0.098), 1), (100, Some(0.099), 2)]);
        let empty = Scores::default().curve();
        assert!(empty.iter().all(|point| point.above.is_none() && point.false_alarms == Rate::default()));
    }

    #[test]
    fn a_probability_is_held_against_what_was_true() {
        let mut scores = Scores::default();
        assert_eq!(scores.brier(), None);
        for score in [1.0, 0.95, 0.5] {
            scores.add(Source::KnownDevice, score);
        }
        scores.add(Source::Stranger { hard: false }, 0.5);
        scores.add(Source::NewDevice, 0.0);
        let bins = scores.calibration();
        assert_eq!(bins[9], Bin { sum: 1.95, same: Rate { hits: 2, of: 2 } });
        assert_eq!(bins[5], Bin { sum: 1.0, same: Rate { hits: 1, of: 2 } });
        assert_eq!(bins[0].same, Rate { hits: 0, of: 1 });
        assert!((scores.brier().unwrap() - (0.0025 + 0.25 + 0.25) / 5.0).abs() < 1e-12);
    }
}
