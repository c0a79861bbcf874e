//! Where a change comes from, before the table that shows all of it.

use std::collections::HashSet;

use super::rows::{Part, block_parts, span};
use super::waterfall::arrow;
use super::{code, cost_word};
use crate::compare::{
    CodeChange, Comparison, CostChange, CostVerdict, Evidence, HunkComparison, LineComparison,
    LineKind,
};
use crate::pair::Pair;
use crate::report::format::{CostScale, work_unit};
use crate::source::LineNumber;
use crate::text::{Number, Text};

/// Findings that are named before the table, of those where something was edited and of the
/// others.
const MOST_FINDINGS: usize = 3;

/// A line outside of any block, or a block, with its change.
pub(in crate::report) struct Finding<'c> {
    /// File and line numbers, such as `dither.py:19–24`.
    pub(in crate::report) place: Pair<Option<Text>>,
    /// The same without the file.
    numbers: Pair<Option<Number>>,
    /// The file of the version after, and its first and last line there.
    pub(in crate::report) lines: Option<(&'c str, LineNumber, LineNumber)>,
    /// Seconds per unit of work.
    pub(in crate::report) cost_s: Pair<f64>,
    /// Share and cost on the sides where it is.
    pub(in crate::report) parts: Pair<Option<Part>>,
    pub(in crate::report) change: &'c CostChange,
    /// What became of its code.
    code: Option<&'c CodeChange>,
    /// What the edit did to it.
    edit: Edit,
}

/// What an edit did to a line or a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Changed,
    Moved,
    /// Its text is unchanged; whatever changed its cost is elsewhere.
    None,
}

/// The numbers of a line, on the sides where it is.
pub(in crate::report) fn numbers_of_line(line: &LineComparison) -> Pair<Option<Number>> {
    let sides = Pair::new(line.before.as_ref(), line.after.as_ref());
    sides.map(|side| side.map(|at| Number::new(at.line)))
}

/// The first and last line of a block, on the sides where it has any.
pub(in crate::report) fn numbers_of_block(block: &HunkComparison) -> Pair<Option<Number>> {
    Pair::new(span(&block.before_lines), span(&block.after_lines))
}

/// Everything that is judged and may be in the table, in no particular order.
pub(in crate::report) fn findings(comparison: &Comparison) -> impl Iterator<Item = Finding<'_>> {
    let lines = comparison.lines.iter().filter(|line| line.hunk.is_none());
    let lines = lines.map(|line| {
        let sides = Pair::new(line.before.as_ref(), line.after.as_ref());
        Finding {
            place: sides
                .map(|side| side.map(|at| Text::foreign(&at.file) + ":" + Number::new(at.line))),
            numbers: numbers_of_line(line),
            lines: sides.after.map(|at| (at.file.as_str(), at.line, at.line)),
            cost_s: sides.map(|side| side.map_or(0.0, |at| at.cost_s.value)),
            parts: sides.map(|side| side.map(Part::from)),
            change: &line.change,
            code: line.code.as_ref(),
            edit: match line.kind {
                LineKind::Unchanged => Edit::None,
                LineKind::Moved => Edit::Moved,
                _ => Edit::Changed,
            },
        }
    });
    let hunks = comparison.hunks.iter().map(|hunk| {
        let place = |file: &str, lines: &[LineNumber]| {
            span(lines).map(|span| Text::foreign(file) + ":" + span)
        };
        let ends = (hunk.after_lines.iter().min(), hunk.after_lines.iter().max());
        Finding {
            place: Pair::new(
                place(&hunk.file.before, &hunk.before_lines),
                place(&hunk.file.after, &hunk.after_lines),
            ),
            numbers: numbers_of_block(hunk),
            lines: match ends {
                (Some(&first), Some(&last)) => Some((hunk.file.after.as_str(), first, last)),
                _ => None,
            },
            cost_s: Pair::new(hunk.before.cost_s.value, hunk.after.cost_s.value),
            parts: block_parts(hunk),
            change: &hunk.change,
            code: hunk.code.as_ref(),
            edit: Edit::Changed,
        }
    });
    lines.chain(hunks)
}

