//! What each side was, how long its runs took, and what profiling cost them.

use super::rounds::{self, Rounds};
use super::{CompareError, Estimate, Overhead, PlacementEffect, VariantSummary};
use crate::pair::{Pair, Side};
use crate::profile;
use crate::recording::{Recording, RunKind};
use crate::share::Share;
use crate::stats::{self, Level};

/// Seconds that a round takes, a timed and a profiled run of each of these recordings;
/// absent where one of them has no such run.
pub(super) fn seconds_per_round<'r>(
    recordings: impl IntoIterator<Item = &'r Recording>,
) -> Option<f64> {
    let of_kind = |recording: &Recording, kind| {
        let runs = recording.runs().filter(|run| run.kind == kind);
        let seconds: Vec<f64> = runs.map(|run| run.wall_s).collect();
        stats::mean(&seconds).ok().map(|mean| mean.value)
    };
    let of = |recording| {
        Some(of_kind(recording, RunKind::Timed)? + of_kind(recording, RunKind::Profiled)?)
    };
    recordings.into_iter().map(of).sum()
}

/// What a side was, and how long a unit of its work took, at this level.
pub(super) fn summary(
    recording: &Recording,
    rounds: &Rounds<'_>,
    side: Side,
    level: Level,
) -> Result<VariantSummary, CompareError> {
    let runs_of = |kind| {
        let runs = recording.runs().filter(|run| run.kind == kind);
        u32::try_from(runs.count()).unwrap_or(u32::MAX)
    };
    let seconds = rounds.mean_of_timed(&rounds.seconds(side))?;
    Ok(VariantSummary {
        variant: recording.variant.clone(),
        python: recording.python.clone(),
        numba: recording.numba.clone(),
        sampler: recording.sampler.clone(),
        timed_runs: runs_of(RunKind::Timed),
        profiled_runs: runs_of(RunKind::Profiled),
        samples: profile::pooled_samples(&profile::run_profiles(recording)),
        seconds_per_unit: Estimate::of(&seconds, level).at_least_0(),
        placement: placement(rounds, side, level),
        followed: recording.most_followed(),
    })
}

/// Bytes of a line of the cache, by which it matters where a loop lies.
const CACHE_LINE: u32 = 64;

/// What the place of the code has to do with how timed runs vary.
fn placement(rounds: &Rounds<'_>, side: Side, level: Level) -> Option<PlacementEffect> {
    let factors = rounds.machines.to_common_speed(&rounds.seconds(side));
    let seconds = rounds.seconds(side).into_iter().zip(factors);
    let seconds = seconds.map(|(seconds, factor)| seconds * factor);
    let runs = rounds.timed.side(side).iter().zip(seconds);
    let values = runs.map(|(run, seconds)| Some((run.placement? % CACHE_LINE, seconds.ln())));
    let values = values.collect::<Option<Vec<_>>>()?;
    let explained = stats::explained_by_class(&values, level)?;
    Some(PlacementEffect {
        part: Share::nearest(explained.part),
        low: Share::nearest(explained.interval.low),
        high: Share::nearest(explained.interval.high),
    })
}

/// What profiling cost the runs of each side.
pub(super) fn overheads(sides: &Pair<&Recording>) -> Pair<Overhead> {
    sides.map(|recording| {
        let watching = profile::watching(recording);
        Overhead {
            slowdown: rounds::slowdown(recording, RunKind::Profiled),
            build_slowdown: rounds::slowdown(recording, RunKind::Control),
            stopped_share: watching.stopped_share,
            longest_stop_s: watching.longest_stop_s,
            achieved_rate_hz: watching.achieved_rate_hz,
        }
    })
}
