//! Experiments whose truth is known, as recordings: from there on all is as for real ones.

use crate::compare::{Comparison, Evidence, LineComparison, MetricVerdict, Options, compare};
use crate::gate::{Outcome, Rule, Subject};
use crate::pair::{Pair, Side};
use crate::recording::{Chosen, Metric, MetricSource, Recording, Run, RunKind, fixture};
use crate::stats::Slot;
use crate::stats::simulation::noise::Noise;
use crate::stats::simulation::world::{Rate, World, lines};

/// Of all of them.
pub(super) const SEED: u64 = 12;

const FILE: &str = "script.py";

/// Rounds and samples a run of an experiment.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) rounds: usize,
    pub(super) samples: u64,
}

/// What is true of the versions, and what comes between that and what is measured.
pub(super) struct Setting {
    /// What each line costs for a unit of work, in seconds.
    truth: Pair<Vec<f64>>,
    measured: Measured,
}

/// What comes between the truth and what is measured, beside the noise.
#[derive(Clone, Copy, PartialEq)]
enum Measured {
    /// Nothing.
    AsItIs,
    /// The script prints how many units it does in a second, in whole numbers.
    Rounded,
    /// The versions are not interleaved: the second one is measured half an hour later, and the
    /// machine may have another speed then.
    Apart,
    /// Where the code lies is drawn for every run.
    Placed,
    /// Where the code lies is another place in the second version, and the same in all of its runs.
    Displaced,
}

/// How much longer a kernel took at each of six places within a line of the cache: the example's,
/// by no-ops at its entry.
const BY_PLACE: [f64; 6] = [0.0, 0.001, 0.023, 0.019, 0.015, 0.015];

/// How a machine's speed varies within an hour (standard deviation of the logarithm), and by how
/// many times at most, as was measured. The latter is also what a comparison allows for, so that
/// what is claimed of it is claimed of machines that keep to it.
const SPEED_SD: f64 = 0.07;
const MOST_SPEED: f64 = 1.25;

impl Setting {
    /// Nothing has changed.
    pub(super) fn identical() -> Self {
        Self::of(lines(), lines())
    }

    fn of(before: Vec<f64>, after: Vec<f64>) -> Self {
        Self {
            truth: Pair::new(before, after),
            measured: Measured::AsItIs,
        }
    }

    /// The second line costs twice as much, of 20%.
    pub(super) fn doubled() -> Self {
        let mut setting = Self::identical();
        setting.truth.after[1] *= 2.0;
        setting
    }

    /// The same of 200 lines, of which the second one has 2%.
    pub(super) fn doubled_of_many() -> Self {
        let mut costs = vec![0.4, 0.02, 0.2];
        let tail: Vec<f64> = (0..197).map(|index| 0.98_f64.powi(index)).collect();
        let sum: f64 = tail.iter().sum();
        costs.extend(tail.iter().map(|cost| 0.38 * cost / sum));
        let mut setting = Self::of(costs.clone(), costs);
        setting.truth.after[1] *= 2.0;
        setting
    }

    /// Everything costs a tenth more.
    pub(super) fn slower() -> Self {
        Self::of(lines(), lines().iter().map(|cost| 1.1 * cost).collect())
    }

    /// The versions do so many units in a second, and print that in whole numbers.
    pub(super) fn rounded(rates: [f64; 2]) -> Self {
        let [before, after] = rates.map(|rate| lines().iter().map(|cost| cost / rate).collect());
        Self {
            truth: Pair::new(before, after),
            measured: Measured::Rounded,
        }
    }

    /// Nothing has changed, and the versions are not interleaved.
    pub(super) fn apart() -> Self {
        Self {
            measured: Measured::Apart,
            ..Self::identical()
        }
    }

    /// Nothing has changed but where the code lies, which is drawn for every run, or is not.
    pub(super) fn placed(is_drawn: bool) -> Self {
        Self {
            measured: if is_drawn {
                Measured::Placed
            } else {
                Measured::Displaced
            },
            ..Self::identical()
        }
    }

