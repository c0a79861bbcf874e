//! The runs of both sides, matched: what is compared with what.

use std::collections::{BTreeMap, BTreeSet};

use super::machines::{machines_of_blocks, mean_on, to_common_speed};
use super::metric::Quantity;
use super::{CompareError, MetricKind};
use crate::pair::{Pair, Side};
use crate::profile::{self, RunProfile};
use crate::recording::{Better, MetricSource, Recording, RoundId, Run, RunKind, SampleCounts};
use crate::stats::{self, CostFit, Design, Exposure, Machines, Slot, StatsError, UnitCounts};

/// The runs that are compared. Where the design is paired, the i-th runs of both
/// sides are of one round of one block, in `timed` and in `profiled` each.
pub(super) struct Rounds<'r> {
    /// Whether the sides were interleaved.
    pub(super) design: Design,
    /// What gives the time per unit of work.
    pub(super) source: &'r MetricSource,
    /// Timed runs, by round.
    pub(super) timed: Pair<Vec<&'r Run>>,
    /// Profiled runs with the time of the timed run of their round.
    pub(super) profiled: Pair<Vec<Profiled<'r>>>,
    /// The machines of the timed runs; one where the sides were not interleaved.
    pub(super) machines: Machines,
    /// Those of the profiled runs.
    profiled_on: Machines,
    /// Rounds that are left out because they are not whole, each side.
    pub(super) left_out: Pair<usize>,
    seconds: Pair<Vec<f64>>,
}

/// A profiled run and how long a unit of work took in its round.
pub(super) struct Profiled<'r> {
    /// Seconds of thread time per unit of work: those of the round's timed run, times
    /// the threads that ran at once. A line that two threads are on for a second costs
    /// two; counted against the clock, code of one thread and code of many would be in
    /// different units. Where children are followed, the same is true of processes.
    pub(super) thread_seconds: f64,
    /// Its samples; at least one.
    pub(super) profile: RunProfile<'r>,
}

impl<'r> Rounds<'r> {
    pub(super) fn of(sides: &Pair<&'r Recording>) -> Result<Self, CompareError> {
        require_common_region(sides)?;
        let source = common_source(sides)?;
        let paired = sides.before.experiment == sides.after.experiment;
        if paired && !are_of_the_same_blocks(sides) {
            return Err(CompareError::DifferentBlocks);
        }
        let mut before = by_round(sides.before, Side::Before, source)?;
        let mut after = by_round(sides.after, Side::After, source)?;
        let all = Pair::new(before.len(), after.len());
        if paired {
            before.retain(|round, _| after.contains_key(round));
            after.retain(|round, _| before.contains_key(round));
            if before.is_empty() {
                return Err(CompareError::NoCommonRound);
            }
            // A round without samples on one side has costs on neither.
            for (one, other) in before.values_mut().zip(after.values_mut()) {
                if one.profile.is_none() || other.profile.is_none() {
                    (one.profile, other.profile) = (None, None);
                }
            }
        }
        let machine_of = machines_of_blocks(sides.before);
        let on_machines = |rounds: Vec<&RoundId>| {
            if paired {
                Machines::of(rounds.iter().map(|round| machine_of[round.block]))
            } else {
                Machines::one(rounds.len())
            }
        };
        let machines = on_machines(before.keys().collect());
        let with_samples = before.iter().filter(|(_, it)| it.profile.is_some());
        let profiled_on = on_machines(with_samples.map(|(round, _)| round).collect());
        let timed =
            Pair::new(&before, &after).map(|rounds| rounds.values().map(|r| r.timed).collect());
        let seconds =
            Pair::new(&before, &after).map(|rounds| rounds.values().map(|r| r.seconds).collect());
        let mut profiled = Pair::new(before, after).map(|rounds| {
            rounds
                .into_values()
                .filter_map(SideRound::into_profiled)
                .collect::<Vec<_>>()
        });
        if profiled.before.is_empty() || profiled.after.is_empty() {
            return Err(CompareError::NoCommonRound);
        }
        to_common_speed(&profiled_on, &mut profiled);
        Ok(Self {
            design: if paired {
                Design::Paired
            } else {
                Design::Unpaired
            },
            source,
            timed,
            machines,
            profiled_on,
            left_out: Pair::new(
                all.before - profiled.before.len(),
                all.after - profiled.after.len(),
            ),
            profiled,
            seconds,
        })
    }

