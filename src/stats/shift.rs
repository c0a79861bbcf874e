//! How far one side is from the other, by every estimate that has a say in it.

use super::{Estimate, Interval, Level, Spread};

/// The part of the rate of error that each of two estimates has to itself. Half of it would
/// be right if they had nothing in common; they are of the same rounds, and a simulation
/// finds that intervals with this part hold the truth as often as they say.
const EACH: f64 = 0.6;

/// A difference, with one estimate of it or two. A value is allowed where each of them
/// allows it, so that the sharper one decides: which that is depends on what disturbed the
/// runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shift {
    first: Estimate,
    second: Option<Estimate>,
    /// The number of rounds from which there are two, if ever.
    two_from: Option<u32>,
    /// How much further off the truth may be than the estimates know.
    allowance: f64,
}

impl From<Estimate> for Shift {
    fn from(first: Estimate) -> Self {
        Self {
            first,
            second: None,
            two_from: None,
            allowance: 0.0,
        }
    }
}

impl Shift {
    /// What two estimates of the same difference allow together.
    pub(super) const fn of_both(first: Estimate, second: Estimate) -> Self {
        Self {
            first,
            second: Some(second),
            two_from: None,
            allowance: 0.0,
        }
    }

    /// What one estimate allows, beside which there will be another one from so many rounds
    /// on.
    pub(super) const fn of_one_until(first: Estimate, two_from: u32) -> Self {
        Self {
            first,
            second: None,
            two_from: Some(two_from),
            allowance: 0.0,
        }
    }

    /// The same where all values may be off by as much as `allowance`, at least 0, in one
    /// direction, as rounded ones may be.
    #[must_use]
    pub(crate) fn widened(self, allowance: f64) -> Self {
        Self {
            allowance: self.allowance + allowance,
            ..self
        }
    }

