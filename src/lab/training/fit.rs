//! Logistic regression on the sum of weights that matching uses. It is drawn towards the present weights: where a log
//! says little, they stay.

use crate::{
    domain::{
        browser::{
            attributes::{ATTRIBUTES, Attribute},
            class::{CLASSES, GAPS},
        },
        recognition::{
            verdict::Agreement,
            weights_table::{ROWS, Row},
        },
    },
    lab::training::examples::Example,
};

/// How far a weight may move from the present one, in bits, before that costs as much as one example that is wrong by
/// one nat: for all classes together, and for one class alone.
const SHARED_SPREAD: f64 = 1.0;
const CLASS_SPREAD: f64 = 0.5;
/// Examples are weighted as if there were this many, half of them of the same device, however long the log is: repeated
/// comparisons of the same two machines are not independent.
const EXAMPLES: f64 = 4_000.0;
/// How many steps the descent takes, and how wide the first is, in bits. More steps change no weight by a hundredth of
/// a bit.
const STEPS: i32 = 600;
const STEP_BITS: f64 = 0.05;

/// The parameters, in bits, as in the table.
#[derive(Clone, Debug)]
struct Parameters {
    agreed: [[f64; CLASSES]; ATTRIBUTES],
    changed: [[f64; CLASSES]; ATTRIBUTES],
    similar: [f64; ATTRIBUTES],
    drift: [[f64; GAPS - 1]; ATTRIBUTES],
}

impl Parameters {
    fn of_table(rows: &[Row; ATTRIBUTES]) -> Self {
        Self {
            agreed: rows.each_ref().map(|row| row.agreed.map(f64::from)),
            changed: rows.each_ref().map(|row| row.changed.map(f64::from)),
            similar: rows.each_ref().map(|row| f64::from(row.similar)),
            drift: rows.each_ref().map(|row| row.drift.map(f64::from)),
        }
    }

    const NOTHING: Self = Self {
        agreed: [[0.0; CLASSES]; ATTRIBUTES],
        changed: [[0.0; CLASSES]; ATTRIBUTES],
        similar: [0.0; ATTRIBUTES],
        drift: [[0.0; GAPS - 1]; ATTRIBUTES],
    };

    /// All parameters, always in the same order.
    fn numbers(&mut self) -> impl Iterator<Item = &mut f64> {
        let classes = self.agreed.iter_mut().chain(&mut self.changed).flatten();
        classes.chain(&mut self.similar).chain(self.drift.iter_mut().flatten())
    }

    /// The sum of evidence in an example, in bits.
    fn bits(&self, example: &Example) -> f64 {
        let class = example.class as usize;
        let attributes = example.agreements.iter().enumerate().map(|(at, agreement)| match agreement {
            Agreement::Absent => 0.0,
            Agreement::Agreed => self.agreed[at][class],
            Agreement::Changed => (self.changed[at][class] + self.drifted(at, example)).min(0.0),
            Agreement::Similar => self.similar[at] + self.drifted(at, example),
        });
        example.rest_bits + attributes.sum::<f64>()
    }

    fn drifted(&self, attribute: usize, example: &Example) -> f64 {
        (example.gap as usize).checked_sub(1).map_or(0.0, |gap| self.drift[attribute][gap])
    }

    /// Adds an example's part of the gradient.
    fn add_slope(&mut self, example: &Example, slope: f64) {
        let class = example.class as usize;
        for (at, agreement) in example.agreements.iter().enumerate() {
            match agreement {
                Agreement::Absent => continue,
                Agreement::Agreed => {
                    self.agreed[at][class] += slope;
                    continue;
                }
                Agreement::Changed => self.changed[at][class] += slope,
                Agreement::Similar => self.similar[at] += slope,
            }
            if let Some(gap) = (example.gap as usize).checked_sub(1) {
                self.drift[at][gap] += slope;
            }
        }
    }

    /// Enforces what every table must satisfy: agreement is never evidence against, a change is never evidence for, and
    /// a change weighs no more after a longer gap.
    fn keep_in_bounds(&mut self) {
        self.agreed.iter_mut().flatten().for_each(|bits| *bits = bits.max(0.0));
        self.changed.iter_mut().flatten().for_each(|bits| *bits = bits.min(0.0));
        for drift in &mut self.drift {
            drift.iter_mut().fold(0.0_f64, |least, bits| {
                *bits = bits.max(least);
                *bits
            });
        }
    }
}

/// Fits the table to examples.
#[must_use]
pub fn fit(examples: &[&Example]) -> [Row; ATTRIBUTES] {
    let prior = Parameters::of_table(&ROWS);
    let mut parameters = prior.clone();
    let mut moments = Moments { mean: Parameters::NOTHING, square: Parameters::NOTHING };
    let counts = balance(examples);
    for step in 1..=STEPS {
        let mut slope = Parameters::NOTHING;
        for example in examples {
            let probability = 1.0 / (1.0 + (-parameters.bits(example)).exp2());
            let error = probability - f64::from(u8::from(example.same));
            slope.add_slope(example, counts[usize::from(example.same)] * error * std::f64::consts::LN_2);
        }
        draw_back(&mut slope, &mut parameters.clone(), &prior);
        descend(&mut parameters, &mut slope, &mut moments, step);
        parameters.keep_in_bounds();
    }
    rows(&parameters)
}

/// The weight of one example, by whether it is of the same device, such that both kinds count the same in total.
#[expect(clippy::cast_precision_loss, reason = "counts of examples are exact in f64")]
fn balance(examples: &[&Example]) -> [f64; 2] {
    let same = examples.iter().filter(|it| it.same).count();
    [examples.len() - same, same].map(|count| EXAMPLES / 2.0 / count.max(1) as f64)
}