    /// Rounds that both sides have.
    pub(super) fn len(&self) -> u32 {
        let least = self.timed.before.len().min(self.timed.after.len());
        u32::try_from(least).unwrap_or(u32::MAX)
    }

    /// Seconds per unit of work of one side's timed runs.
    pub(super) fn seconds(&self, side: Side) -> Vec<f64> {
        self.seconds.side(side).clone()
    }

    /// What the profiled runs measured as a whole.
    pub(super) fn exposures(&self) -> Pair<Vec<Exposure>> {
        self.profiled.as_ref().map(|runs| {
            let exposure = |run: &Profiled<'_>| Exposure {
                seconds: run.thread_seconds,
                samples: run.profile.samples.window,
            };
            runs.iter().map(exposure).collect()
        })
    }

    /// How the costs of units differ, by what these runs measured as a whole.
    pub(super) fn cost_differences(
        &self,
        exposures: &Pair<Vec<Exposure>>,
        units: &[UnitCounts],
    ) -> Result<Vec<CostFit>, StatsError> {
        stats::cost_differences(self.design, &self.profiled_on, exposures, units)
    }

    /// The mean of values of the timed runs of a side, each machine's counting alike.
    pub(super) fn mean_of_timed(&self, values: &[f64]) -> Result<stats::Estimate, StatsError> {
        mean_on(&self.machines, values)
    }

    /// The same of values of profiled runs.
    pub(super) fn mean_of_profiled(&self, values: &[f64]) -> Result<stats::Estimate, StatsError> {
        mean_on(&self.profiled_on, values)
    }

    /// Mean seconds of thread time per unit of work over the rounds that have costs.
    pub(super) fn mean_thread_seconds(&self) -> Result<Pair<f64>, StatsError> {
        self.profiled.as_ref().try_map(|runs| {
            let seconds: Vec<f64> = runs.iter().map(|run| run.thread_seconds).collect();
            Ok(self.mean_of_profiled(&seconds)?.value)
        })
    }

    /// Which side's timed run came first, a round each. Of use only where paired.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let pairs = self.timed.before.iter().zip(&self.timed.after);
        pairs
            .map(|(before, after)| {
                if before.position <= after.position {
                    Slot::BeforeFirst
                } else {
                    Slot::AfterFirst
                }
            })
            .collect()
    }
}

/// One round of one side.
struct SideRound<'r> {
    timed: &'r Run,
    seconds: f64,
    profile: Option<RunProfile<'r>>,
}

impl<'r> SideRound<'r> {
    fn into_profiled(self) -> Option<Profiled<'r>> {
        let profile = self.profile?;
        Some(Profiled {
            thread_seconds: self.seconds
                * self.timed.processes_at_once()
                * profile.samples.thread_seconds_per_second(),
            profile,
        })
    }
}

/// The value of a metric in a run; absent where the run did not report one.
fn value_of(run: &Run, kind: MetricKind) -> Option<f64> {
    match kind {
        MetricKind::Pattern | MetricKind::Metrics | MetricKind::Region => {
            Some(run.metric.as_ref()?.value)
        }
        MetricKind::Window => Some(run.window_s),
        MetricKind::Wall => Some(run.wall_s),
        MetricKind::Cpu => Some(run.cpu_s),
        MetricKind::Memory => Some(stats::samples(run.peak_rss_bytes)),
    }
}

/// What there is to pay for one unit, of which less is better: seconds of a rate or
/// a duration, bytes of memory. It is its own inverse.
pub(super) fn price(value: f64, better: Better) -> f64 {
    match better {
        Better::Higher => 1.0 / value,
        Better::Lower => value,
    }
}

/// The checked price of a run by a quantity.
pub(super) fn price_of(run: &Run, quantity: Quantity<'_>, side: Side) -> Result<f64, CompareError> {
    let round = run.round;
    let value = value_of(run, quantity.kind).ok_or(CompareError::NoMetric { side, round })?;
    let price = price(value, quantity.better);
    let valid = value.is_finite() && value > 0.0 && price.is_finite() && price > 0.0;
    if valid {
        Ok(price)
    } else {
        Err(CompareError::BadValue { side, round, value })
    }
}

/// Seconds per unit of work of a run; absent where it did not report its work, or not in a
/// number above 0.
pub(crate) fn seconds_per_unit(run: &Run, source: &MetricSource) -> Option<f64> {
    price_of(run, Quantity::throughput(source), Side::Before).ok()
}

