//! A share of a number of logins, with its confidence interval.

/// How often something was true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// How often it was true.
    pub hits: u64,
    /// How many times it was asked.
    pub of: u64,
}

/// The two-sided 95 % quantile of the normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

impl Rate {
    /// Counts one answer.
    pub fn count(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.of += 1;
    }

    /// The share, in [0, 1]; `None` if nothing was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    pub fn share(self) -> Option<f64> {
        (self.of != 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// The interval that contains the true share with 95 % confidence, in [0, 1]: Wilson's score interval (1927), which
    /// also holds for shares near 0. `None` if nothing was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    pub fn interval(self) -> Option<(f64, f64)> {
        let (share, n, z2) = (self.share()?, self.of as f64, Z_95 * Z_95);
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z_95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        // At 0 and at 1 the bound is the share itself; rounding may miss it.
        let low = if self.hits == 0 { 0.0 } else { middle - half };
        let high = if self.hits == self.of { 1.0 } else { middle + half };
        Some((low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    #[test]
    fn intervals_are_those_of_the_literature() {
        let published =
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)];
        for (hits, of, low, high) in published {
            let (found_low, found_high) = Rate { hits, of }.interval().unwrap();
            assert!((found_low - low).abs() < 5e-5 && (found_high - high).abs() < 5e-5, "{hits} of {of}");
        }
        assert_eq!(Rate { hits: 20, of: 20 }.interval().map(|it| it.1), Some(1.0));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!((Rate::default().share(), Rate::default().interval()), (None, None));
        let mut rate = Rate::default();
        rate.count(true);
        rate.count(false);
        assert_eq!((rate, rate.share()), (Rate { hits: 1, of: 2 }, Some(0.5)));
    }
}