/// Adds the gradient of the penalty for moving from the prior: small for what all classes do together, larger for one
/// alone.
fn draw_back(slope: &mut Parameters, parameters: &mut Parameters, prior: &Parameters) {
    let classes = slope.agreed.iter_mut().chain(&mut slope.changed);
    let now = parameters.agreed.iter().chain(&parameters.changed);
    let then = prior.agreed.iter().chain(&prior.changed);
    for ((slope, now), then) in classes.zip(now).zip(then) {
        let strayed: Vec<f64> = now.iter().zip(then).map(|(now, then)| now - then).collect();
        #[expect(clippy::cast_precision_loss, reason = "there are seven classes")]
        let shared = strayed.iter().sum::<f64>() / CLASSES as f64;
        for (slope, strayed) in slope.iter_mut().zip(strayed) {
            *slope += shared / SHARED_SPREAD.powi(2) + (strayed - shared) / CLASS_SPREAD.powi(2);
        }
    }
    let alone = slope.similar.iter_mut().chain(slope.drift.iter_mut().flatten());
    let now = parameters.similar.iter().chain(parameters.drift.iter().flatten());
    let then = prior.similar.iter().chain(prior.drift.iter().flatten());
    for ((slope, now), then) in alone.zip(now).zip(then) {
        *slope += (now - then) / SHARED_SPREAD.powi(2);
    }
}

/// What Adam keeps of the gradients so far: their running mean, and that of their squares.
struct Moments {
    mean: Parameters,
    square: Parameters,
}

/// One step of Adam (Kingma and Ba, ICLR 2015). Later steps are smaller.
fn descend(parameters: &mut Parameters, slope: &mut Parameters, moments: &mut Moments, step: i32) {
    let (keep_mean, keep_square): (f64, f64) = (0.9, 0.999);
    let width = STEP_BITS * (1.0 - f64::from(step) / f64::from(STEPS + 1));
    let moments = moments.mean.numbers().zip(moments.square.numbers());
    for ((parameter, slope), (mean, square)) in parameters.numbers().zip(slope.numbers()).zip(moments) {
        *mean = keep_mean * *mean + (1.0 - keep_mean) * *slope;
        *square = keep_square * *square + (1.0 - keep_square) * slope.powi(2);
        let (mean, square) = (*mean / (1.0 - keep_mean.powi(step)), *square / (1.0 - keep_square.powi(step)));
        *parameter -= width * mean / (square.sqrt() + 1e-9);
    }
}

/// The table, rounded to hundredths of a bit.
#[expect(clippy::cast_possible_truncation, reason = "weights are a few bits")]
fn rows(parameters: &Parameters) -> [Row; ATTRIBUTES] {
    let rounded = |bits: f64| ((bits * 100.0).round() / 100.0) as f32;
    Attribute::ALL.map(|attribute| {
        let at = attribute as usize;
        Row {
            attribute,
            agreed: parameters.agreed[at].map(rounded),
            changed: parameters.changed[at].map(rounded),
            similar: rounded(parameters.similar[at]),
            drift: parameters.drift[at].map(rounded),
            source: ROWS[at].source,
        }
    })
}

/// The sum of evidence in an example according to a table, in bits.
#[must_use]
pub fn bits(rows: &[Row; ATTRIBUTES], example: &Example) -> f64 {
    Parameters::of_table(rows).bits(example)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::browser::class::{Class, Gap};

    fn example(agreement: Agreement, same: bool) -> Example {
        let mut agreements = [Agreement::Absent; ATTRIBUTES];
        agreements[Attribute::Contrast as usize] = agreement;
        Example { class: Class::Firefox, gap: Gap::Days, agreements, rest_bits: 0.0, same, user: 0 }
    }

    #[test]
    fn what_tells_devices_apart_gains_weight_and_the_rest_stays() {
        let both = [(Agreement::Agreed, true, 9), (Agreement::Agreed, false, 3), (Agreement::Changed, true, 1)];
        let both = both.into_iter().chain([(Agreement::Changed, false, 7)]);
        let examples: Vec<Example> =
            both.flat_map(|(agreement, same, count)| vec![example(agreement, same); count]).collect();
        let table = fit(&examples.iter().collect::<Vec<_>>());
        let (was, is) = (&ROWS[Attribute::Contrast as usize], &table[Attribute::Contrast as usize]);
        let firefox = Class::Firefox as usize;
        assert!(is.agreed[firefox] > was.agreed[firefox] && is.changed[firefox] < was.changed[firefox]);
        // log₂(0.9/0.3) and log₂(0.1/0.7), less the penalty.
        assert!((is.agreed[firefox] - 1.58).abs() < 0.3 && (is.changed[firefox] + 2.81).abs() < 0.5, "{is:?}");
        let untouched = Attribute::Audio as usize;
        assert_eq!(format!("{:?}", table[untouched].changed), format!("{:?}", ROWS[untouched].changed));
    }

    #[test]
    fn a_table_keeps_its_bounds() {
        let wrong: Vec<Example> = vec![example(Agreement::Agreed, false), example(Agreement::Changed, true)];
        let table = fit(&wrong.iter().collect::<Vec<_>>());
        let contrast = &table[Attribute::Contrast as usize];
        assert!(contrast.agreed.iter().all(|it| *it >= 0.0) && contrast.changed.iter().all(|it| *it <= 0.0));
    }
}
