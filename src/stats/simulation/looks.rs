//! Whether all looks at an experiment together err as often as they may.

use super::world::{CALM, Noise, Rate, World, level};
use super::{MIN_EFFECT, NOISES};
use crate::stats::count;
use crate::stats::looks::{LOOKS, PART, SHAPE, level_after};

/// The p of "no difference" at each look, of experiments without any.
fn p_values(noise: Noise, experiments: usize) -> Vec<Vec<f64>> {
    let looks = LOOKS.map(|look| look as usize);
    let mut world = World::new(7, noise);
    (0..experiments)
        .map(|_| {
            let estimates = world.throughputs(&looks).into_iter();
            estimates.map(|it| it.p_value().unwrap()).collect()
        })
        .collect()
}

/// The part of experiments without any effect in which some look errs.
fn error_rate(experiments: &[Vec<f64>], overall: f64, part: f64) -> f64 {
    let errs = |p_values: &&Vec<f64>| {
        let mut looks = p_values.iter().zip(SHAPE);
        looks.any(|(p, shape)| *p < overall * part * shape)
    };
    let erring = experiments.iter().filter(errs).count();
    count(erring) / count(experiments.len())
}

/// The largest part at which the looks together err in no more than 5%.
fn part_of(experiments: &[Vec<f64>]) -> f64 {
    let (mut low, mut high) = (0.2, 1.0);
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        if error_rate(experiments, 0.05, middle) > 0.05 {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

#[test]
fn parts_are_what_the_simulation_gives() {
    let experiments = p_values(CALM, 40_000);
    let found = part_of(&experiments);
    assert!((found - PART).abs() < 0.03, "{found}");
}

/// Also where runs are disturbed, and at other levels than the one that the
/// constants were found for.
#[test]
fn all_looks_together_err_as_often_as_they_may() {
    for (name, noise) in NOISES {
        let experiments = p_values(noise, 5_000);
        for overall in [0.01, 0.05, 0.1] {
            let rate = error_rate(&experiments, overall, PART);
            let noise = 3.0 * (overall / 5_000.0_f64).sqrt();
            assert!(rate <= 1.1 * overall + noise, "{name}, {overall}: {rate}");
        }
    }
}

/// The part of experiments of identical code in which some look calls it faster or
/// slower by more than the least effect.
pub(crate) fn false_verdicts(noise: Noise, experiments: usize) -> Rate {
    let looks = LOOKS.map(|look| look as usize);
    let mut world = World::new(11, noise);
    let border = (1.0 + MIN_EFFECT).ln();
    Rate::of(experiments, || {
        let estimates = world.throughputs(&looks);
        estimates.iter().zip(LOOKS).any(|(estimate, look)| {
            let interval = estimate.interval(level_after(look, level())).unwrap();
            interval.is_above(border) || interval.is_below(-border)
        })
    })
}
