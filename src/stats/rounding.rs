//! Numbers that were rounded before they were printed.

use super::mean::Moments;

/// By how much the logarithm of the mean of some values, all above 0, may be off because they
/// were rounded to multiples of `step`.
///
/// A rounded value is off by up to half a step. That does not average out where all values
/// are rounded in the same direction, as 10.3 and 10.4 are.
/// Where values spread over several steps it does: the error of their mean is then at most
/// step/π·exp(−2π²σ²/step²) (Widrow, Kollár and Liu 1996), which is nothing from σ = step on.
pub(crate) fn rounding_allowance(values: &[f64], step: f64) -> f64 {
    match Moments::of(values) {
        None => 0.0,
        Some(Moments {
            variance: Some(variance),
            ..
        }) if variance.sqrt() >= step => 0.0,
        // What is not rounded to 0 is at least a step.
        Some(Moments { mean, .. }) => -(-step / 2.0 / mean).max(-0.5).ln_1p(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], step: f64, expected: f64) {
        let found = rounding_allowance(values, step);
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn equal_values_may_all_be_rounded_in_one_direction() {
        check(&[10.0, 10.0], 1.0, -(0.95_f64.ln()));
        check(&[2.5, 2.5, 2.4], 0.1, -(1.0 - 0.05 / (7.4 / 3.0_f64)).ln());
        check(&[10.0], 1.0, -(0.95_f64.ln()));
    }

    #[test]
    fn values_that_spread_over_steps_are_not_off() {
        check(&[100.0, 102.0, 98.0], 1.0, 0.0);
    }

    #[test]
    fn the_smallest_value_may_be_off_by_half_of_it() {
        check(&[1.0, 1.0], 1.0, 2.0_f64.ln());
        check(&[1.0, 1.0], 5.0, 2.0_f64.ln());
        check(&[], 1.0, 0.0);
    }
}
