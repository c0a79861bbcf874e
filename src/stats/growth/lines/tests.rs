//! Exponents of counts that were made up.

use proptest::prelude::*;

use super::*;
use crate::stats::Level;

const SIZES: [f64; 3] = [1.0, 2.0, 4.0];

fn sizes() -> Sizes {
    Sizes::of(&SIZES).unwrap()
}

/// Rounds of runs of a second with these samples, at each size.
fn runs(rounds: usize, samples: u64) -> Vec<Vec<Exposure>> {
    let run = Exposure {
        seconds: 1.0,
        samples,
    };
    vec![vec![run; rounds]; SIZES.len()]
}

/// The exponent of a unit with these samples by size and round, and how it grows.
#[track_caller]
fn check(counts: [[u64; 3]; 3], expected: f64) -> Growth {
    let unit = counts.map(|it| it.to_vec()).to_vec();
    let found = growths(&sizes(), &runs(3, 1000), &[unit]).unwrap();
    let growth = found[0].clone().expect("it has samples enough");
    let value = growth.exponent.estimate.value;
    assert!((value - expected).abs() < 0.01, "{value} is not {expected}");
    growth
}

#[test]
fn samples_that_double_are_linear() {
    let growth = check([[100; 3], [200; 3], [400; 3]], 1.0);
    assert_eq!(growth.bends.len(), 1);
    assert!(growth.bends[0].change.estimate.value.abs() < 1e-6);
    check([[400; 3], [200; 3], [100; 3]], -1.0);
    check([[30; 3], [120; 3], [480; 3]], 2.0);
}

/// Samples of 0 have no logarithm, and say what they say all the same: the mean is a power.
#[test]
fn some_runs_have_no_samples() {
    let growth = check([[0, 2, 1], [4, 3, 5], [18, 14, 16]], 2.0);
    // A size with few samples bends nothing.
    assert!(growth.bends.is_empty());
    check([[0, 0, 0], [0, 1, 2], [90, 110, 100]], 6.67);
}

/// A size with few samples carries little weight.
#[test]
fn weights_are_those_of_samples() {
    let growth = check([[2, 1, 3], [30; 3], [450; 3]], 15_f64.log2());
    let [least, middle, most] = growth.exponent.weights[..] else {
        panic!("{growth:?}");
    };
    assert!((least + middle + most).abs() < 1e-9);
    assert!(least.abs() < 0.2 * most.abs(), "{growth:?}");
}

#[test]
fn of_few_samples_there_is_nothing_to_say() {
    let few = |counts: [[u64; 1]; 3]| {
        let unit = counts.map(|it| it.to_vec()).to_vec();
        growths(&sizes(), &runs(1, 1000), &[unit]).unwrap()[0].is_none()
    };
    assert!(few([[3], [3], [3]]));
    assert!(few([[0], [0], [900]]));
    assert!(!few([[0], [1], [900]]));
}

#[test]
fn one_round_has_no_spread() {
    let unit = vec![vec![100], vec![200], vec![400]];
    let found = growths(&sizes(), &runs(1, 1000), &[unit]).unwrap();
    let growth = found[0].as_ref().unwrap();
    assert_eq!(growth.exponent.estimate.spread, None);
}

#[test]
fn what_does_not_match_is_refused() {
    let runs = runs(2, 100);
    let unit = vec![vec![1, 2]; 3];
    let refused = |runs: &[Vec<Exposure>], unit: &[Vec<u64>]| {
        growths(&sizes(), runs, &[unit.to_vec()]).unwrap_err()
    };
    assert_eq!(refused(&runs[..2], &unit), StatsError::Unmatched);
    assert_eq!(refused(&runs, &unit[..2]), StatsError::Unmatched);
    assert_eq!(refused(&runs, &vec![vec![1]; 3]), StatsError::Unmatched);
    assert_eq!(refused(&[], &unit), StatsError::Empty);
    let mut empty = runs.clone();
    empty[1][1].samples = 0;
    assert_eq!(refused(&empty, &unit), StatsError::EmptyRun);
}

proptest! {
    /// Whatever the counts are, what is found is a number, and intervals hold it.
    #[test]
    fn counts_of_any_size_have_an_answer(
        counts in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(0..3000_u64, 3), 3),
            1..6,
        ),
        zero in 0..3_usize,
    ) {
        let mut units = counts;
        units[0][zero] = vec![0; 3];
        let found = growths(&sizes(), &runs(3, 3000 * 6), &units).unwrap();
        for growth in found.into_iter().flatten() {
            let estimate = growth.exponent.estimate;
            prop_assert!(estimate.value.is_finite(), "{growth:?}");
            let interval = estimate.interval(Level::new(0.95).unwrap()).unwrap();
            prop_assert!(interval.contains(estimate.value), "{growth:?}");
            let sum: f64 = growth.exponent.weights.iter().sum();
            prop_assert!(sum.abs() < 1e-6, "{growth:?}");
            prop_assert!(growth.fitted.iter().all(|it| *it > 0.0 && it.is_finite()));
        }
    }

    /// What a cost is measured in does not matter to its exponent, nor do the names of rounds.
    #[test]
    fn units_and_rounds_do_not_matter(
        counts in prop::collection::vec(prop::collection::vec(1..900_u64, 4), 3),
        seconds in 1e-6..1e6_f64,
    ) {
        let of = |seconds: f64, counts: Vec<Vec<u64>>| {
            let mut runs = runs(4, 1000);
            runs.iter_mut().flatten().for_each(|run| run.seconds *= seconds);
            // Of one unit alone it is not known what part of its variance is counting.
            let others = [40, 300].map(|it| vec![vec![it, it + 9, it - 9, it]; 3]);
            let units: Vec<_> = [counts].into_iter().chain(others).collect();
            let found = growths(&sizes(), &runs, &units).unwrap();
            found[0].as_ref().unwrap().exponent.estimate
        };
        let turned: Vec<Vec<u64>> = counts
            .iter()
            .map(|it| it.iter().rev().copied().collect())
            .collect();
        let (one, other) = (of(1.0, counts), of(seconds, turned));
        prop_assert!((one.value - other.value).abs() < 1e-6, "{one:?} {other:?}");
        let errors = [one, other].map(|it| it.spread.unwrap().standard_error);
        prop_assert!((errors[0] - errors[1]).abs() < 1e-6, "{one:?} {other:?}");
    }
}
