//! Means of independent values.

use super::{Estimate, StatsError, check_finite, count};

/// The mean of independent values, with Student's t on n − 1 degrees of freedom.
/// One value gives an estimate without spread.
///
/// Fails on no values and on values that are not finite.
pub(crate) fn mean(values: &[f64]) -> Result<Estimate, StatsError> {
    check_finite(values.iter().copied())?;
    let moments = Moments::of(values).ok_or(StatsError::Empty)?;
    Ok(match moments.variance {
        Some(variance) => {
            Estimate::with_variance(moments.mean, variance / moments.n, moments.n - 1.0)
        }
        None => Estimate::without_spread(moments.mean),
    })
}

/// The difference of the means of two independent groups, `after` − `before`,
/// with the unequal variances and the degrees of freedom of Welch (1947). A group
/// of one value gives an estimate without spread.
///
/// Fails on an empty group and on values that are not finite.
pub(crate) fn welch(before: &[f64], after: &[f64]) -> Result<Estimate, StatsError> {
    check_finite(before.iter().chain(after).copied())?;
    let before = Moments::of(before).ok_or(StatsError::Empty)?;
    let after = Moments::of(after).ok_or(StatsError::Empty)?;
    let difference = after.mean - before.mean;
    let (Some(variance_before), Some(variance_after)) = (before.variance, after.variance) else {
        return Ok(Estimate::without_spread(difference));
    };
    let parts = [
        (variance_before / before.n, before.n - 1.0),
        (variance_after / after.n, after.n - 1.0),
    ];
    Ok(Estimate::with_variance(
        difference,
        parts.iter().map(|(variance, _)| variance).sum(),
        satterthwaite(&parts),
    ))
}

/// Degrees of freedom of a sum of independent variances, each given with its own
/// (Satterthwaite 1946). Where all variances are 0, those of the parts together.
pub(super) fn satterthwaite(parts: &[(f64, f64)]) -> f64 {
    let sum: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let weighted: f64 = parts
        .iter()
        .map(|(variance, degrees)| variance * variance / degrees)
        .sum();
    if weighted > 0.0 {
        sum * sum / weighted
    } else {
        parts.iter().map(|(_, degrees)| degrees).sum()
    }
}

/// Number, mean and variance of some values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub(super) n: f64,
    pub(super) mean: f64,
    /// With n − 1 in the denominator; absent for a single value.
    pub(super) variance: Option<f64>,
}

impl Moments {
    /// `None` of no values.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = count(values.len());
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let size = values
            .iter()
            .fold(0.0_f64, |size, value| size.max(value.abs()));
        let variance = (values.len() > 1).then(|| settle(squares / (n - 1.0), size));
        Some(Self { n, mean, variance })
    }
}

/// `variance`, or 0 where it is no more than the rounding of values as large as
/// `size`: equal values must have a variance of exactly 0.
pub(super) fn settle(variance: f64, size: f64) -> f64 {
    let rounding = 8.0 * f64::EPSILON * size.abs();
    if variance <= rounding * rounding {
        0.0
    } else {
        variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Level;

    #[track_caller]
    fn check(estimate: Result<Estimate, StatsError>, expected: Option<(f64, f64, f64)>) {
        let estimate = estimate.unwrap();
        let interval = estimate.interval(Level::new(0.95).unwrap());
        match (interval, expected) {
            (None, None) => {}
            (Some(interval), Some((value, low, high))) => {
                for (found, expected) in [
                    (estimate.value, value),
                    (interval.low, low),
                    (interval.high, high),
                ] {
                    assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
                }
            }
            _ => panic!("{interval:?} is not {expected:?}"),
        }
    }

    /// Mean 5, standard deviation √(20/3), t₀.₉₇₅,₃ = 3.182446.
    #[test]
    fn mean_of_four() {
        check(
            mean(&[2.0, 4.0, 6.0, 8.0]),
            Some((5.0, 0.891_480, 9.108_520)),
        );
    }

    #[test]
    fn one_value_has_no_interval() {
        check(mean(&[2.0]), None);
        check(welch(&[2.0], &[1.0, 2.0, 3.0]), None);
    }

    /// Variances 2/3 and 44/3, four values each.
    #[test]
    fn welch_weighs_unequal_variances() {
        let estimate = welch(&[9.0, 10.0, 10.0, 11.0], &[1.0, 9.0, 9.0, 5.0]).unwrap();
        let spread = estimate.spread.unwrap();
        let (a, b): (f64, f64) = (2.0 / 3.0 / 4.0, 44.0 / 3.0 / 4.0);
        let degrees = (a + b) * (a + b) / (a * a / 3.0 + b * b / 3.0);
        assert!((estimate.value + 4.0).abs() < 1e-12);
        assert!((spread.standard_error - (a + b).sqrt()).abs() < 1e-12);
        assert!((spread.degrees - degrees).abs() < 1e-12);
    }

    #[test]
    fn equal_values_have_zero_width_even_where_their_mean_is_rounded() {
        check(mean(&[0.1; 7]), Some((0.1, 0.1, 0.1)));
        check(welch(&[0.1; 3], &[0.3; 3]), Some((0.2, 0.2, 0.2)));
        assert_eq!(
            mean(&[0.1; 7])
                .unwrap()
                .spread
                .unwrap()
                .standard_error
                .to_bits(),
            0
        );
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(mean(&[]), Err(StatsError::Empty));
        assert_eq!(
            mean(&[1.0, f64::INFINITY]),
            Err(StatsError::NotFinite(f64::INFINITY))
        );
        assert!(welch(&[1.0, f64::NAN], &[1.0]).is_err());
        assert_eq!(welch(&[1.0], &[]), Err(StatsError::Empty));
    }
}
