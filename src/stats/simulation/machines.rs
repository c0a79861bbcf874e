//! How often experiments on several machines are right.

use super::MIN_EFFECT;
use super::noise::CALM;
use super::world::{Fleet, Rate, World, confirmed, level, lines};
use crate::pair::Pair;

/// How often throughput is called faster or slower, where on average it is neither.
pub(crate) fn false_verdicts(fleet: Fleet, repetitions: usize) -> Rate {
    let mut world = World::new(31, CALM);
    let border = (1.0 + MIN_EFFECT).ln();
    Rate::of(repetitions, || {
        let found = world.on_machines(fleet, &[1.0], 1).throughput();
        let interval = found.interval(level()).unwrap();
        interval.is_above(border) || interval.is_below(-border)
    })
}

/// How often the interval of the throughput's change holds the truth: that of all machines of
/// which these are some, and that of just these.
pub(crate) fn throughput_coverage(fleet: Fleet, repetitions: usize) -> Pair<Rate> {
    let mut world = World::new(32, CALM);
    let mut hits = Pair::new(0, 0);
    for _ in 0..repetitions {
        let experiment = world.on_machines(fleet, &[1.0], 1);
        let interval = experiment.throughput().interval(level()).unwrap();
        hits.before += usize::from(interval.contains(0.0));
        hits.after += usize::from(interval.contains(experiment.true_gain));
    }
    hits.map(|hits| Rate {
        hits,
        of: repetitions,
    })
}

/// How often a change of this part of the cost is told from none.
pub(crate) fn power(fleet: Fleet, effect: f64, repetitions: usize) -> Rate {
    let mut world = World::new(33, CALM);
    Rate::of(repetitions, || {
        let found = world.on_machines(fleet, &[1.0], 1).throughput();
        let interval = found.shifted(effect).interval(level()).unwrap();
        !interval.contains(0.0)
    })
}

/// How often a line of identical code is confirmed, as far as lines do not differ between
/// machines.
pub(crate) fn false_confirmations(fleet: Fleet, samples: u64, repetitions: usize) -> Rate {
    let mut world = World::new(34, CALM);
    Rate::of(repetitions, || {
        let experiment = world.on_machines(fleet, &lines(), samples);
        !confirmed(&experiment.cost_fits()).is_empty()
    })
}

/// How often the interval of the first line's shift holds the truth, as of
/// [`throughput_coverage`].
pub(crate) fn cost_coverage(fleet: Fleet, samples: u64, repetitions: usize) -> Pair<Rate> {
    let mut world = World::new(35, CALM);
    let mut hits = Pair::new(0, 0);
    for _ in 0..repetitions {
        let experiment = world.on_machines(fleet, &lines(), samples);
        let (_, fit) = experiment.cost_fits()[0];
        let interval = fit.difference.interval(level()).unwrap();
        hits.before += usize::from(interval.contains(0.0));
        hits.after += usize::from(interval.contains(experiment.true_line_shift));
    }
    hits.map(|hits| Rate {
        hits,
        of: repetitions,
    })
}