/// Seconds per unit of the runs of a kind over those of the timed runs of the same
/// rounds; absent where there is none, or where a run did not report its work.
pub(super) fn slowdown(recording: &Recording, kind: RunKind) -> Option<f64> {
    let throughput = Quantity::throughput(&recording.settings.throughput);
    let of_kind = |kind| {
        let runs = recording.runs_by_round();
        runs.filter(move |(_, run)| run.kind == kind)
    };
    let rounds: BTreeSet<RoundId> = of_kind(kind).map(|(round, _)| round).collect();
    let mean = |kind: RunKind| {
        let prices: Vec<f64> = of_kind(kind)
            .filter(|(round, _)| rounds.contains(round))
            .map(|(_, run)| price_of(run, throughput, Side::Before).ok())
            .collect::<Option<_>>()?;
        Some(stats::mean(&prices).ok()?.value)
    };
    Some(mean(kind)? / mean(RunKind::Timed)?)
}

fn require_common_region(sides: &Pair<&Recording>) -> Result<(), CompareError> {
    let regions = sides.map(|recording| recording.settings.region.as_ref());
    if regions.before == regions.after {
        return Ok(());
    }
    let named = regions.map(|region| {
        region.map_or_else(
            || "the whole window".to_owned(),
            |name| format!("the region `{}`", name.as_written()),
        )
    });
    Err(CompareError::DifferentRegions {
        before: named.before,
        after: named.after,
    })
}

fn common_source<'r>(sides: &Pair<&'r Recording>) -> Result<&'r MetricSource, CompareError> {
    let sources = sides.map(|recording| &recording.settings.throughput);
    if sources.before == sources.after {
        return Ok(sources.after);
    }
    let named = sources.map(|source| {
        let better = match source.better {
            Better::Higher => "higher",
            Better::Lower => "lower",
        };
        format!(
            "{} from {} ({better} is better)",
            source.unit, source.source
        )
    });
    Err(CompareError::DifferentMetrics {
        before: named.before,
        after: named.after,
    })
}

/// The rounds of one side that have a timed run.
fn by_round<'r>(
    recording: &'r Recording,
    side: Side,
    source: &MetricSource,
) -> Result<BTreeMap<RoundId, SideRound<'r>>, CompareError> {
    let throughput = Quantity::throughput(source);
    let mut rounds = BTreeMap::new();
    let timed = recording.runs_by_round();
    for (id, timed) in timed.filter(|(_, run)| run.kind == RunKind::Timed) {
        let round = SideRound {
            timed,
            seconds: price_of(timed, throughput, side)?,
            profile: None,
        };
        if rounds.insert(id, round).is_some() {
            return Err(CompareError::RepeatedRound {
                side,
                round: id.round,
                kind: RunKind::Timed,
            });
        }
    }
    if rounds.is_empty() {
        return Err(CompareError::NoTimedRun { side });
    }
    let mut seen = BTreeSet::new();
    let mut any_samples = false;
    for profile in profile::run_profiles(recording) {
        let id = profile.round;
        let round = id.round;
        if !seen.insert(id) {
            return Err(CompareError::RepeatedRound {
                side,
                round,
                kind: RunKind::Profiled,
            });
        }
        if !adds_up(&profile) {
            return Err(CompareError::Inconsistent { side, round });
        }
        let has_samples = profile.samples.window > 0;
        any_samples |= has_samples;
        if let Some(entry) = rounds.get_mut(&id).filter(|_| has_samples) {
            entry.profile = Some(profile);
        }
    }
    if any_samples {
        Ok(rounds)
    } else {
        Err(CompareError::NoSamples { side })
    }
}

/// Whether every sample of the window is in exactly one place.
fn adds_up(run: &RunProfile<'_>) -> bool {
    let SampleCounts {
        window,
        ticks,
        numba,
        other,
        waiting,
        bad,
        ..
    } = run.samples;
    let owned: u64 = run.lines.values().map(|counts| counts.owned).sum();
    window == numba + other + waiting + bad && owned == numba && ticks <= window
}

/// Whether the blocks of both sides were made together, so that a block and a round of it are
/// the same on both.
fn are_of_the_same_blocks(sides: &Pair<&Recording>) -> bool {
    let [before, after] = [sides.before, sides.after].map(|recording| &recording.blocks);
    let mut pairs = before.iter().zip(after);
    before.len() == after.len()
        && pairs.all(|(one, other)| one.machine == other.machine && one.seed == other.seed)
}
