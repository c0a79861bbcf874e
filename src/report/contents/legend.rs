//! What the words of a table mean.

use super::findings;
use crate::compare::{Comparison, CostChange, CostVerdict, Evidence, LineSide};
use crate::report::format;
use crate::text::Text;

/// What the table's words mean, for readers who see it for the first time; only of those
/// that are in it.
pub(in crate::report) fn legend(comparison: &Comparison) -> Text {
    let unit = format::work_unit(&comparison.throughput);
    let level = format::short_percent(comparison.confidence);
    let changes: Vec<_> = findings::findings(comparison)
        .map(|finding| finding.change)
        .collect();
    let any = |matches: fn(&CostChange) -> bool| changes.iter().any(|change| matches(change));
    let mut sides = comparison
        .lines
        .iter()
        .flat_map(|line| [&line.before, &line.after]);
    let is_without_code = |side: &Option<LineSide>| {
        side.as_ref()
            .is_some_and(|side| side.has_no_code && side.samples == 0)
    };
    let time = if comparison.is_of_several_processes() {
        "process time (the combined time of all processes and their threads)"
    } else if comparison.is_of_several_threads() {
        "thread time (the combined time of all threads)"
    } else {
        "time"
    };
    let parts = [
        Some(Text::from("Share: part of the window's samples, ± its ") + level + " margin."),
        Some(
            Text::from("Cost: share × ")
                + time
                + " per "
                + unit.clone()
                + "; verdicts are on cost, as a change in one line moves every share.",
        ),
        sides.any(is_without_code).then(|| {
            Text::from(
                "No code: the compiled function has no instructions for that line; it was folded \
                 into another one, or is not needed.",
            )
        }),
        any(|change| change.evidence == Evidence::Confirmed)
            .then(|| Text::from("Confirmed: holds with all lines taken together.")),
        any(|change| change.evidence == Evidence::Suggestive)
            .then(|| Text::from("Suggestive: a hint only.")),
        any(|change| change.verdict == CostVerdict::Inconclusive).then(|| {
            Text::from(
                "Inconclusive: the smallest change that all lines taken together could have \
                 shown, as part of the time per ",
            ) + unit
                + ", and the rounds that would settle it."
        }),
    ];
    Text::join(parts.into_iter().flatten(), " ")
}
