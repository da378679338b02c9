//! Whether probabilities are right: of the comparisons that got 70 %, seven in ten should be the same device.

use std::fmt;

use crate::{
    domain::{browser::attributes::ATTRIBUTES, recognition::weights_table::Row},
    lab::training::{examples::Example, fit::bits},
};

/// How many bins of probability there are, of equal width.
const BINS: usize = 10;

/// How well a table does on examples.
#[derive(Clone, Debug, Default)]
pub struct Calibration {
    bins: [Bin; BINS],
    loss_nats: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    examples: u32,
    same: u32,
    probability: f64,
}

impl Calibration {
    /// Judges a table by examples that it was not fitted to.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a probability times ten is a small number, and counts are exact in f64"
    )]
    pub fn of(rows: &[Row; ATTRIBUTES], examples: &[&Example]) -> Self {
        let mut calibration = Self::default();
        for example in examples {
            let probability = 1.0 / (1.0 + (-bits(rows, example)).exp2());
            let bin = &mut calibration.bins[((probability * BINS as f64) as usize).min(BINS - 1)];
            bin.examples += 1;
            bin.same += u32::from(example.same);
            bin.probability += probability;
            let of_truth = if example.same { probability } else { 1.0 - probability };
            calibration.loss_nats -= of_truth.max(f64::MIN_POSITIVE).ln() / examples.len() as f64;
        }
        calibration
    }

    /// The mean logarithmic loss, in nats. 0 means always right, and certain of it.
    #[must_use]
    pub const fn loss_nats(&self) -> f64 {
        self.loss_nats
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16}{:>14}{:>18}{:>14}", "probability", "comparisons", "mean", "same device")?;
        for (at, it) in self.bins.iter().enumerate() {
            let share = |part: f64| match it.examples {
                0 => "–".to_owned(),
                all => format!("{:.1} %", 100.0 * part / f64::from(all)),
            };
            let (mean, same) = (share(it.probability), share(f64::from(it.same)));
            writeln!(f, "{:<16}{:>14}{mean:>18}{same:>14}", format!("{at}0 to {}0 %", at + 1), it.examples)?;
        }
        writeln!(f, "logarithmic loss {:.4} nats", self.loss_nats)
    }
}
