//! What the reader should know besides what is said of lines, and whether anything can be said.

use super::costs::Costs;
use super::types::SizeValue;
use crate::compare::{
    OF_SAME_VALUE, SAME_WINDOW, are_fixed_time, are_same_value, of_fixed_time, of_whole_process,
};
use crate::foreign::ForeignText;
use crate::recording::{Chosen, Recording};
use crate::stats::LEAST_BEND;

/// Why the time of a unit of work is no basis for a verdict, and what to do about it.
///
/// A loop of fixed time takes as long at every size. Who names the window as the source says that
/// every run is one unit of work, and is believed. Elsewhere, windows that would pass for constant
/// cannot be told from those of such loops.
pub(super) fn doubt(
    costs: &Costs<'_>,
    recordings: &[Recording],
    sizes: &[SizeValue],
) -> Option<String> {
    let settings = &recordings.first()?.settings;
    let source = &settings.throughput;
    let timed = costs.sizes.iter().flatten().map(|round| round.timed);
    if costs.rounds() > 1 && are_same_value(source, timed) {
        return Some(OF_SAME_VALUE.to_owned());
    }
    let within = of_constant(sizes).max(SAME_WINDOW);
    let is_named = settings.throughput_chosen == Chosen::Named;
    (!is_named && are_fixed_time(source, &costs.seconds(), within)).then(|| {
        of_fixed_time(within)
            + "; if each run is one unit of work, set `source = \"window\"` in `[throughput]`"
    })
}

/// By which part of the most costs may differ that pass for constant.
fn of_constant(sizes: &[SizeValue]) -> f64 {
    let ends = sizes.first().zip(sizes.last());
    ends.map_or(0.0, |(first, last)| {
        1.0 - (first.value / last.value).powf(LEAST_BEND)
    })
}

/// What is to be known of the runs, each once, after the doubt that there may be.
pub(super) fn warnings(
    recordings: &[Recording],
    costs: &Costs<'_>,
    doubt: Option<String>,
) -> Vec<ForeignText> {
    let used = costs.rounds();
    let left_out = (used < costs.made).then(|| {
        format!(
            "{used} of {} rounds are used: in the others, some size has no samples",
            costs.made
        )
    });
    let first = recordings.first();
    let whole_process = first.and_then(|it| of_whole_process(&it.settings.throughput));
    let own = [doubt, left_out, whole_process].into_iter().flatten();
    let mut warnings: Vec<ForeignText> = own.map(ForeignText::from).collect();
    for warning in recordings.iter().flat_map(|it| &it.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}
