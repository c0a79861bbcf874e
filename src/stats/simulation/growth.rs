//! Whether exponents keep their promises.

use super::noise::Noise;
use super::world::{Rate, Series, World, level, lines};
use crate::stats::{Growth, Level, Sizes, growth, growths};

/// Four sizes, as people choose them.
const SIZES: [f64; 4] = [500.0, 1000.0, 2000.0, 4000.0];

/// The size at which [`lines`] have their costs.
const MIDDLE: f64 = 1000.0;

/// The exponent of each line, over and over: some are quadratic, some linear, one does not grow.
const EXPONENTS: [f64; 5] = [2.0, 1.0, 1.0, 2.0, 0.0];

/// What is true of a line.
fn exponent(line: usize) -> f64 {
    EXPONENTS[line % EXPONENTS.len()]
}

/// What each line costs at each size, by how much more each costs than at the middle.
fn costs(growing: impl Fn(usize, f64) -> f64) -> Vec<Vec<f64>> {
    let at_size = |size: f64| {
        let lines = lines().into_iter().enumerate();
        lines
            .map(|(line, cost)| cost * growing(line, size / MIDDLE))
            .collect()
    };
    SIZES.map(at_size).to_vec()
}

fn powers() -> Vec<Vec<f64>> {
    costs(|line, ratio| ratio.powf(exponent(line)))
}

fn sizes() -> Sizes {
    Sizes::of(&SIZES).unwrap()
}

fn of_lines(series: &Series) -> Vec<Option<Growth>> {
    growths(&sizes(), &series.runs, &series.units).unwrap()
}

fn holds(growth: &Growth, level: Level, truth: f64) -> bool {
    let interval = growth.exponent.estimate.interval(level);
    interval.is_some_and(|it| it.contains(truth))
}

/// How often the interval of the exponent of a whole that is a power holds the truth.
pub(crate) fn whole_coverage(noise: Noise, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(21, noise);
    let costs = costs(|_, ratio| ratio.powf(1.5));
    Rate::of(repetitions, || {
        let seconds = world.series(&costs, n, 100).seconds();
        holds(&growth(&sizes(), &seconds).unwrap(), level(), 1.5)
    })
}

/// How often the interval of the exponent of a line holds the truth, by itself.
pub(crate) fn line_coverage(
    noise: Noise,
    line: usize,
    n: usize,
    samples: u64,
    repetitions: usize,
) -> Rate {
    let mut world = World::new(22, noise);
    let costs = powers();
    let mut rate = Rate { hits: 0, of: 0 };
    while rate.of < repetitions {
        let found = of_lines(&world.series(&costs, n, samples));
        if let Some(growth) = &found[line] {
            rate.of += 1;
            rate.hits += usize::from(holds(growth, level(), exponent(line)));
        }
    }
    rate
}

/// How often the intervals of all lines hold together.
pub(crate) fn joint_coverage(noise: Noise, n: usize, samples: u64, repetitions: usize) -> Rate {
    let mut world = World::new(23, noise);
    let costs = powers();
    Rate::of(repetitions, || {
        let found = of_lines(&world.series(&costs, n, samples));
        let joint = level().shared_among(found.iter().flatten().count());
        let mut told = found.iter().enumerate();
        told.all(|(line, growth)| {
            let growth = growth.as_ref();
            growth.is_none_or(|growth| holds(growth, joint, exponent(line)))
        })
    })
}

/// How often any line is said to be no power.
pub(crate) fn bent(noise: Noise, n: usize, samples: u64, repetitions: usize) -> Rate {
    let mut world = World::new(24, noise);
    let costs = powers();
    Rate::of(repetitions, || {
        is_any_bent(&world.series(&costs, n, samples), |_| true)
    })
}

/// How often a line of 40% that is linear up to a size and quadratic from there on is said to be
/// no power, and how often another line is.
pub(crate) fn bent_line(noise: Noise, n: usize, samples: u64, repetitions: usize) -> [Rate; 2] {
    let mut world = World::new(25, noise);
    let costs = costs(|line, ratio| match line {
        0 => ratio.powf(if ratio > 1.0 { 2.0 } else { 1.0 }),
        _ => ratio.powf(exponent(line)),
    });
    let all: Vec<Series> = (0..repetitions)
        .map(|_| world.series(&costs, n, samples))
        .collect();
    let rate = |of: &dyn Fn(usize) -> bool| Rate {
        hits: all.iter().filter(|series| is_any_bent(series, of)).count(),
        of: repetitions,
    };
    [rate(&|line| line == 0), rate(&|line| line != 0)]
}

fn is_any_bent(series: &Series, of: impl Fn(usize) -> bool) -> bool {
    let found = of_lines(series);
    let joint = level().shared_among(found.iter().flatten().count());
    let none = [0.0; SIZES.len()];
    let mut lines = found.iter().enumerate().filter(|(line, _)| of(*line));
    lines.any(|(_, growth)| {
        let growth = growth.as_ref();
        growth.is_some_and(|growth| growth.bent_at(joint, &none).is_some())
    })
}
