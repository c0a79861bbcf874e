//! What the runs at all sizes say: seconds per unit of work, and the samples of each line.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::seconds_per_unit;
use crate::profile::{self, LineId, RunProfile};
use crate::recording::{Recording, RoundId, Run, RunKind};
use crate::stats::Exposure;

/// The rounds that have a timed run, and a profiled run with samples, at every size.
pub(super) struct Costs<'r> {
    /// The runs by size and round.
    pub(super) sizes: Vec<Vec<Round<'r>>>,
    /// How many rounds there were.
    pub(super) made: usize,
}

/// One round at one size.
pub(super) struct Round<'r> {
    id: RoundId,
    /// The timed run.
    pub(super) timed: &'r Run,
    /// Seconds per unit of work of the whole script, in the timed run.
    pub(super) seconds: f64,
    /// The profiled run.
    pub(super) profile: RunProfile<'r>,
}

impl<'r> Costs<'r> {
    /// `None` where no round is whole.
    pub(super) fn of(recordings: &'r [Recording]) -> Option<Self> {
        let mut sizes: Vec<Vec<Round<'r>>> = recordings.iter().map(rounds).collect();
        let mut counts = BTreeMap::<RoundId, usize>::new();
        for round in sizes.iter().flatten() {
            *counts.entry(round.id).or_default() += 1;
        }
        for rounds in &mut sizes {
            rounds.retain(|it| counts.get(&it.id) == Some(&recordings.len()));
        }
        let made = recordings.iter().flat_map(Recording::runs_by_round);
        let made: BTreeSet<RoundId> = made.map(|(round, _)| round).collect();
        let is_empty = sizes.first().is_none_or(Vec::is_empty);
        (!is_empty).then_some(Self {
            sizes,
            made: made.len(),
        })
    }

    pub(super) fn rounds(&self) -> usize {
        self.sizes[0].len()
    }

    /// Seconds per unit of work of the whole, by size and round.
    pub(super) fn seconds(&self) -> Vec<Vec<f64>> {
        self.each(|round| round.seconds)
    }

    /// What the profiled runs measured as a whole, in thread time.
    pub(super) fn exposures(&self) -> Vec<Vec<Exposure>> {
        self.each(|round| Exposure {
            seconds: round.seconds
                * round.timed.processes_at_once()
                * round.profile.samples.thread_seconds_per_second(),
            samples: round.profile.samples.window,
        })
    }

    /// The lines with samples.
    pub(super) fn lines(&self) -> BTreeSet<LineId<'r>> {
        let profiles = self.sizes.iter().flatten();
        let lines = profiles.flat_map(|round| &round.profile.lines);
        let owning = lines.filter(|(_, counts)| counts.owned > 0);
        owning.map(|(id, _)| *id).collect()
    }

    /// The samples that a line answers for, by size and round.
    pub(super) fn samples_of(&self, line: LineId<'r>) -> Vec<Vec<u64>> {
        self.each(|round| round.profile.lines.get(&line).map_or(0, |it| it.owned))
    }

    /// The samples on none of these lines, by size and round.
    pub(super) fn samples_beside(&self, lines: &BTreeSet<LineId<'r>>) -> Vec<Vec<u64>> {
        self.each(|round| {
            let owned = round.profile.lines.iter();
            let owned = owned.filter(|(id, _)| lines.contains(id));
            let owned: u64 = owned.map(|(_, counts)| counts.owned).sum();
            round.profile.samples.window.saturating_sub(owned)
        })
    }

    fn each<T>(&self, of: impl Fn(&Round<'r>) -> T) -> Vec<Vec<T>> {
        let sizes = self.sizes.iter();
        sizes
            .map(|rounds| rounds.iter().map(&of).collect())
            .collect()
    }
}

/// The rounds of a size that are whole.
fn rounds(recording: &Recording) -> Vec<Round<'_>> {
    let profiles = profile::run_profiles(recording).into_iter();
    let mut profiles: BTreeMap<RoundId, RunProfile<'_>> =
        profiles.map(|profile| (profile.round, profile)).collect();
    let timed = recording.runs_by_round();
    let timed = timed.filter(|(_, run)| run.kind == RunKind::Timed);
    let rounds = timed.filter_map(|(id, timed)| {
        let seconds = seconds_per_unit(timed, &recording.settings.throughput)?;
        let profile = profiles.remove(&id)?;
        (profile.samples.window > 0).then_some(Round {
            id,
            timed,
            seconds,
            profile,
        })
    });
    rounds.collect()
}
