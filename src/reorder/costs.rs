//! What the runs of one order say: seconds per unit of work, and what each statement costs.

use crate::compare::seconds_per_unit;
use crate::profile;
use crate::recording::{Attribution, Recording, RoundId, RunKind};
use crate::source::LineNumber;
use crate::stats;

/// One round of one order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RoundCosts {
    /// Which one.
    pub(super) round: RoundId,
    /// Seconds per unit of work of the whole script, in the timed run.
    pub(super) seconds: f64,
    /// Seconds of thread time per unit of work of each statement, in the order as it is:
    /// its share of the profiled run's samples, times the seconds of the timed run, times the
    /// threads that ran at once.
    pub(super) statements: Vec<f64>,
}

impl RoundCosts {
    /// The statements together.
    pub(super) fn block(&self) -> f64 {
        self.statements.iter().sum()
    }
}

/// The rounds of an order that have a timed run, and a profiled run with samples. The
/// statements are on these lines of the script.
pub(super) fn rounds(
    recording: &Recording,
    lines: &[(u32, u32)],
    attribution: Attribution,
) -> Vec<RoundCosts> {
    let by_leaf = (attribution == Attribution::Leaf).then(|| recording.clone().seen_from_leaves());
    let recording = by_leaf.as_ref().unwrap_or(recording);
    let script = recording.script().unwrap_or_default();
    let profiles = profile::run_profiles(recording);
    let timed = recording.runs_by_round();
    let timed = timed.filter(|(_, run)| run.kind == RunKind::Timed);
    let costs = timed.filter_map(|(round, run)| {
        let seconds = seconds_per_unit(run, &recording.settings.throughput)?;
        let profile = profiles.iter().find(|it| it.round == round)?;
        let samples = profile.samples;
        let thread_seconds =
            seconds * run.processes_at_once() * samples.thread_seconds_per_second();
        let cost = |&(first, last): &(u32, u32)| {
            let owned = profile.lines.iter().filter(|(id, _)| {
                let is_within = (first..=last).contains(&LineNumber::get(id.line));
                is_within && id.file == script
            });
            let owned: u64 = owned.map(|(_, counts)| counts.owned).sum();
            stats::samples(owned) / stats::samples(samples.window) * thread_seconds
        };
        (samples.window > 0).then(|| RoundCosts {
            round,
            seconds,
            statements: lines.iter().map(cost).collect(),
        })
    });
    costs.collect()
}