    /// The same of a truth that is further on by this.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn shifted(self, by: f64) -> Self {
        let shift = |estimate: Estimate| Estimate {
            value: estimate.value + by,
            ..estimate
        };
        Self {
            first: shift(self.first),
            second: self.second.map(shift),
            ..self
        }
    }

    /// The value of the sharper estimate.
    pub(crate) fn value(&self) -> f64 {
        self.sharper().value
    }

    /// The two-sided interval at a level.
    pub(crate) fn interval(&self, level: Level) -> Option<Interval> {
        let level = self.level_of_each(level);
        self.allowed(|estimate| estimate.interval(level))
    }

    /// The value that the true one exceeds with the confidence of `level`.
    pub(crate) fn lower_bound(&self, level: Level) -> Option<f64> {
        Some(self.bounds(level)?.low)
    }

    /// The value that the true one stays below with the confidence of `level`.
    pub(crate) fn upper_bound(&self, level: Level) -> Option<f64> {
        Some(self.bounds(level)?.high)
    }

    /// Two-sided p of "the true value is 0", such that it is below α where the interval at
    /// 1 − α is on one side of 0: that of the sharper evidence, or, where the estimates
    /// contradict each other, of the weaker one.
    pub(crate) fn p_value(&self) -> Option<f64> {
        let p_values = self.estimates().map(|estimate| {
            let nearest = (estimate.value.abs() - self.allowance).max(0.0);
            Estimate {
                value: nearest,
                ..*estimate
            }
            .p_value()
        });
        let p_values = p_values.collect::<Option<Vec<f64>>>()?;
        let Some(second) = self.second else {
            return p_values.first().copied();
        };
        let p_of = |p: Option<f64>| p.map(|p| (p / EACH).min(1.0));
        let sharper = p_of(p_values.iter().copied().reduce(f64::min))?;
        let at = Level::new((1.0 - sharper).clamp(1e-12, 1.0 - 1e-12)).ok()?;
        let each = self.level_of_each(at);
        let ends = [self.first, second].map(|it| it.interval(each));
        let is_contradiction = matches!(ends, [Some(one), Some(other)]
            if one.is_above(other.high) || one.is_below(other.low));
        // Evidence for opposite directions is none.
        let is_opposed = self.first.value * second.value < 0.0;
        match (is_contradiction, is_opposed) {
            (false, _) => Some(sharper),
            (true, true) => Some(1.0),
            (true, false) => p_of(p_values.into_iter().reduce(f64::max)),
        }
    }

    /// The estimate by which it is planned what other rounds would bring.
    pub(super) fn to_plan_by(self) -> Estimate {
        self.sharper()
    }

    /// The level of each estimate's intervals after so many rounds, where those of the whole
    /// have this one.
    pub(super) fn level_after(&self, rounds: u32, level: Level) -> Level {
        if self.two_from.is_some_and(|from| rounds >= from) {
            level.with_part_of_error(EACH)
        } else {
            self.level_of_each(level)
        }
    }

    /// How much further off the truth may be than the estimates know.
    pub(super) const fn allowance(&self) -> f64 {
        self.allowance
    }

    fn bounds(&self, level: Level) -> Option<Interval> {
        let level = self.level_of_each(level);
        self.allowed(|estimate| {
            Some(Interval {
                low: estimate.lower_bound(level)?,
                high: estimate.upper_bound(level)?,
            })
        })
    }

    fn estimates(&self) -> impl Iterator<Item = &Estimate> {
        [Some(&self.first), self.second.as_ref()]
            .into_iter()
            .flatten()
    }

    /// The level of each estimate's intervals, where those of the whole have this one.
    pub(super) fn level_of_each(&self, level: Level) -> Level {
        match self.second {
            Some(_) => level.with_part_of_error(EACH),
            None => level,
        }
    }

    /// What the intervals of all estimates have in common, or all of them if that is nothing.
    fn allowed(&self, interval: impl Fn(&Estimate) -> Option<Interval>) -> Option<Interval> {
        let intervals: Vec<Interval> = self.estimates().map(interval).collect::<Option<_>>()?;
        let ends = |pick: fn(&Interval) -> f64, fold: fn(f64, f64) -> f64| {
            intervals.iter().map(pick).reduce(fold)
        };
        let common = Interval {
            low: ends(|it| it.low, f64::max)?,
            high: ends(|it| it.high, f64::min)?,
        };
        let allowed = if common.low <= common.high {
            common
        } else {
            Interval {
                low: ends(|it| it.low, f64::min)?,
                high: ends(|it| it.high, f64::max)?,
            }
        };
        Some(Interval {
            low: allowed.low - self.allowance,
            high: allowed.high + self.allowance,
        })
    }

    /// The estimate with the narrower interval.
    fn sharper(&self) -> Estimate {
        let width = |estimate: &Estimate| {
            let half = |spread: Spread| Some(spread.quantile(0.975)? * spread.standard_error);
            estimate.spread.and_then(half).unwrap_or(f64::INFINITY)
        };
        match &self.second {
            Some(second) if width(second) < width(&self.first) => *second,
            _ => self.first,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn level() -> Level {
        Level::new(0.95).unwrap()
    }

    fn estimate(value: f64, standard_error: f64) -> Estimate {
        Estimate::with_variance(value, standard_error * standard_error, 8.0)
    }

    #[test]
    fn one_estimate_says_what_it_says_alone() {
        let alone = estimate(1.0, 0.5);
        let shift = Shift::from(alone);
        assert_eq!(shift.interval(level()), alone.interval(level()));
        assert_eq!(shift.lower_bound(level()), alone.lower_bound(level()));
        assert_eq!(shift.upper_bound(level()), alone.upper_bound(level()));
        assert_eq!(shift.p_value(), alone.p_value());
    }

    #[test]
    fn of_two_the_sharper_one_decides() {
        let (sharp, dull) = (estimate(1.0, 0.1), estimate(1.2, 2.0));
        for shift in [Shift::of_both(sharp, dull), Shift::of_both(dull, sharp)] {
            assert!((shift.value() - sharp.value).abs() < 1e-12);
            let expected = sharp.interval(level().with_part_of_error(EACH));
            assert_eq!(shift.interval(level()), expected);
        }
    }

    /// Nothing is sure where two estimates of the same rounds contradict each other.
    #[test]
    fn estimates_that_contradict_each_other_allow_what_either_does() {
        let shift = Shift::of_both(estimate(-1.0, 0.01), estimate(1.0, 0.01));
        let interval = shift.interval(level()).unwrap();
        assert!(interval.low < -1.0 && interval.high > 1.0, "{interval:?}");
        assert_eq!(shift.p_value(), Some(1.0));
    }

    #[test]
    fn too_few_rounds_for_one_are_too_few() {
        let shift = Shift::of_both(estimate(1.0, 0.1), Estimate::without_spread(1.0));
        assert_eq!(shift.interval(level()), None);
        assert_eq!(shift.p_value(), None);
    }

    /// Values that agree because they were rounded have no interval of zero width.
    #[test]
    fn an_allowance_widens_both_ends_and_is_no_evidence() {
        let shift = Shift::from(estimate(0.04, 0.0)).widened(0.1);
        let interval = shift.interval(level()).unwrap();
        assert!((interval.low + 0.06).abs() < 1e-12 && (interval.high - 0.14).abs() < 1e-12);
        assert_eq!(shift.p_value(), Some(1.0));
        assert_eq!(
            Shift::from(estimate(0.2, 0.0)).widened(0.1).p_value(),
            Some(0.0)
        );
    }

    proptest! {
        /// The p-value and the interval say the same, where the estimates do not contradict
        /// each other.
        #[test]
        fn p_is_below_alpha_where_the_interval_is_beyond_0(
            value in -1.0..1.0_f64,
            apart in -0.1..0.1_f64,
            errors in (0.05..1.0_f64, 0.05..1.0_f64),
            allowance in 0.0..0.2_f64,
        ) {
            let second = estimate(value + apart, errors.1);
            let shift = Shift::of_both(estimate(value, errors.0), second).widened(allowance);
            let interval = shift.interval(level()).unwrap();
            let p = shift.p_value().unwrap();
            prop_assume!((p - 0.05).abs() > 1e-6);
            prop_assert_eq!(p < 0.05, interval.is_above(0.0) || interval.is_below(0.0));
            prop_assert!(interval.low <= interval.high);
        }
    }
}