    /// How often something is true of its experiments.
    pub(super) fn rate(
        &self,
        noise: Noise,
        size: Size,
        repetitions: usize,
        event: fn(&Comparison) -> bool,
    ) -> Rate {
        let mut world = World::new(SEED, noise);
        Rate::of(repetitions, || event(&self.experiment(&mut world, size)))
    }

    fn experiment(&self, world: &mut World, size: Size) -> Comparison {
        let (mut times, slots) = world.rounds(size.rounds);
        self.disturb(world, &mut times);
        let recordings = Pair::new(Side::Before, Side::After).map(|side| {
            let costs = self.truth.side(side);
            let total: f64 = costs.iter().sum();
            let counts = world.samples(costs, size.rounds, size.samples);
            let mut recording = self.recording(side, costs.len());
            let rounds = times.side(side).iter().zip(&counts).zip(&slots);
            for (index, ((time, counts), slot)) in rounds.enumerate() {
                let mut runs = runs(side, index, total * time, counts, *slot);
                if self.measured == Measured::Rounded {
                    runs.iter_mut().for_each(print_rate);
                }
                recording.blocks[0].runs.extend(runs);
            }
            recording
        });
        let Pair { before, after } = recordings;
        let options = Options {
            rules: vec![Rule {
                subject: Subject::Throughput,
                max_worse: MARGIN,
            }],
            ..Options::default()
        };
        compare(&before, &after, &[], &options).unwrap()
    }

    /// Changes the times of the runs by what comes between.
    fn disturb(&self, world: &mut World, times: &mut Pair<Vec<f64>>) {
        let place = |world: &mut World| {
            let at = world.uniform() * 6.0;
            let index = (1..6).filter(|&it| at >= f64::from(it));
            1.0 + BY_PLACE[index.count()]
        };
        match self.measured {
            Measured::AsItIs | Measured::Rounded => {}
            Measured::Apart => {
                let most = MOST_SPEED.ln();
                let speed = (SPEED_SD * world.normal()).clamp(-most, most).exp();
                times.after.iter_mut().for_each(|time| *time *= speed);
            }
            Measured::Placed => {
                let all = times.before.iter_mut().chain(&mut times.after);
                all.for_each(|time| *time *= place(world));
            }
            Measured::Displaced => {
                for times in [&mut times.before, &mut times.after] {
                    let place = place(world);
                    for time in times.iter_mut() {
                        *time *= place;
                    }
                }
            }
        }
    }

    fn recording(&self, side: Side, lines: usize) -> Recording {
        let mut recording = fixture::recording(&side.to_string(), FILE);
        // Every run does the same work, which is known here.
        recording.settings.throughput_chosen = Chosen::Named;
        recording.sources = vec![fixture::source(FILE, "line\n".repeat(lines))];
        match self.measured {
            Measured::Rounded => recording.settings.throughput = fixture::images_per_second(),
            Measured::Apart if side == Side::After => {
                "another".clone_into(&mut recording.experiment);
                "2026-01-01T00:30:00Z".clone_into(&mut recording.created);
            }
            _ => {}
        }
        recording
    }
}

/// Has a run print how many units it did in a second, of which its window is one.
fn print_rate(run: &mut Run) {
    let MetricSource { unit, .. } = fixture::images_per_second();
    run.metric = Some(Metric {
        name: unit.clone(),
        unit,
        value: (1.0 / run.window_s).round(),
        step: Some(1.0),
    });
}

/// The loss that a rule of the experiments allows.
const MARGIN: f64 = 0.05;

pub(super) fn passes(comparison: &Comparison) -> bool {
    let gate = comparison.gate.as_ref();
    gate.is_some_and(|gate| gate.outcome == Outcome::Pass)
}

pub(super) fn is_no_change(comparison: &Comparison) -> bool {
    comparison.throughput.verdict == MetricVerdict::NoChange
}

/// Whether the interval of throughput holds that nothing has changed.
pub(super) fn holds_no_change(comparison: &Comparison) -> bool {
    let ratio = &comparison.throughput.ratio;
    let ends = ratio.low.zip(ratio.high);
    ends.is_some_and(|(low, high)| low <= 1.0 && 1.0 <= high)
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
