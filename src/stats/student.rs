//! Student's t distribution, and the normal one that it becomes.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Degrees of freedom from which the normal distribution stands in: it differs by
/// less than 1e-5 there, and `StudentsT::inverse_cdf` does not end at infinity.
const NORMAL_FROM: f64 = 1e5;

/// Value that a t-distributed variable stays below with probability `p`.
/// `None` where there are no degrees of freedom or `p` is not inside 0 to 1.
pub(super) fn quantile(p: f64, degrees: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    if degrees >= NORMAL_FROM {
        return Some(Normal::standard().inverse_cdf(p));
    }
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(p);
    t.is_finite().then_some(t)
}

/// Probability of a value below `t`; certain where `t` is infinite.
pub(super) fn below(t: f64, degrees: f64) -> Option<f64> {
    if t.is_nan() {
        return None;
    }
    Some(StudentsT::new(0.0, 1.0, degrees).ok()?.cdf(t))
}

/// Probability of a value at least as far from 0 as `t`, on either side.
pub(super) fn two_sided_p(t: f64, degrees: f64) -> Option<f64> {
    let tail = StudentsT::new(0.0, 1.0, degrees).ok()?.cdf(-t.abs());
    Some((2.0 * tail).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_quantile(p: f64, degrees: f64, expected: f64) {
        let t = quantile(p, degrees).unwrap();
        assert!((t / expected - 1.0).abs() < 1e-6, "{t} is not {expected}");
    }

    /// Values of the usual printed tables, to seven digits.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        check_quantile(0.975, 1.0, 12.706_205);
        check_quantile(0.975, 4.0, 2.776_445_1);
        check_quantile(0.975, 11.0, 2.200_985_2);
        check_quantile(0.95, 5.0, 2.015_048_4);
        check_quantile(0.8, 5.0, 0.919_543_8);
        check_quantile(0.025, 4.0, -2.776_445_1);
        check_quantile(0.9995, 10.0, 4.586_893_9);
    }

    #[test]
    fn with_endless_degrees_it_is_the_normal_distribution() {
        check_quantile(0.8, f64::INFINITY, 0.841_621_2);
        check_quantile(0.975, 9e4, 1.959_990_3);
    }

    #[test]
    fn a_quantile_and_its_p_are_inverse_also_for_broken_degrees_and_small_p() {
        for degrees in [1.0, 1.7, 4.0, 7.3, 11.0, 40.0, 900.0] {
            for p in [0.5, 0.05, 0.002, 1e-5] {
                let t = quantile(1.0 - p / 2.0, degrees).unwrap();
                let back = two_sided_p(t, degrees).unwrap();
                assert!((back / p - 1.0).abs() < 1e-4, "{degrees} {p}: {back}");
            }
        }
    }

    #[test]
    fn without_degrees_or_probability_there_is_no_answer() {
        assert_eq!(quantile(0.975, 0.0), None);
        assert_eq!(quantile(1.0, 3.0), None);
        assert_eq!(quantile(f64::NAN, 3.0), None);
        assert_eq!(two_sided_p(1.0, -1.0), None);
    }
}
