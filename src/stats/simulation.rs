//! Whether the estimators keep their promises, on data whose truth is known.
//!
//! Every simulation draws from a fixed seed, and every test allows for the binomial noise
//! of its own number of repetitions. What `docs/METHODOLOGY.md` claims is tested by
//! `methodology`, which has these functions do the work; here are the tests besides.

pub(crate) mod gate;
pub(crate) mod growth;
pub(crate) mod looks;
pub(crate) mod machines;
pub(crate) mod noise;
pub(crate) mod world;

use super::{
    Aim, Interval, NOMINAL_POWER, POWER, Shift, paired, rounds_needed, smallest_detectable, welch,
};
use crate::pair::Pair;
use noise::{CALM, Noise};
pub(crate) use noise::{OF_PROCESSES, OF_RUNS, OF_SAMPLES};
use world::{Rate, World, confirmed, level, lines};

const MIN_EFFECT: f64 = 0.01;

pub(crate) fn throughput_false_positives(noise: Noise, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(1, noise);
    let border = (1.0 + MIN_EFFECT).ln();
    Rate::of(repetitions, || {
        let interval = world.throughput(n).interval(level()).unwrap();
        interval.is_above(border) || interval.is_below(-border)
    })
}

pub(crate) fn throughput_coverage(noise: Noise, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(2, noise);
    Rate::of(repetitions, || {
        world.throughput(n).interval(level()).unwrap().contains(0.0)
    })
}

pub(crate) fn false_confirmations(
    noise: Noise,
    n: usize,
    samples: u64,
    repetitions: usize,
) -> Rate {
    let mut world = World::new(3, noise);
    let truth = Pair::new(lines(), lines());
    Rate::of(repetitions, || {
        !confirmed(&world.cost_fits(&truth, n, samples)).is_empty()
    })
}

/// One 20% line doubled: how often it is confirmed, and how often an innocent one.
pub(crate) fn doubled_line(
    noise: Noise,
    n: usize,
    samples: u64,
    repetitions: usize,
) -> (Rate, Rate) {
    let mut world = World::new(4, noise);
    let mut truth = Pair::new(lines(), lines());
    truth.after[1] *= 2.0;
    let found: Vec<Vec<usize>> = (0..repetitions)
        .map(|_| confirmed(&world.cost_fits(&truth, n, samples)))
        .collect();
    let rate = |event: &dyn Fn(&Vec<usize>) -> bool| Rate {
        hits: found.iter().filter(|found| event(found)).count(),
        of: repetitions,
    };
    (
        rate(&|found| found.contains(&1)),
        rate(&|found| found.iter().any(|&unit| unit != 1)),
    )
}

/// How often the interval of one unit's cost difference holds the truth.
pub(crate) fn cost_coverage(
    noise: Noise,
    after: &[f64],
    unit: usize,
    n: usize,
    samples: u64,
    repetitions: usize,
) -> Rate {
    let mut world = World::new(5, noise);
    let truth = Pair::new(lines(), after.to_vec());
    let difference = truth.after[unit] - truth.before[unit];
    Rate::of(repetitions, || {
        let (_, fit) = world.cost_fits(&truth, n, samples)[unit];
        fit.difference
            .interval(level())
            .is_some_and(|i: Interval| i.contains(difference))
    })
}

/// The chance of an effect that one experiment calls its smallest detectable to be
/// found by another.
pub(crate) fn power_at_stated(noise: Noise, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(6, noise);
    Rate::of(repetitions, || {
        let stated =
            smallest_detectable(&world.throughput(n), level(), 0.0, NOMINAL_POWER).unwrap();
        let next = world.throughput(n).shifted(stated);
        !next.interval(level()).unwrap().contains(0.0)
    })
}

/// One line of 3% doubled: how often it is confirmed.
pub(crate) fn doubled_cold_line(n: usize, samples: u64, repetitions: usize) -> Rate {
    let mut world = World::new(14, CALM);
    let mut truth = Pair::new(lines(), lines());
    let cold = COLD;
    let factor = 0.03 / truth.before[cold];
    truth.before[cold] *= factor;
    truth.after[cold] *= 2.0 * factor;
    Rate::of(repetitions, || {
        confirmed(&world.cost_fits(&truth, n, samples)).contains(&cold)
    })
}

/// A line of about 3%.
const COLD: usize = 6;

/// How often the interval of the shift of a unit's share holds the truth, which is 0.
pub(crate) fn share_coverage(noise: Noise, unit: usize, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(15, noise);
    let truth = Pair::new(lines(), lines());
    Rate::of(repetitions, || {
        let (_, fit) = world.share_fits(&truth, n, 1000)[unit];
        fit.difference.interval(level()).unwrap().contains(0.0)
    })
}

