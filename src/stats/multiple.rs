//! Corrections for testing many hypotheses at once.

use super::count;

/// Holm's step-down adjusted p-values (Holm 1979), in the order of the input. All
/// that are at most α may be rejected with a chance of at most α that any is true.
pub(crate) fn holm(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest
            .max(p_values[index] * count(p_values.len() - rank))
            .min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

/// Benjamini and Hochberg's step-up adjusted p-values (1995), in the order of the
/// input. Of all that are at most q, a part of at most q is expected to be true.
pub(crate) fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let mut adjusted = vec![1.0; p_values.len()];
    let mut smallest = 1.0_f64;
    for (rank, &index) in order.iter().enumerate().rev() {
        smallest = smallest.min(p_values[index] * count(p_values.len()) / count(rank + 1));
        adjusted[index] = smallest;
    }
    adjusted
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-12,
                "{found} is not {expected}"
            );
        }
    }

    /// The values that R's `p.adjust` gives.
    #[test]
    fn adjusted_as_by_r() {
        let p = [0.03, 0.001, 0.04, 0.01, 0.5];
        check(&holm(&p), &[0.09, 0.005, 0.09, 0.04, 0.5]);
        check(&benjamini_hochberg(&p), &[0.05, 0.005, 0.05, 0.025, 0.5]);
    }

    #[test]
    fn nothing_and_one() {
        check(&holm(&[]), &[]);
        check(&benjamini_hochberg(&[]), &[]);
        check(&holm(&[0.2]), &[0.2]);
        check(&benjamini_hochberg(&[0.2]), &[0.2]);
    }

    proptest! {
        #[test]
        fn holm_is_the_stricter_and_neither_goes_below_p_or_above_1(
            p in prop::collection::vec(0.0..=1.0_f64, 0..40),
        ) {
            let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
            for ((&p, &holm), &bh) in p.iter().zip(&holm).zip(&bh) {
                prop_assert!(p <= bh + 1e-12 && bh <= holm + 1e-12 && holm <= 1.0);
            }
        }
    }
}
