//! A comparison for the terminal: the verdict in a sentence, the lines that
//! matter in a table, and at the end what was measured and how well.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use super::Style;
use super::contents::{self, closing, findings, gate, headline, names, rows};
use super::paint::{Meaning, finish, paint};
use super::text::{truncate, wrap};
use crate::compare::Comparison;

mod several;
mod table;

pub use several::comparisons;

/// Columns by which what belongs to a sentence stands below it.
const INDENT: usize = 4;

/// Columns of a name in the closing table.
const NAME: usize = 24;

/// Shows a comparison, most important things first.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let sections = rows::sections(comparison, style);
    let grid = table::Grid::new(comparison, &sections, style);
    let mut out = headline(comparison, style);
    if let Some(gate) = &comparison.gate {
        let _ = writeln!(out, "{}", gate::sentence(gate));
        indented(&mut out, gate.rules.iter().map(gate::rule), style);
    }
    if comparison.lines.is_empty() {
        let _ = writeln!(out, "{}", wrap(contents::NO_LINES, style.width, 0));
    } else {
        let found = findings::sentences(comparison, &rows::scale(&sections));
        let _ = writeln!(out, "{}", findings::heading(&found));
        indented(&mut out, found, style);
    }
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
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
        let legend = match grid.layout() {
            table::Layout::Stacked => "Upper numbers are before, lower ones after. ",
            table::Layout::SideBySide => "",
        };
        let legend = format!("{legend}{}", contents::legend(comparison));
        let legend = paint(Meaning::Quiet, &wrap(&legend, style.width, 0));
        let _ = write!(out, "\n{legend}\n");
    }
    out.push('\n');
    out.push_str(&closing(comparison, style));
    finish(&out, style.color)
}

/// How throughput changed by what is known so far, in a few words:
/// `after.py 2.97× (2.91 to 3.03)`.
pub fn so_far(comparison: &Comparison) -> String {
    let name = truncate(&names(comparison).after, NAME);
    format!("{name} {}", headline::ratio_words(comparison))
}

/// The verdicts, each with the values it rests on below it.
fn headline(comparison: &Comparison, style: &Style) -> String {
    let mut out = String::new();
    for paragraph in headline::paragraphs(comparison) {
        let _ = writeln!(out, "{}", wrap(&paragraph.sentence, style.width, INDENT));
        let below = [paragraph.values, paragraph.question];
        let below = below.into_iter().filter(|line| !line.is_empty());
        indented(&mut out, below, style);
    }
    out
}

/// Sentences that belong to the one above them.
fn indented(out: &mut String, sentences: impl IntoIterator<Item = String>, style: &Style) {
    let columns = style.width.saturating_sub(INDENT);
    for sentence in sentences {
        let _ = writeln!(out, "{:INDENT$}{}", "", wrap(&sentence, columns, INDENT));
    }
}

/// What was measured and how well, and what the reader should know.
fn closing(comparison: &Comparison, style: &Style) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let names = names(comparison).map(|name| truncate(&name, NAME));
    table.add_row(vec![String::new(), names.before, names.after]);
    for (label, values) in closing::facts(comparison) {
        let label = paint(Meaning::Quiet, label);
        table.add_row(vec![label, values.before, values.after]);
    }
    let sentence = wrap(&closing::sentence(comparison), style.width, 0);
    let mut out = format!("{sentence}\n{table}\n");
    for warning in contents::warnings(&comparison.warnings) {
        let label = paint(Meaning::Open, "warning:");
        let text = wrap(&format!("{label} {warning}"), style.width, INDENT);
        let _ = write!(out, "\n{text}\n");
    }
    out
}

#[cfg(test)]
mod tests;
