//! What a report of a comparison says, in no particular form: its sentences, and the
//! rows and cells of its tables. [`terminal`](super::terminal),
//! [`markdown`](super::markdown) and the others put them into a form of theirs.
//!
//! All of it is [`Text`], in which words, numbers, names, source and whatever else comes from
//! outside are told apart: whoever shows it escapes each as its form has to.

use super::format;
use crate::compare::{Comparison, CostChange, CostVerdict, Evidence, LineSide, MetricVerdict};
use crate::foreign::ForeignText;
use crate::pair::Pair;
use crate::text::{Meaning, Number, Text};

pub(super) mod cells;
pub(super) mod closing;
pub(super) mod files;
pub(super) mod findings;
pub(super) mod gate;
pub(super) mod headline;
pub(super) mod rows;
pub(super) mod several;

/// What is said where there are no lines to say anything of.
pub(super) const NO_LINES: &str =
    "No samples were attributed to lines of Numba code, so no line can be judged.";

/// The names of the two versions, told apart even where they are equal.
pub(super) fn names(comparison: &Comparison) -> Pair<Text> {
    let names = Pair::new(&comparison.before, &comparison.after);
    let names = names.map(|side| Text::name(&side.variant.name));
    if names.before == names.after {
        let ends = Pair::new(" (before)", " (after)");
        Pair::new(
            names.before.followed_by(ends.before),
            names.after.followed_by(ends.after),
        )
    } else {
        names
    }
}

/// A verdict on a metric in the words of `docs/reading-a-report.md`.
pub(super) fn metric_word(verdict: MetricVerdict) -> Text {
    let (word, meaning) = match verdict {
        MetricVerdict::Faster => ("faster", Meaning::Better),
        MetricVerdict::Slower => ("slower", Meaning::Worse),
        MetricVerdict::Less => ("less", Meaning::Better),
        MetricVerdict::More => ("more", Meaning::Worse),
        MetricVerdict::NoChange => ("no change", Meaning::Quiet),
        MetricVerdict::Inconclusive => ("inconclusive", Meaning::Open),
    };
    Text::from(word).meaning(meaning)
}

/// A verdict on a cost in the same words.
pub(super) fn cost_word(verdict: CostVerdict) -> Text {
    let (word, meaning) = match verdict {
        CostVerdict::CostsMore => ("costs more", Meaning::Worse),
        CostVerdict::CostsLess => ("costs less", Meaning::Better),
        CostVerdict::NoChange => ("no change", Meaning::Quiet),
        CostVerdict::Inconclusive => ("inconclusive", Meaning::Open),
        CostVerdict::TooFewSamples => ("too few samples", Meaning::Quiet),
    };
    Text::from(word).meaning(meaning)
}

/// Warnings that are said; of more it is said how many there are.
const MOST_WARNINGS: usize = 100;

/// The warnings, each on one line. Some quote what a script printed or a document holds.
pub(super) fn warnings(warnings: &[ForeignText]) -> Vec<Text> {
    let shown = warnings.iter().take(MOST_WARNINGS);
    let shown = shown.map(Text::prose);
    let more = match warnings.len().saturating_sub(MOST_WARNINGS) {
        0 => None,
        more => Some(Text::from("there are ") + Number::new(more) + " more warnings in the JSON"),
    };
    shown.chain(more).collect()
}

/// What the table's words mean, for readers who see it for the first time; only of those
/// that are in it.
pub(super) fn legend(comparison: &Comparison) -> Text {
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
    let time = if comparison.is_of_several_threads() {
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
