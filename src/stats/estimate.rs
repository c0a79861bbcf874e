//! Values with their uncertainty.

use super::{StatsError, student};

/// A confidence level strictly between 0 and 1, such as 0.95.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Level(f64);

impl Level {
    /// The level `confidence`; an error unless it lies strictly between 0 and 1.
    pub(crate) fn new(confidence: f64) -> Result<Self, StatsError> {
        if confidence > 0.0 && confidence < 1.0 {
            Ok(Self(confidence))
        } else {
            Err(StatsError::Level(confidence))
        }
    }

    /// The level as a number, such as 0.95.
    pub(crate) const fn get(self) -> f64 {
        self.0
    }

    /// The rate of error that the level leaves, such as 0.05.
    pub(crate) const fn alpha(self) -> f64 {
        1.0 - self.0
    }

    /// The level at which one of `tests` tests is confirmed whatever the others
    /// say: the error is divided by their number (Bonferroni), which is the first
    /// step of Holm's procedure and of Benjamini and Hochberg's alike.
    #[must_use]
    pub(crate) fn shared_among(self, tests: usize) -> Self {
        Self(1.0 - self.alpha() / super::count(tests.max(1)))
    }

    /// The level that leaves a part, above 0 and at most 1, of this one's rate of error.
    #[must_use]
    pub(super) fn with_part_of_error(self, part: f64) -> Self {
        Self(1.0 - self.alpha() * part)
    }
}

/// The values that the data allow at some level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether `value` is allowed.
    #[cfg(test)]
    pub(crate) fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether every allowed value is above `value`.
    pub(crate) fn is_above(&self, value: f64) -> bool {
        self.low > value
    }

    /// Whether every allowed value is below `value`.
    pub(crate) fn is_below(&self, value: f64) -> bool {
        self.high < value
    }

    /// Whether every allowed value lies from `low` to `high`.
    pub(crate) fn is_within(&self, low: f64, high: f64) -> bool {
        low <= self.low && self.high <= high
    }

    /// Both ends through an increasing function, such as `exp`.
    #[must_use]
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            low: f(self.low),
            high: f(self.high),
        }
    }
}

/// How far an estimate may be off, on the scale of Student's t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// Standard error of the value. 0 where all values agreed.
    pub standard_error: f64,
    /// Degrees of freedom of the standard error, above 0; not always whole.
    pub degrees: f64,
}

/// A value whose error, over its standard error, follows Student's t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// Point estimate.
    pub value: f64,
    /// Its uncertainty; absent where there were too few values to know.
    pub spread: Option<Spread>,
}

impl Estimate {
    /// An estimate whose uncertainty is not known.
    pub(crate) const fn without_spread(value: f64) -> Self {
        Self {
            value,
            spread: None,
        }
    }

    /// An estimate with variance `variance` on `degrees` degrees of freedom, or
    /// without spread where there are none.
    pub(super) fn with_variance(value: f64, variance: f64, degrees: f64) -> Self {
        let standard_error = variance.max(0.0).sqrt();
        let spread = (degrees > 0.0 && standard_error.is_finite()).then_some(Spread {
            standard_error,
            degrees,
        });
        Self { value, spread }
    }

    /// The two-sided interval at a level; of zero width where all values agreed.
    pub(crate) fn interval(&self, level: Level) -> Option<Interval> {
        let spread = self.spread?;
        let margin = spread.quantile(1.0 - level.alpha() / 2.0)? * spread.standard_error;
        Some(Interval {
            low: self.value - margin,
            high: self.value + margin,
        })
    }

    /// The value that the true one exceeds with the confidence of `level`.
    pub(crate) fn lower_bound(&self, level: Level) -> Option<f64> {
        let spread = self.spread?;
        Some(self.value - spread.quantile(level.get())? * spread.standard_error)
    }

    /// The value that the true one stays below with the confidence of `level`.
    pub(crate) fn upper_bound(&self, level: Level) -> Option<f64> {
        let spread = self.spread?;
        Some(self.value + spread.quantile(level.get())? * spread.standard_error)
    }

    /// Two-sided p of "the true value is 0". Where all values agreed it is 1 if
    /// they agreed on 0, else 0.
    pub(crate) fn p_value(&self) -> Option<f64> {
        let spread = self.spread?;
        if spread.standard_error > 0.0 {
            student::two_sided_p(self.value / spread.standard_error, spread.degrees)
        } else {
            Some(if self.value == 0.0 { 1.0 } else { 0.0 })
        }
    }
}

impl Spread {
    /// Quantile of Student's t with these degrees of freedom.
    pub(super) fn quantile(&self, p: f64) -> Option<f64> {
        student::quantile(p, self.degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(confidence: f64) -> Level {
        Level::new(confidence).unwrap()
    }

    #[track_caller]
    fn check(value: f64, variance: f64, degrees: f64, expected: Option<(f64, f64, f64)>) {
        let estimate = Estimate::with_variance(value, variance, degrees);
        let found = estimate.interval(level(0.95)).zip(estimate.p_value());
        match (found, expected) {
            (None, None) => {}
            (Some((interval, p)), Some((low, high, expected_p))) => {
                assert!((interval.low - low).abs() < 1e-6, "low {}", interval.low);
                assert!(
                    (interval.high - high).abs() < 1e-6,
                    "high {}",
                    interval.high
                );
                assert!((p - expected_p).abs() < 1e-6, "p {p}");
            }
            _ => panic!("{found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn interval_and_p_follow_students_t() {
        check(2.776_445_1, 1.0, 4.0, Some((0.0, 5.552_890_2, 0.05)));
    }

    #[test]
    fn agreeing_values_give_a_zero_width_and_a_sure_p() {
        check(0.5, 0.0, 4.0, Some((0.5, 0.5, 0.0)));
        check(0.0, 0.0, 4.0, Some((0.0, 0.0, 1.0)));
    }

    #[test]
    fn without_degrees_of_freedom_nothing_is_claimed() {
        check(0.5, 1.0, 0.0, None);
        check(0.5, f64::NAN, 0.0, None);
        check(0.5, f64::INFINITY, 3.0, None);
    }

    #[test]
    fn one_sided_bounds_are_the_ends_of_the_interval_at_twice_the_error() {
        let estimate = Estimate::with_variance(1.0, 4.0, 7.0);
        let interval = estimate.interval(level(0.9)).unwrap();
        let low = estimate.lower_bound(level(0.95)).unwrap();
        let high = estimate.upper_bound(level(0.95)).unwrap();
        assert!((low - interval.low).abs() < 1e-9);
        assert!((high - interval.high).abs() < 1e-9);
    }

    #[test]
    fn a_level_lies_strictly_between_0_and_1() {
        for wrong in [0.0, 1.0, -0.5, 95.0, f64::INFINITY] {
            assert_eq!(Level::new(wrong), Err(StatsError::Level(wrong)));
        }
        assert!(Level::new(f64::NAN).is_err());
        assert!((level(0.95).shared_among(25).get() - 0.998).abs() < 1e-12);
    }
}