/// The chance of a change that one experiment calls the smallest detectable of a line of 2%
/// to be found by another.
pub(crate) fn power_at_stated_of_a_line(noise: Noise, n: usize, repetitions: usize) -> Rate {
    let mut world = World::new(16, noise);
    let mut truth = Pair::new(lines(), lines());
    truth.before[COLD] = 0.02;
    let strict = level().shared_among(truth.before.len());
    Rate::of(repetitions, || {
        truth.after = truth.before.clone();
        let (_, fit) = world.cost_fits(&truth, n, 500)[COLD];
        let stated = smallest_detectable(&fit.to_plan_by(), strict, fit.growth, POWER).unwrap();
        truth.after[COLD] += stated;
        let (_, next) = world.cost_fits(&truth, n, 500)[COLD];
        !next.difference.interval(strict).unwrap().contains(0.0)
    })
}

/// How often an experiment of six rounds that is left open is settled by the number of rounds
/// that are said to be needed, where that is 200 at most. The truth is this effect, or all
/// effects up to 10%, which are equally likely.
pub(crate) fn settled_when_said(noise: Noise, effect: Option<f64>, repetitions: usize) -> Rate {
    const MOST: usize = 200;
    let mut world = World::new(17, noise);
    let border = (1.0 + MIN_EFFECT).ln();
    let aim = Aim {
        beyond: (border, level()),
        within: (border, level()),
    };
    let is_settled = |found: &Shift| {
        let interval = found.interval(level()).unwrap();
        interval.is_above(border)
            || interval.is_below(-border)
            || interval.is_within(-border, border)
    };
    let mut rate = Rate { hits: 0, of: 0 };
    while rate.of < repetitions {
        let truth = effect.map_or_else(|| 0.2 * world.uniform() - 0.1, f64::ln_1p);
        let all = world.paired_rounds(MOST);
        let after = |rounds: usize| paired(&all[..rounds]).unwrap().shifted(truth);
        let now = after(6);
        if is_settled(&now) {
            continue;
        }
        let needed = rounds_needed(&now, aim, 6).map(|it| it.high as usize);
        let Some(needed) = needed.filter(|&it| it <= MOST) else {
            continue;
        };
        rate.of += 1;
        rate.hits += usize::from(is_settled(&after(needed)));
    }
    rate
}

/// How often a line of identical code is confirmed at the end of an experiment that ends at
/// the first look with a verdict on throughput. Lines are judged once, at the whole level.
pub(crate) fn false_confirmations_at_the_end(noise: Noise, repetitions: usize) -> Rate {
    let mut world = World::new(18, noise);
    let truth = Pair::new(lines(), lines());
    let most = looks::LAST;
    Rate::of(repetitions, || {
        let experiment = world.experiment(&truth, most, 500);
        let end = looks::end(|rounds| experiment.throughput(rounds));
        !confirmed(&experiment.cost_fits(end)).is_empty()
    })
}

#[test]
fn unpaired_intervals_cover_the_truth_as_often_as_they_say() {
    let mut world = World::new(7, CALM);
    let rate = Rate::of(1000, || {
        let (times, _) = world.rounds(6);
        let logs = times.map(|times| times.iter().map(|time| time.ln()).collect::<Vec<_>>());
        welch(&logs.before, &logs.after)
            .unwrap()
            .interval(level())
            .unwrap()
            .contains(0.0)
    });
    rate.assert_at_least(0.94);
    rate.assert_at_most(0.98);
}

/// A line that took two thirds of the time is gone: every other one has three times
/// its share, and costs the same.
fn innocents_beside_a_removed_line(
    noise: Noise,
    n: usize,
    samples: u64,
    repetitions: usize,
) -> Rate {
    let mut world = World::new(8, noise);
    let mut truth = Pair::new(lines(), lines());
    truth.before.push(2.0);
    truth.after.push(0.0);
    let removed = lines().len();
    Rate::of(repetitions, || {
        confirmed(&world.cost_fits(&truth, n, samples))
            .iter()
            .any(|&unit| unit != removed)
    })
}

#[test]
fn lines_whose_share_tripled_beside_a_removed_one_are_innocent() {
    for samples in [100, 500] {
        innocents_beside_a_removed_line(CALM, 6, samples, 300).assert_at_most(0.05);
    }
}

#[test]
fn cost_intervals_cover_the_truth() {
    // At least: with few rounds the floor of the variance makes them wider than needed.
    let third: Vec<f64> = lines().iter().map(|cost| cost / 3.0).collect();
    for unit in [0, 5] {
        cost_coverage(CALM, &lines(), unit, 6, 200, 300).assert_at_least(0.94);
        cost_coverage(CALM, &third, unit, 6, 200, 300).assert_at_least(0.94);
    }
}

/// Where one line is nearly all of the program its cost varies with the speed of the
/// runs, and hardly with sampling: moderation by what the cold lines show would make
/// its interval cover the truth in 68% to 93% of experiments.
#[test]
fn a_line_that_is_nearly_everything_varies_with_the_speed_of_the_runs() {
    let mut costs = vec![0.9];
    costs.extend([0.01; 10]);
    let truth = Pair::new(costs.clone(), costs);
    for noise in [CALM, OF_RUNS[1].1] {
        let mut world = World::new(9, noise);
        let rate = Rate::of(300, || {
            let (_, fit) = world.cost_fits(&truth, 6, 500)[0];
            fit.difference.interval(level()).unwrap().contains(0.0)
        });
        rate.assert_at_least(0.94);
    }
}
