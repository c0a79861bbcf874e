//! How costs grow with a size: exponents of powers, and whether costs are powers at all.
//!
//! Of a cost that is a power of a size, the logarithms are on a straight line, log cost =
//! a + b·log size, and its slope b is the exponent. All sizes are measured in every round, so
//! that what a round does to all of them is not in a slope (Fisher 1935).

mod lines;

pub(crate) use self::lines::growths;
use super::{Blocked, Estimate, Interval, Level, StatsError, check_finite};

/// By how much an exponent may change from size to size for the cost to pass for a power:
/// measured precisely enough, hardly any is one.
pub(crate) const LEAST_BEND: f64 = 0.1;

/// Sizes, of which there are two at least, in logarithms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sizes(Vec<f64>);

/// How a cost grows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Growth {
    /// The exponent.
    pub exponent: Slope,
    /// The cost at each size, were it a power.
    pub fitted: Vec<f64>,
    /// What becomes of the exponent at each size but the first and the last, as far as there
    /// are samples enough to tell. 0 of a power.
    pub bends: Vec<Bend>,
}

/// A sum of logarithms of costs, of each size with a weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slope {
    /// What it is estimated to be.
    pub estimate: Estimate,
    /// The weight of each size.
    pub weights: Vec<f64>,
}

/// By how much the exponent from a size on is above that up to the size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bend {
    /// The place of the size among all of them.
    pub at: usize,
    /// By how much.
    pub change: Slope,
}

impl Slope {
    /// Its interval at a level, where the logarithm of the cost at each size may be off by so
    /// much besides, all in the same direction at one size.
    pub(crate) fn interval(&self, level: Level, allowances: &[f64]) -> Option<Interval> {
        let weights = self.weights.iter().zip(allowances);
        let allowance: f64 = weights.map(|(weight, it)| weight.abs() * it).sum();
        let Interval { low, high } = self.estimate.interval(level)?;
        Some(Interval {
            low: low - allowance,
            high: high + allowance,
        })
    }
}

impl Growth {
    /// The place of the size at which the exponent certainly changes, by [`LEAST_BEND`] at least;
    /// of several, the one at which it changes most. The chance that there is one although the
    /// cost is a power is what the level leaves at most (Bonferroni). Allowances are those of
    /// [`Slope::interval`].
    pub(crate) fn bent_at(&self, level: Level, allowances: &[f64]) -> Option<usize> {
        let level = level.shared_among(self.bends.len());
        let is_certain = |bend: &&Bend| {
            let interval = bend.change.interval(level, allowances);
            interval.is_some_and(|it| it.is_above(LEAST_BEND) || it.is_below(-LEAST_BEND))
        };
        let certain = self.bends.iter().filter(is_certain);
        let size = |bend: &Bend| bend.change.estimate.value.abs();
        let most = certain.max_by(|one, other| size(one).total_cmp(&size(other)));
        most.map(|bend| bend.at)
    }
}

impl Sizes {
    /// Fails unless there are two at least, above 0 and ascending.
    pub(crate) fn of(sizes: &[f64]) -> Result<Self, StatsError> {
        let logs: Vec<f64> = sizes.iter().map(|size| size.ln()).collect();
        check_finite(logs.iter().copied())?;
        if logs.len() < 2 {
            return Err(StatsError::Empty);
        }
        if logs.windows(2).any(|two| two[0] >= two[1]) {
            return Err(StatsError::Unmatched);
        }
        Ok(Self(logs))
    }

    /// The weights by which logarithms of costs, one for each of these sizes, become the slope
    /// of the line through them that is best where they have these variances. 0 for all
    /// other sizes.
    fn slope(&self, of: &[usize], variances: &[f64]) -> Vec<f64> {
        let weight = |at: usize| 1.0 / variances[at];
        let total: f64 = of.iter().map(|&at| weight(at)).sum();
        let middle = of.iter().map(|&at| weight(at) * self.0[at]).sum::<f64>() / total;
        let squares = of
            .iter()
            .map(|&at| weight(at) * (self.0[at] - middle).powi(2));
        let squares: f64 = squares.sum();
        let mut weights = vec![0.0; self.0.len()];
        for &at in of {
            weights[at] = weight(at) * (self.0[at] - middle) / squares;
        }
        weights
    }

    /// The line through logarithms of costs that is best where they have these variances, at each
    /// size.
    fn line(&self, logs: &[f64], variances: &[f64]) -> Vec<f64> {
        let all: Vec<usize> = (0..self.0.len()).collect();
        let slopes = self.slope(&all, variances);
        let slope: f64 = slopes
            .iter()
            .zip(logs)
            .map(|(weight, log)| weight * log)
            .sum();
        let total: f64 = variances.iter().map(|it| 1.0 / it).sum();
        let mean = |values: &[f64]| {
            let weighted = values.iter().zip(variances).map(|(value, it)| value / it);
            weighted.sum::<f64>() / total
        };
        let (middle, height) = (mean(&self.0), mean(logs));
        let of_size = |size: &f64| height + slope * (size - middle);
        self.0.iter().map(of_size).collect()
    }

    /// The weights of the bend at each of these sizes but the first and the last, with its
    /// place.
    fn bends(&self, of: &[usize], variances: &[f64]) -> Vec<(usize, Vec<f64>)> {
        let inner = 1..of.len().saturating_sub(1);
        let bends = inner.map(|at| {
            let [below, above] = [&of[..=at], &of[at..]].map(|of| self.slope(of, variances));
            let weights = above.iter().zip(below).map(|(above, below)| above - below);
            (of[at], weights.collect())
        });
        bends.collect()
    }
}

