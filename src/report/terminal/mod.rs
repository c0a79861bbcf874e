//! A comparison for the terminal: the verdict in a sentence, the lines that
//! matter in a table, and at the end what was measured and how well.

use std::fmt::Write as _;

use super::Style;
use super::format;
use super::paint::{Meaning, finish, paint};
use super::text::{safe, wrap};
use crate::compare::{Comparison, CostVerdict, MetricVerdict};
use crate::pair::Pair;

mod closing;
mod headline;
mod rows;
mod table;

/// Shows a comparison, most important things first.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut out = headline::text(comparison, style);
    let sections = rows::sections(comparison, style);
    if comparison.lines.is_empty() {
        let sentence = "No sample fell on a line of Numba code, so nothing can be said of lines.";
        let _ = write!(out, "\n{}\n", wrap(sentence, style.width, 0));
    }
    let grid = table::Grid::new(comparison, &sections, style);
    for section in &sections {
        let title = paint(Meaning::Heading, &section.title);
        let _ = write!(out, "\n{title}\n{}\n", grid.show(&section.rows));
        if let Some(note) = &section.note {
            let note = wrap(note, style.width.saturating_sub(1), 1);
            let _ = writeln!(out, " {}", paint(Meaning::Quiet, &note));
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

/// What the table's words mean, for who sees it for the first time.
fn legend(comparison: &Comparison, layout: table::Layout) -> String {
    let unit = safe(&format::work_unit(&comparison.throughput));
    let order = match layout {
        table::Layout::Stacked => "Upper numbers are before, lower ones after. ",
        table::Layout::SideBySide => "",
    };
    format!(
        "{order}Share: part of the measured window's samples. Cost: share × time per {unit}; \
         verdicts are on cost, as every share moves when one line changes. Confirmed: holds \
         with all lines taken together; suggestive: a hint. ≥ 1%, 12 rounds: the least change (of the \
         time per {unit}) that could be seen, and the rounds that would settle it."
    )
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
