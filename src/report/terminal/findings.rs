//! Where a change comes from, before the table that shows all of it.

use std::fmt::Write as _;

use super::cost_word;
use super::headline::INDENT;
use super::rows::span;
use crate::compare::{Comparison, CostChange, CostVerdict, Evidence};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::format::{CostScale, work_unit};
use crate::report::paint::paint;
use crate::report::text::{safe, wrap};
use crate::source::LineNumber;

/// Findings that are named before the table.
const MOST_FINDINGS: usize = 3;

/// A line outside of any block, or a block, with its change.
pub(super) struct Finding<'c> {
    /// File and line numbers, such as `dither.py:19–24`.
    pub(super) place: Pair<Option<String>>,
    /// Seconds per unit of work.
    pub(super) cost_s: Pair<f64>,
    pub(super) change: &'c CostChange,
}

/// Everything that is judged and may be in the table, in no particular order.
pub(super) fn findings(comparison: &Comparison) -> impl Iterator<Item = Finding<'_>> {
    let lines = comparison.lines.iter().filter(|line| line.hunk.is_none());
    let lines = lines.map(|line| {
        let sides = Pair::new(line.before.as_ref(), line.after.as_ref());
        Finding {
            place: sides.map(|side| side.map(|at| format!("{}:{}", safe(&at.file), at.line))),
            cost_s: sides.map(|side| side.map_or(0.0, |at| at.cost_s.value)),
            change: &line.change,
        }
    });
    let hunks = comparison.hunks.iter().map(|hunk| {
        let place = |file: &str, lines: &[LineNumber]| {
            span(lines).map(|span| format!("{}:{span}", safe(file)))
        };
        Finding {
            place: Pair::new(
                place(&hunk.file.before, &hunk.before_lines),
                place(&hunk.file.after, &hunk.after_lines),
            ),
            cost_s: Pair::new(hunk.before.cost_s.value, hunk.after.cost_s.value),
            change: &hunk.change,
        }
    });
    lines.chain(hunks)
}

/// Where the change comes from, largest first: what is confirmed, and how much
/// more of it there is in the table.
pub(super) fn text(comparison: &Comparison, scale: &CostScale, style: &Style) -> String {
    let mut confirmed: Vec<Finding<'_>> = findings(comparison)
        .filter(|finding| finding.change.evidence == Evidence::Confirmed)
        .filter(|finding| {
            let verdict = finding.change.verdict;
            matches!(verdict, CostVerdict::CostsLess | CostVerdict::CostsMore)
        })
        .collect();
    if confirmed.is_empty() {
        return "No change of a line's cost is confirmed.\n".to_owned();
    }
    let size = |finding: &Finding<'_>| finding.change.cost_shift_s.value.abs();
    confirmed.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let mut out = "Confirmed changes of cost:\n".to_owned();
    let unit = scale.per(&safe(&work_unit(&comparison.throughput)));
    for finding in confirmed.iter().take(MOST_FINDINGS) {
        let line = wrap(
            &finding_words(finding, scale, &unit),
            style.width.saturating_sub(INDENT),
            INDENT,
        );
        let _ = writeln!(out, "{:INDENT$}{line}", "");
    }
    if let Some(more) = confirmed
        .len()
        .checked_sub(MOST_FINDINGS)
        .filter(|n| *n > 0)
    {
        let _ = writeln!(out, "{:INDENT$}and {more} more in the table", "");
    }
    out
}

/// `dither.py:19–24 → dither2.py:19 costs less, 2586 → 87 µs/image`
fn finding_words(finding: &Finding<'_>, scale: &CostScale, unit: &str) -> String {
    let cost = finding.cost_s.map(|cost_s| scale.show(cost_s));
    let (word, meaning) = cost_word(finding.change.verdict);
    let word = paint(meaning, word);
    let place = finding.place.as_ref().map(Option::as_deref);
    match (place.before, place.after) {
        (Some(before), None) => format!("{before} (gone) {word}, {} → 0 {unit}", cost.before),
        (None, Some(after)) => format!("{after} (new) {word}, 0 → {} {unit}", cost.after),
        (before, after) => format!(
            "{} → {} {word}, {} → {} {unit}",
            before.unwrap_or_default(),
            after.unwrap_or_default(),
            cost.before,
            cost.after
        ),
    }
}
