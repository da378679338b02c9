//! Counts as five steps of a colour.

use crate::http::console::drawing::markup::{Markup, brief, real};

/// How many steps there are, beside none.
pub const STEPS: usize = 5;

/// From which count on each step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    from: Vec<u64>,
}

impl Steps {
    /// For counts of at most `max` that are about alike: each step is as wide as the others.
    #[must_use]
    pub fn even(max: u64) -> Self {
        let steps = (STEPS as u64).min(max);
        // The first count that is more than so many of the steps' parts of all.
        let from = (0..steps).map(|at| u128::from(max) * u128::from(at) / u128::from(steps) + 1);
        Self { from: from.map(|it| u64::try_from(it).unwrap_or(u64::MAX)).collect() }
    }

    /// For counts of at most `max` of which a few are most: each step is some times the one before.
    #[must_use]
    pub fn up_to(max: u64) -> Self {
        if max <= STEPS as u64 {
            return Self { from: (1..=max).collect() };
        }
        let ratio = real(max).powf(1.0 / real(STEPS as u64));
        let mut from = vec![1];
        for at in 1..STEPS {
            let exact = ratio.powi(i32::try_from(at).unwrap_or(1));
            let next = round(exact).max(from[at - 1] + 1);
            from.push(next);
        }
        Self { from }
    }

    /// The step of a count: 0 for none, up to [`STEPS`].
    #[must_use]
    pub fn of(&self, count: u64) -> usize {
        let at = self.from.partition_point(|&from| from <= count);
        // Few counts take the strong colours: one of one is not pale.
        if at == 0 { 0 } else { at + (STEPS - self.from.len()) }
    }

    /// Adds what the colours mean.
    pub fn draw_legend(&self, sheet: &mut Markup) {
        if self.from.is_empty() {
            return;
        }
        sheet.add(format_args!("<p class=\"d-legend\" aria-hidden=\"true\">"));
        for (at, &from) in self.from.iter().enumerate() {
            let step = self.of(from);
            let until = self.from.get(at + 1).map(|next| next - 1);
            let words = match until {
                Some(until) if until == from => brief(from),
                Some(until) => format!("{}–{}", brief(from), brief(until)),
                None if self.from.len() < STEPS => brief(from),
                None => format!("{}+", brief(from)),
            };
            let swatch = "<svg class=\"d-mark\" viewBox=\"0 0 12 12\"><rect width=\"12\" height=\"12\" rx=\"2\"";
            sheet.add(format_args!("<span>{swatch} class=\"d-c{step}\"/></svg>{words}</span>"));
        }
        sheet.add(format_args!("</p>"));
    }
}

/// The nearest of 1, 2, 5, 10, 20, 50, …
fn round(exact: f64) -> u64 {
    let power = exact.log10().floor();
    let scale = 10_f64.powf(power);
    let factor = match exact / scale {
        it if it < 1.5 => 1.0,
        it if it < 3.5 => 2.0,
        it if it < 7.5 => 5.0,
        _ => 10.0,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive, and saturates")]
    let rounded = (factor * scale).round() as u64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_and_hold_everything() {
        for max in [1, 2, 5, 6, 7, 10, 99, 1_000, 123_456, u64::MAX] {
            let steps = Steps::up_to(max);
            assert!(steps.from.is_sorted_by(|a, b| a < b), "{max}: {:?}", steps.from);
            assert_eq!((steps.of(0), steps.of(max)), (0, STEPS), "{max}: {:?}", steps.from);
        }
        for max in [1, 2, 5, 6, 400, u64::MAX] {
            let steps = Steps::even(max);
            assert!(steps.from.is_sorted_by(|a, b| a < b), "{max}: {:?}", steps.from);
            assert_eq!((steps.of(0), steps.of(max)), (0, STEPS), "{max}: {:?}", steps.from);
        }
        assert_eq!(Steps::even(400).from, [1, 81, 161, 241, 321]);
        assert_eq!(Steps::even(0).of(0), 0);
        assert_eq!(Steps::up_to(100_000).from, [1, 10, 100, 1_000, 10_000]);
        assert_eq!(Steps::up_to(0).of(0), 0);
    }

    #[test]
    fn the_legend_tells_each_step() {
        let mut sheet = Markup::default();
        Steps::up_to(100_000).draw_legend(&mut sheet);
        assert!(sheet.as_str().contains("class=\"d-c2\"/></svg>10–99</span>"), "{sheet}");
        assert!(sheet.as_str().ends_with("class=\"d-c5\"/></svg>10k+</span></p>"), "{sheet}");
        let mut sheet = Markup::default();
        Steps::up_to(0).draw_legend(&mut sheet);
        assert_eq!(sheet.as_str(), "");
    }
}
