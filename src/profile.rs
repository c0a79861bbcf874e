//! What a recording's profiled runs say of each line.
//!
//! [`run_profiles`] keeps the runs apart, as comparing needs it: the process is
//! the replicate, not the sample. [`AnnotatedProfile`] pools them, as
//! `profila annotate` shows them: a renderer only prints what is there.

mod annotated;
mod counted;
mod regions;
mod watching;

use std::collections::BTreeMap;

use crate::recording::{ProfiledRun, Recording, RoundId, Run, SampleCounts, StackFrame};
use crate::source::LineNumber;

pub(crate) use self::annotated::{
    AnnotatedFile, AnnotatedLine, AnnotatedProfile, AttachedTo, annotate,
};
#[cfg(test)]
pub(crate) use self::annotated::{AnnotatedRange, NamedShare};
pub(crate) use self::counted::PooledEvents;
#[cfg(test)]
pub(crate) use self::counted::PooledLine;
pub(crate) use self::regions::{PooledRegion, regions};
pub(crate) use self::watching::{Slower, Watching, watching};

/// Samples of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Samples whose innermost Python-source line is this one.
    pub self_samples: u64,
    /// `self_samples` and those in library lines that this line called or had
    /// inlined.
    pub total: u64,
    /// Samples that this line answers for. Every sample in Numba code has exactly
    /// one such line, so that they sum to the Numba samples of the run.
    pub owned: u64,
}

/// A line by its file, as in [`Recording::sources`], and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LineId<'r> {
    /// The file.
    pub file: &'r str,
    /// The line.
    pub line: LineNumber,
}

/// The samples of the measured window of one profiled run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunProfile<'r> {
    /// Round of the run.
    pub round: RoundId,
    /// Samples by outcome: `window` is their total, and `other`, `waiting` and
    /// `bad` are the buckets of those on no line.
    pub samples: SampleCounts,
    /// Samples by line. Lines without samples are absent.
    pub lines: BTreeMap<LineId<'r>, LineCounts>,
}

/// The profiled runs of a recording, each for itself, in the order of their
/// rounds.
pub(crate) fn run_profiles(recording: &Recording) -> Vec<RunProfile<'_>> {
    let by_round = recording
        .runs_by_round()
        .filter_map(|(round, run)| Some((round, run.profile.as_ref()?)));
    let mut profiles: Vec<_> = by_round
        .map(|(round, profile)| RunProfile {
            round,
            samples: profile.samples,
            lines: line_counts(profile),
        })
        .collect();
    profiles.sort_by_key(|profile| profile.round);
    profiles
}

/// What every sample of the measured windows was in, outermost first, with how many there
/// are of each, over all profiled runs. What was on no line is in a frame of its own.
/// `None` where the recording has no stacks.
pub(crate) fn stacks(recording: &Recording) -> Option<Vec<(Vec<StackFrame>, u64)>> {
    let mut stacks: BTreeMap<&[StackFrame], u64> = BTreeMap::new();
    let profiles = || profiled_runs(recording).map(|(_, profile)| profile);
    for stack in profiles().flat_map(|profile| &profile.stacks) {
        *stacks.entry(&stack.frames).or_default() += stack.samples;
    }
    let samples = pooled_samples(&run_profiles(recording));
    if stacks.is_empty() && samples.numba > 0 {
        return None;
    }
    let elsewhere = [
        ("(outside Numba)", samples.other),
        ("(waiting)", samples.waiting),
        ("(unreadable)", samples.bad),
    ];
    let elsewhere = elsewhere.into_iter().filter(|&(_, count)| count > 0);
    let elsewhere = elsewhere.map(|(name, count)| (vec![StackFrame::Native(name.into())], count));
    let known = stacks.into_iter();
    let known = known.map(|(frames, count)| (frames.to_vec(), count));
    Some(known.chain(elsewhere).collect())
}

/// Samples by outcome over some runs.
pub(crate) fn pooled_samples(runs: &[RunProfile<'_>]) -> SampleCounts {
    runs.iter()
        .fold(SampleCounts::default(), |sum, run| SampleCounts {
            window: sum.window + run.samples.window,
            ticks: sum.ticks + run.samples.ticks,
            most_threads: sum.most_threads.max(run.samples.most_threads),
            numba: sum.numba + run.samples.numba,
            other: sum.other + run.samples.other,
            unlined: sum.unlined + run.samples.unlined,
            waiting: sum.waiting + run.samples.waiting,
            bad: sum.bad + run.samples.bad,
            startup: sum.startup + run.samples.startup,
            compiling: sum.compiling + run.samples.compiling,
            folded: sum.folded + run.samples.folded,
            misplaced: sum.misplaced + run.samples.misplaced,
            barrier: sum.barrier + run.samples.barrier,
        })
}

fn profiled_runs(recording: &Recording) -> impl Iterator<Item = (&Run, &ProfiledRun)> {
    let runs = recording.runs();
    runs.filter_map(|run| Some((run, run.profile.as_ref()?)))
}

fn line_counts(profile: &ProfiledRun) -> BTreeMap<LineId<'_>, LineCounts> {
    let mut lines = BTreeMap::new();
    for entry in &profile.lines {
        let counts = LineCounts {
            self_samples: entry.self_samples,
            total: entry.total,
            owned: entry.owned,
        };
        if counts != LineCounts::default() {
            let id = LineId {
                file: &entry.file,
                line: entry.line,
            };
            add_counts(lines.entry(id).or_default(), counts);
        }
    }
    lines
}

fn add_counts(sum: &mut LineCounts, more: LineCounts) {
    sum.self_samples += more.self_samples;
    sum.total += more.total;
    sum.owned += more.owned;
}

#[cfg(test)]
mod tests;
