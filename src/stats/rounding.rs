//! Numbers that were rounded before they were printed.

use super::mean::Moments;

/// By how much the logarithm of the mean of some values, all above 0, may be off because they
/// were rounded to multiples of `step`.
///
/// A rounded value is off by up to half a step. That does not average out where all values
/// are rounded in the same direction, as 10.3 and 10.4 are.
/// Where values spread over several steps it does: the error of their mean is then at most
/// step/π·exp(−2π²σ²/step²) (Widrow, Kollár and Liu 1996), which is nothing once the middle half of
/// the values spreads over two steps. (A disturbed run alone does not spread them.)
pub(crate) fn rounding_allowance(values: &[f64], step: f64) -> f64 {
    match Moments::of(values) {
        None => 0.0,
        Some(_) if half_spread(values) > 1.5 * step => 0.0,
        // What is not rounded to 0 is at least a step.
        Some(Moments { mean, .. }) => -(-step / 2.0 / mean).max(-0.5).ln_1p(),
    }
}

/// The width of the middle half of the values.
fn half_spread(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 4;
    match sorted.get(cut..sorted.len() - cut) {
        Some([least, .., most]) => most - least,
        _ => 0.0,
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
        check(&[100.0, 102.0, 98.0, 101.0, 99.0, 100.0], 1.0, 0.0);
    }

    #[test]
    fn a_disturbed_run_does_not_spread_the_others() {
        let values = [10.0, 10.0, 10.0, 10.0, 10.0, 15.0];
        check(&values, 1.0, -(1.0 - 0.5 / (65.0 / 6.0_f64)).ln());
    }

    #[test]
    fn the_smallest_value_may_be_off_by_half_of_it() {
        check(&[1.0, 1.0], 1.0, 2.0_f64.ln());
        check(&[1.0, 1.0], 5.0, 2.0_f64.ln());
        check(&[], 1.0, 0.0);
    }
}