/// Where the change comes from: what is confirmed where something was edited, then what is
/// confirmed elsewhere, each largest first; and how much more of it there is in the table.
/// Nothing where nothing is confirmed.
pub(in crate::report) fn sentences(comparison: &Comparison, scale: &CostScale) -> Vec<Text> {
    let confirmed = confirmed(comparison);
    let all = confirmed.len();
    let (edited, elsewhere): (Vec<_>, Vec<_>) = confirmed
        .into_iter()
        .partition(|finding| finding.edit != Edit::None);
    let unit = scale.per(&work_unit(&comparison.throughput));
    let groups = [edited, elsewhere].into_iter();
    let named: Vec<_> = groups
        .flat_map(|group| group.into_iter().take(MOST_FINDINGS))
        .collect();
    let more = all - named.len();
    named
        .iter()
        .map(|finding| finding_words(finding, scale, &unit))
        .chain((more > 0).then(|| Text::from("and ") + Number::new(more) + " more in the table"))
        .collect()
}

/// What is confirmed, largest first.
fn confirmed(comparison: &Comparison) -> Vec<Finding<'_>> {
    let mut confirmed: Vec<Finding<'_>> = findings(comparison)
        .filter(|finding| finding.change.evidence == Evidence::Confirmed)
        .filter(|finding| {
            let verdict = finding.change.verdict;
            matches!(verdict, CostVerdict::CostsLess | CostVerdict::CostsMore)
        })
        .collect();
    let size = |finding: &Finding<'_>| finding.change.cost_shift_s.value.abs();
    confirmed.sort_by(|a, b| size(b).total_cmp(&size(a)));
    confirmed
}

/// What is said before the reasons.
pub(in crate::report) const REASONS: &str = "What became of the machine code of these lines";

/// What became of the code of what is confirmed, largest first: `19–24→19: divisions or roots
/// 7 → 0`, with the file where there are several.
pub(in crate::report) fn reasons(comparison: &Comparison) -> Vec<Text> {
    let confirmed = confirmed(comparison);
    let files = confirmed.iter().filter_map(|finding| finding.lines);
    let files: HashSet<&str> = files.map(|(file, ..)| file).collect();
    let of_finding = |finding: &Finding<'_>| {
        let file = finding.lines.filter(|_| files.len() > 1);
        let file = file.map(|(file, ..)| Text::foreign(file) + ":");
        let edit = match finding.edit {
            Edit::None => " (not edited): ",
            Edit::Moved => " (moved): ",
            Edit::Changed => ": ",
        };
        let words = code::words(finding.code?);
        Some(Text::from(file) + arrow(finding.numbers.clone()) + edit + words)
    };
    confirmed.iter().filter_map(of_finding).collect()
}

/// What is said before the findings, or where there is none.
pub(in crate::report) const fn heading(found: &[Text]) -> &'static str {
    if found.is_empty() {
        "No change in the cost of a line is confirmed."
    } else {
        "Confirmed changes in cost:"
    }
}

/// `dither.py:19–24 → dither2.py:19 costs less, 2586 → 87 µs/image`
fn finding_words(finding: &Finding<'_>, scale: &CostScale, unit: &Text) -> Text {
    let cost = finding.cost_s.map(|cost_s| scale.show(cost_s));
    let Pair { before, after } = finding.place.clone();
    let (place, cost) = match (before, after) {
        (Some(before), None) => (before + " (gone)", cost.before + " → 0"),
        (None, Some(after)) => (after + " (new)", Text::from("0 → ") + cost.after),
        (before, after) => (
            Text::from(before) + " → " + after,
            cost.before + " → " + cost.after,
        ),
    };
    let edit = match finding.edit {
        Edit::Changed => "",
        Edit::Moved => " (moved)",
        Edit::None => " (not edited)",
    };
    let code = finding
        .code
        .map(|code| Text::from(": ") + code::words(code));
    let verdict = cost_word(finding.change.verdict);
    place + edit + " " + verdict + ", " + cost + " " + unit.clone() + code.unwrap_or_default()
}
