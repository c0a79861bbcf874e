//! Whether the seconds of the measured window may be those of loops of fixed time, which take
//! as long however fast their work is done.

use std::collections::BTreeSet;

use super::rounds::Rounds;
use crate::gate::Doubt;
use crate::pair::{Pair, Side};
use crate::recording::{Chosen, MetricSource, Recording, Run, ThroughputSource};
use crate::stats;

/// Windows this close to each other look like loops of fixed time.
pub(crate) const SAME_WINDOW: f64 = 0.02;

/// Why nothing can be judged by the time of a unit of work that may be worse by `max_worse`.
///
/// Who names the window as the source says that every run does the same work, and is
/// believed. Elsewhere windows that are as close as the rule allows cannot be told from
/// those of loops of fixed time, and by those every version would pass.
pub(super) fn of(rounds: &Rounds<'_>, sides: &Pair<&Recording>, max_worse: f64) -> Option<Doubt> {
    if is_same_value(rounds) {
        return Some(Doubt::SameValue);
    }
    let settings = sides.map(|recording| &recording.settings);
    let is_named = |chosen| chosen == Chosen::Named;
    let Pair { before, after } = settings.map(|it| it.throughput_chosen);
    if rounds.source.source != ThroughputSource::Window || is_named(before) && is_named(after) {
        return None;
    }
    let Pair { before, after } = settings.map(|it| it.unread_rate.is_some());
    if before || after {
        return Some(Doubt::UnreadRate);
    }
    is_fixed_time(rounds, max_worse).then_some(Doubt::FixedTime)
}

/// Why no verdict may rest on the time of a unit of work at all: the windows agree as those of
/// loops of fixed time do, in which a line costs the more the faster the others are.
pub(super) fn of_verdicts(rounds: &Rounds<'_>, sides: &Pair<&Recording>) -> Option<Doubt> {
    let is_of_windows = |doubt: &Doubt| *doubt != Doubt::SameValue;
    of(rounds, sides, 0.0).filter(|doubt| is_of_windows(doubt) && is_fixed_time(rounds, 0.0))
}

/// Whether every run reported the same value: of what is measured some digit differs.
pub(super) fn is_same_value(rounds: &Rounds<'_>) -> bool {
    let runs = rounds.timed.before.iter().chain(&rounds.timed.after);
    rounds.len() > 1 && are_same_value(rounds.source, runs.copied())
}

/// Whether windows are compared and agree as loops of fixed time do, or within `margin` where
/// that is more.
pub(super) fn is_fixed_time(rounds: &Rounds<'_>, margin: f64) -> bool {
    let sides = [Side::Before, Side::After].map(|side| rounds.seconds(side));
    are_fixed_time(rounds.source, &sides, margin)
}

/// Whether all of these runs reported the same value.
pub(crate) fn are_same_value<'r>(
    source: &MetricSource,
    runs: impl Iterator<Item = &'r Run>,
) -> bool {
    let values = runs.map(|run| run.metric.as_ref().map(|metric| metric.value.to_bits()));
    let values: Option<BTreeSet<u64>> = values.collect();
    source.source.is_reported() && values.is_some_and(|values| values.len() == 1)
}

/// Whether these are windows of several programs, in seconds, and the means of all programs
/// agree as those of loops of fixed time do, or within `margin` where that is more.
pub(crate) fn are_fixed_time(source: &MetricSource, windows: &[Vec<f64>], margin: f64) -> bool {
    let means = windows.iter().map(|windows| stats::mean(windows));
    let means: Result<Vec<stats::Estimate>, _> = means.collect();
    means.is_ok_and(|means| {
        let values = || means.iter().map(|mean| mean.value);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        let least = values().fold(f64::INFINITY, f64::min);
        source.source == ThroughputSource::Window && most - least <= SAME_WINDOW.max(margin) * most
    })
}
