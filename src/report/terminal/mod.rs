//! A comparison for the terminal: the verdict in a sentence, the lines that
//! matter in a table, and at the end what was measured and how well.

use std::fmt::Write as _;

use super::Style;
use super::format;
use super::paint::{Meaning, finish, paint};
use super::text::{safe, wrap};
use crate::compare::{Comparison, CostChange, CostVerdict, Evidence, LineSide, MetricVerdict};
use crate::pair::Pair;

mod closing;
mod files;
mod findings;
mod gate;
mod headline;
mod rows;
mod several;
mod table;

pub use several::comparisons;

/// Shows a comparison, most important things first.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let sections = rows::sections(comparison, style);
    let grid = table::Grid::new(comparison, &sections, style);
    let mut out = headline::text(comparison, style);
    if let Some(gate) = &comparison.gate {
        out.push_str(&gate::text(gate, style));
    }
    if comparison.lines.is_empty() {
        let sentence = "No sample fell on a line of Numba code, so nothing can be said of lines.";
        let _ = writeln!(out, "{}", wrap(sentence, style.width, 0));
    } else {
        out.push_str(&findings::text(comparison, grid.scale(), style));
    }
    let mut of_lines = sections
        .iter()
        .filter(|section| section.kind == rows::SectionKind::Lines);
    if !style.selection.is_all() && !comparison.lines.is_empty() && of_lines.next().is_none() {
        let words = style.selection.words();
        let sentence = format!("No sample fell on a line of {words}; JSON has all lines.");
        let _ = writeln!(out, "\n{}", wrap(&sentence, style.width, 0));
    }
    for section in &sections {
        let title = paint(Meaning::Heading, &section.title);
        let _ = write!(out, "\n{title}\n{}\n", grid.show(section));
        for note in &section.notes {
            let note = wrap(note, style.width, 0);
            let _ = writeln!(out, "{}", paint(Meaning::Quiet, &note));
        }
    }
    if !comparison.lines.is_empty() {
        let legend = wrap(&legend(comparison, grid.layout()), style.width, 0);
        let _ = write!(out, "\n{}\n", paint(Meaning::Quiet, &legend));
    }
    out.push('\n');
    out.push_str(&closing::text(comparison, style));
    finish(&out, style.color)
}

/// What the table's words mean, for who sees it for the first time; only of those
/// that are in it.
fn legend(comparison: &Comparison, layout: table::Layout) -> String {
    let unit = safe(&format::work_unit(&comparison.throughput));
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
    let parts = [
        (layout == table::Layout::Stacked)
            .then(|| "Upper numbers are before, lower ones after.".to_owned()),
        Some(format!(
            "Share: part of the window's samples, ± its {level} margin."
        )),
        Some(format!(
            "Cost: share × {} per {unit}; verdicts are on cost, as one line's change moves \
             every share.",
            if comparison.is_of_several_threads() {
                "thread time (the time of all threads together)"
            } else {
                "time"
            }
        )),
        sides.any(is_without_code).then(|| {
            "No code: the compiled function has no instruction of that line; it was folded into \
             another one, or is not needed."
                .to_owned()
        }),
        any(|change| change.evidence == Evidence::Confirmed)
            .then(|| "Confirmed: holds with all lines taken together.".to_owned()),
        any(|change| change.evidence == Evidence::Suggestive)
            .then(|| "Suggestive: a hint only.".to_owned()),
        any(|change| change.verdict == CostVerdict::Inconclusive).then(|| {
            format!(
                "Inconclusive, all lines taken together: the least change that could be seen, as \
                 part of the time per {unit}, and the rounds that would settle it."
            )
        }),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The names of the two versions, told apart even where they are equal.
fn names(comparison: &Comparison) -> Pair<String> {
    let names = Pair::new(&comparison.before, &comparison.after);
    let names = names.map(|side| safe(&side.variant.name));
    if names.before == names.after {
        Pair::new(
            format!("{} (before)", names.before),
            format!("{} (after)", names.after),
        )
    } else {
        names
    }
}

/// A verdict on a metric in the words of `docs/reading-a-report.md`.
const fn metric_word(verdict: MetricVerdict) -> (&'static str, Meaning) {
    match verdict {
        MetricVerdict::Faster => ("faster", Meaning::Better),
        MetricVerdict::Slower => ("slower", Meaning::Worse),
        MetricVerdict::Less => ("less", Meaning::Better),
        MetricVerdict::More => ("more", Meaning::Worse),
        MetricVerdict::NoChange => ("no change", Meaning::Quiet),
        MetricVerdict::Inconclusive => ("inconclusive", Meaning::Open),
    }
}

/// A verdict on a cost in the same words.
const fn cost_word(verdict: CostVerdict) -> (&'static str, Meaning) {
    match verdict {
        CostVerdict::CostsMore => ("costs more", Meaning::Worse),
        CostVerdict::CostsLess => ("costs less", Meaning::Better),
        CostVerdict::NoChange => ("no change", Meaning::Quiet),
        CostVerdict::Inconclusive => ("inconclusive", Meaning::Open),
        CostVerdict::TooFewSamples => ("too few samples", Meaning::Quiet),
    }
}

#[cfg(test)]
mod tests;
