//! One comparison, most important things first.

use super::layout;
use super::table::{Grid, Layout};
use crate::compare::{AssemblyComparison, Comparison};
use crate::report::Style;
use crate::report::contents::{
    self, assembly, closing, counters, findings, gate, headline, loops, names, remarks, rows,
};
use crate::report::paint::Sheet;
use crate::text::{Alignment, Meaning, Text};

/// Columns by which what belongs to a sentence stands below it.
const INDENT: usize = 4;

/// Columns of a name in the closing table.
const NAME: usize = 24;

/// Shows a comparison.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut sheet = Sheet::default();
    write(&mut sheet, comparison, style);
    sheet.finish(style.color)
}

/// Writes a comparison below what is there.
pub(super) fn write(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    let sections = rows::sections(comparison, style);
    headline(sheet, comparison, style);
    if let Some(gate) = &comparison.gate {
        sheet.line(gate::sentence(gate));
        indented(sheet, gate.rules.iter().map(gate::rule), style);
    }
    if comparison.lines.is_empty() {
        sheet.extend(Text::from(contents::NO_LINES).wrapped(style.width, 0));
    } else {
        let found = findings::sentences(comparison, &rows::scale(&sections));
        sheet.line(findings::heading(&found));
        indented(sheet, found, style);
    }
    let said = remarks::sentences(comparison);
    if !said.is_empty() {
        sheet.line(remarks::HEADING);
        indented(sheet, said, style);
    }
    for counted in counters::of_comparison(comparison) {
        sheet.extend(counted.heading.wrapped(style.width, INDENT));
        indented(sheet, counted.lines, style);
    }
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
        sheet.blank();
        sheet.extend(sentence.wrapped(style.width, 0));
    }
    tables(sheet, comparison, &sections, style);
    if let Some(assembly) = &comparison.assembly {
        instructions(sheet, comparison, assembly, style);
    }
    sheet.blank();
    closing(sheet, comparison, style);
}

/// How throughput changed by what is known so far, in a few words:
/// `after.py 2.97× (2.91 to 3.03)`.
pub fn so_far(comparison: &Comparison) -> String {
    let name = names(comparison).after.truncated(NAME);
    (name + " " + headline::ratio_words(comparison)).plain()
}

/// The verdicts, each with the values it rests on below it.
fn headline(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    for paragraph in headline::paragraphs(comparison) {
        sheet.extend(paragraph.sentence.wrapped(style.width, INDENT));
        let below = [paragraph.values, paragraph.question];
        let below = below.into_iter().filter(|line| !line.is_empty());
        indented(sheet, below, style);
    }
}

/// Sentences that belong to the one above them.
fn indented(sheet: &mut Sheet, sentences: impl IntoIterator<Item = Text>, style: &Style) {
    let columns = style.width.saturating_sub(INDENT);
    for sentence in sentences {
        let mut lines = sentence.wrapped(columns, INDENT).into_iter();
        let first: Text = lines.next().into();
        sheet.line(Text::spaces(INDENT) + first);
        sheet.extend(lines);
    }
}

/// The lines that matter, and what is said in their tables.
fn tables(
    sheet: &mut Sheet,
    comparison: &Comparison,
    sections: &[rows::Section<'_>],
    style: &Style,
) {
    let grid = Grid::new(comparison, sections, style);
    for section in sections {
        sheet.blank();
        sheet.line(section.title.clone().meaning(Meaning::Heading));
        sheet.extend(grid.show(section));
        for note in &section.notes {
            sheet.lines_meaning(Meaning::Quiet, note.wrapped(style.width, 0));
        }
    }
    if !comparison.lines.is_empty() {
        let legend = match grid.layout() {
            Layout::Stacked => "Upper numbers are before, lower ones after. ",
            Layout::SideBySide => "",
        };
        let legend = Text::from(legend) + contents::legend(comparison);
        sheet.blank();
        sheet.lines_meaning(Meaning::Quiet, legend.wrapped(style.width, 0));
    }
}

/// The hottest loops of both versions, and the instructions of the lines that matter.
fn instructions(
    sheet: &mut Sheet,
    comparison: &Comparison,
    compared: &AssemblyComparison,
    style: &Style,
) {
    let hottest = loops::of_comparison(comparison, compared, &style.selection);
    if !hottest.is_empty() {
        sheet.blank();
    }
    for it in hottest {
        sheet.line(it.heading);
        indented(sheet, it.loops, style);
    }
    sheet.blank();
    for sentence in assembly::introduction(comparison, compared) {
        sheet.extend(sentence.wrapped(style.width, 0));
    }
    for listing in assembly::listings(comparison, compared, style, style.width) {
        sheet.blank();
        sheet.extend(
            listing
                .title
                .meaning(Meaning::Heading)
                .wrapped(style.width, INDENT),
        );
        indented(sheet, listing.source, style);
        sheet.extend(listing.rows);
    }
}

/// What was measured and how well, and what the reader should know.
fn closing(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    sheet.extend(closing::sentence(comparison).wrapped(style.width, 0));
    let names = names(comparison).map(|name| vec![name.plainly().truncated(NAME)]);
    let mut rows = vec![vec![vec![], names.before, names.after]];
    for (label, values) in closing::facts(comparison) {
        let label = Text::from(label).meaning(Meaning::Quiet);
        rows.push(vec![vec![label], vec![values.before], vec![values.after]]);
    }
    sheet.extend(layout::table(&rows, &[Alignment::Left; 3]));
    for warning in contents::warnings(&comparison.warnings) {
        let label = Text::from("warning:").meaning(Meaning::Open);
        sheet.blank();
        sheet.extend((label + " " + warning).wrapped(style.width, INDENT));
    }
}
