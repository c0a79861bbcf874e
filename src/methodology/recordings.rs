//! Experiments whose truth is known, as recordings: from there on all is as for real ones.

use crate::compare::{Comparison, Evidence, LineComparison, MetricVerdict, Options, compare};
use crate::pair::{Pair, Side};
use crate::recording::{Recording, Run, RunKind, fixture};
use crate::stats::Slot;
use crate::stats::simulation::noise::Noise;
use crate::stats::simulation::world::{Rate, World, lines};

const FILE: &str = "script.py";

/// Rounds and samples a run of an experiment.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) rounds: usize,
    pub(super) samples: u64,
}

/// How often something is true of experiments in which nothing has changed.
pub(super) fn of_identical(
    noise: Noise,
    size: Size,
    repetitions: usize,
    event: fn(&Comparison) -> bool,
) -> Rate {
    let truth = Pair::new(lines(), lines());
    of_truth(noise, size, &truth, repetitions, event)
}

/// The same where one line of 20% costs twice as much.
pub(super) fn of_doubled(
    noise: Noise,
    size: Size,
    repetitions: usize,
    event: fn(&Comparison) -> bool,
) -> Rate {
    let mut truth = Pair::new(lines(), lines());
    truth.after[1] *= 2.0;
    of_truth(noise, size, &truth, repetitions, event)
}

/// The same where everything costs a tenth more.
pub(super) fn of_slower(
    noise: Noise,
    size: Size,
    repetitions: usize,
    event: fn(&Comparison) -> bool,
) -> Rate {
    let after = lines().iter().map(|cost| 1.1 * cost).collect();
    of_truth(noise, size, &Pair::new(lines(), after), repetitions, event)
}

fn of_truth(
    noise: Noise,
    size: Size,
    truth: &Pair<Vec<f64>>,
    repetitions: usize,
    event: fn(&Comparison) -> bool,
) -> Rate {
    let mut world = World::new(12, noise);
    Rate::of(repetitions, || event(&experiment(&mut world, size, truth)))
}

pub(super) fn is_faster_or_slower(comparison: &Comparison) -> bool {
    matches!(
        comparison.throughput.verdict,
        MetricVerdict::Faster | MetricVerdict::Slower
    )
}

/// Whether the one finding is that all lines changed alike.
pub(super) fn is_of_all_lines(comparison: &Comparison) -> bool {
    comparison.all_lines.is_some()
}

pub(super) fn is_any_line_confirmed(comparison: &Comparison) -> bool {
    comparison.lines.iter().any(is_confirmed)
}

/// Whether the line that was doubled is confirmed.
pub(super) fn is_doubled_confirmed(comparison: &Comparison) -> bool {
    let mut lines = comparison.lines.iter();
    lines.any(|line| is_doubled(line) && is_confirmed(line))
}

pub(super) fn is_innocent_confirmed(comparison: &Comparison) -> bool {
    let mut lines = comparison.lines.iter();
    lines.any(|line| !is_doubled(line) && is_confirmed(line))
}

fn is_confirmed(line: &LineComparison) -> bool {
    line.change.evidence == Evidence::Confirmed
}

fn is_doubled(line: &LineComparison) -> bool {
    line.after.as_ref().is_some_and(|side| side.line.get() == 2)
}

fn experiment(world: &mut World, size: Size, truth: &Pair<Vec<f64>>) -> Comparison {
    let (times, slots) = world.rounds(size.rounds);
    let recordings = Pair::new(Side::Before, Side::After).map(|side| {
        let costs = truth.side(side);
        let total: f64 = costs.iter().sum();
        let counts = world.samples(costs, size.rounds, size.samples);
        let mut recording = recording(side, costs.len());
        let rounds = times.side(side).iter().zip(&counts).zip(&slots);
        for (index, ((time, counts), slot)) in rounds.enumerate() {
            let runs = runs(side, index, total * time, counts, *slot);
            recording.blocks[0].runs.extend(runs);
        }
        recording
    });
    let Pair { before, after } = recordings;
    compare(&before, &after, &[], &Options::default()).unwrap()
}

/// A timed run of so many seconds, and a profiled one of the same round.
fn runs(side: Side, index: usize, seconds: f64, counts: &[u64], slot: Slot) -> [Run; 2] {
    let round = u32::try_from(index + 1).unwrap();
    let is_first = (slot == Slot::BeforeFirst) == (side == Side::Before);
    let position = 4 * round + u32::from(!is_first);
    let timed = fixture::timed_run(round, position, seconds);
    let lines = (1..).zip(counts);
    let lines = lines.map(|(number, &samples)| fixture::line_samples(FILE, number, samples));
    let profiled = Run {
        position: position + 2,
        kind: RunKind::Profiled,
        profile: Some(fixture::profile(lines.collect(), [0; 3])),
        ..timed.clone()
    };
    [timed, profiled]
}

fn recording(side: Side, lines: usize) -> Recording {
    let mut recording = fixture::recording(&side.to_string(), FILE);
    recording.sources = vec![fixture::source(FILE, "line\n".repeat(lines))];
    recording
}