/// How something grows that is measured in every round at each size, without counting: its
/// values by size and round, all of them above 0.
///
/// The variance is one of all sizes, or that of the slopes of single rounds where that is more
/// (see [`Blocked`]). A single round gives estimates without spread. Fails where there is not
/// the same number of values at every size, and where one is not above 0.
pub(crate) fn growth(sizes: &Sizes, values: &[Vec<f64>]) -> Result<Growth, StatsError> {
    if values.len() != sizes.0.len() {
        return Err(StatsError::Unmatched);
    }
    let logs: Vec<Vec<f64>> = values.iter().map(|it| logarithms(it)).collect();
    let blocked = Blocked::of(&logs)?;
    let (all, alike) = (
        (0..values.len()).collect::<Vec<_>>(),
        vec![1.0; values.len()],
    );
    let slope = |weights: Vec<f64>| Slope {
        estimate: blocked.contrast(&weights),
        weights,
    };
    let exponent = slope(sizes.slope(&all, &alike));
    let line = sizes.line(blocked.means(), &alike);
    let bends = sizes.bends(&all, &alike).into_iter();
    Ok(Growth {
        fitted: line.into_iter().map(f64::exp).collect(),
        bends: bends
            .map(|(at, weights)| Bend {
                at,
                change: slope(weights),
            })
            .collect(),
        exponent,
    })
}

fn logarithms(values: &[f64]) -> Vec<f64> {
    values.iter().map(|it| it.ln()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::Level;

    #[test]
    fn sizes_ascend_from_above_0() {
        for wrong in [
            &[1.0][..],
            &[2.0, 1.0],
            &[1.0, 1.0],
            &[0.0, 1.0],
            &[-1.0, 1.0],
        ] {
            assert!(Sizes::of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn values_belong_to_sizes() {
        let sizes = Sizes::of(&[1.0, 2.0]).unwrap();
        assert_eq!(growth(&sizes, &[vec![1.0]]), Err(StatsError::Unmatched));
        let [zero, one] = [vec![0.0], vec![1.0]];
        assert!(growth(&sizes, &[zero, one]).is_err());
    }

    /// One size in two halves twice, at another ∓10% by round: the round's mean is in no slope.
    #[test]
    fn what_a_round_does_is_in_no_slope() {
        let sizes = Sizes::of(&[1.0, 2.0, 4.0]).unwrap();
        let at = |cost: f64| vec![cost, 1.3 * cost, 0.8 * cost];
        let found = growth(&sizes, &[at(1.0), at(2.0), at(8.0)]).unwrap();
        let spread = found.exponent.estimate.spread.unwrap();
        assert!((found.exponent.estimate.value - 1.5).abs() < 1e-12);
        assert!((spread.degrees - 4.0).abs() < 1e-12);
        assert!(spread.standard_error < 1e-12);
        // From 1 to 2 it is linear, and from 2 to 4 a square.
        let [bend] = &found.bends[..] else {
            panic!("{found:?}")
        };
        assert_eq!(bend.at, 1);
        assert!((bend.change.estimate.value - 1.0).abs() < 1e-12);
    }

    proptest! {
        /// A power has its exponent and no bend, whatever the unit of its costs and sizes is.
        #[test]
        fn a_power_is_found_again(
            exponent in -1.0..4.0_f64,
            unit in 1e-9..1e3_f64,
            steps in prop::collection::vec(1.1..4.0_f64, 2..7),
        ) {
            let mut size = 10.0;
            let sizes: Vec<f64> = steps.iter().map(|step| { size *= step; size }).collect();
            let costs: Vec<f64> = sizes.iter().map(|it| unit * it.powf(exponent)).collect();
            let values: Vec<Vec<f64>> = costs.iter().map(|&it| vec![it; 3]).collect();
            let found = growth(&Sizes::of(&sizes).unwrap(), &values).unwrap();
            prop_assert!((found.exponent.estimate.value - exponent).abs() < 1e-9);
            prop_assert_eq!(found.bends.len(), sizes.len() - 2);
            for bend in &found.bends {
                prop_assert!(bend.change.estimate.value.abs() < 1e-9);
            }
            for (fitted, cost) in found.fitted.iter().zip(&costs) {
                prop_assert!((fitted / cost - 1.0).abs() < 1e-9);
            }
        }

        /// Intervals are as wide whatever the unit is, and narrower at a lower level.
        #[test]
        fn intervals_do_not_depend_on_the_unit(
            values in prop::collection::vec(prop::collection::vec(0.5..2.0_f64, 4), 4),
            unit in 1e-6..1e6_f64,
        ) {
            let sizes = Sizes::of(&[1.0, 3.0, 4.0, 10.0]).unwrap();
            let scaled: Vec<Vec<f64>> =
                values.iter().map(|it| it.iter().map(|it| unit * it).collect()).collect();
            let of = |values: &[Vec<f64>], level: f64| {
                let exponent = growth(&sizes, values).unwrap().exponent.estimate;
                exponent.interval(Level::new(level).unwrap()).unwrap()
            };
            let (one, other, narrow) = (of(&values, 0.95), of(&scaled, 0.95), of(&values, 0.8));
            prop_assert!((one.low - other.low).abs() < 1e-9 && (one.high - other.high).abs() < 1e-9);
            prop_assert!(narrow.is_within(one.low, one.high));
        }
    }
}
