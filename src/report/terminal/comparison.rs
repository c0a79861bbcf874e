//! One comparison, most important things first: what happened, where and how sure that is on
//! one screen. What explains it follows where it is asked for.

use super::layout;
use super::table::{Grid, key};
use super::waterfall::waterfall;
use crate::compare::{AssemblyComparison, Comparison};
use crate::report::Style;
use crate::report::contents::rows::{Choice, Section, sections};
use crate::report::contents::{
    self, assembly, closing, counters, findings, gate, headline, loops, names, regions, remarks,
    rows,
};
use crate::report::paint::Sheet;
use crate::text::{Alignment, Meaning, Number, Text};

/// Columns by which what belongs to a sentence stands below it.
const INDENT: usize = 4;

/// Columns of a name in the closing table.
const NAME: usize = 24;

/// Sentences on the compiler, or on machine code, that are shown without being asked for.
const MOST_REASONS: usize = 3;

/// What is to be known of the steps and the rows, beside what the words mean.
const LEGEND: &str = "The steps add up to the change of the cost; several lines together have no \
    interval. Costs include waiting, so that their sum may be a little more than the time that \
    was measured. Numbers with an arrow are before → after; of two bars the first is the share \
    before, the second after; ± is the wider half of the interval of a change of \
    cost. ";

/// Shows a comparison.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut sheet = Sheet::default();
    write(&mut sheet, comparison, style);
    sheet.finish(style.color)
}

/// Writes a comparison below what is there.
pub(super) fn write(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    headline(sheet, comparison, style);
    if let Some(gate) = &comparison.gate {
        sheet.line(gate::sentence(gate));
        indented(sheet, gate.rules.iter().map(gate::rule), style);
    }
    let sections = sections(comparison, style, Choice::Screen);
    let scale = rows::scale(&sections);
    if comparison.lines.is_empty() {
        sheet.extend(Text::from(contents::NO_LINES).wrapped(style.width, 0));
    } else {
        let found = findings::sentences(comparison, &scale);
        if found.is_empty() || style.explain {
            sheet.line(findings::heading(&found));
            indented(sheet, found, style);
        }
    }
    let drawn = waterfall(comparison, style.width);
    if !drawn.is_empty() {
        sheet.blank();
        sheet.extend(drawn);
    }
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
        sheet.blank();
        sheet.extend(sentence.wrapped(style.width, 0));
    }
    tables(sheet, comparison, &sections, style);
    reasons(sheet, comparison, style);
    for counted in counters::of_comparison(comparison) {
        sheet.extend(counted.heading.wrapped(style.width, INDENT));
        indented(sheet, counted.lines, style);
    }
    if let Some(regions) = regions::of_comparison(comparison) {
        sheet.blank();
        sheet.extend(regions.heading.wrapped(style.width, INDENT));
        indented(sheet, regions.lines, style);
    }
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

/// The verdicts, each with the values it rests on: behind it where there is room, or else below
/// it.
fn headline(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    for (index, paragraph) in headline::paragraphs(comparison).into_iter().enumerate() {
        let whole = paragraph.sentence.clone() + " " + paragraph.values.clone() + ".";
        let is_short = whole.width() <= style.width && !paragraph.values.is_empty();
        // What would settle it is said of what the comparison is about.
        let question = (index == 0 || style.explain).then_some(paragraph.question);
        let question = question.filter(|question| !question.is_empty());
        if is_short {
            sheet.line(whole);
            indented(sheet, question, style);
        } else {
            sheet.extend(paragraph.sentence.wrapped(style.width, INDENT));
            let values = Some(paragraph.values).filter(|values| !values.is_empty());
            indented(sheet, values.into_iter().chain(question), style);
        }
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
fn tables(sheet: &mut Sheet, comparison: &Comparison, sections: &[Section<'_>], style: &Style) {
    let grid = Grid::new(comparison, sections, style);
    for (index, section) in sections.iter().enumerate() {
        sheet.blank();
        sheet.line(section.title.clone().meaning(Meaning::Heading));
        if !section.rows.is_empty() {
            sheet.extend(grid.show(section));
        }
        let is_last = index + 1 == sections.len();
        let key = is_last
            .then(|| key(sections, style))
            .filter(|key| !key.is_empty());
        let notes = section.notes.iter().cloned().chain(key);
        let notes = Text::join(notes, " ");
        if !notes.is_empty() {
            sheet.lines_meaning(Meaning::Quiet, notes.wrapped(style.width, 0));
        }
    }
    if !comparison.lines.is_empty() && style.explain {
        sheet.blank();
        let legend = Text::from(LEGEND) + contents::legend(comparison);
        sheet.lines_meaning(Meaning::Quiet, legend.wrapped(style.width, 0));
    }
}

/// What became of the machine code of what is confirmed, and what the compiler says otherwise:
/// a few sentences, or all of them where they are asked for.
fn reasons(sheet: &mut Sheet, comparison: &Comparison, style: &Style) {
    let most = if style.explain {
        usize::MAX
    } else {
        MOST_REASONS
    };
    let of_code = if style.explain {
        // It is in the findings.
        Vec::new()
    } else {
        findings::reasons(comparison)
    };
    let groups = [
        (findings::REASONS, of_code),
        (
            remarks::HEADING.trim_end_matches(':'),
            remarks::sentences(comparison),
        ),
    ];
    let mut groups = groups
        .into_iter()
        .filter(|(_, said)| !said.is_empty())
        .peekable();
    if groups.peek().is_some() {
        sheet.blank();
    }
    for (heading, mut said) in groups {
        let all = said.len();
        said.truncate(most);
        let of_all =
            Text::from(" (") + Number::new(most) + " of " + Number::new(all) + "; see --explain)";
        let of_all = Some(of_all).filter(|_| all > most);
        sheet.line(Text::from(heading) + of_all + ":");
        indented(sheet, said, style);
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
    let measured = closing::sentence(comparison);
    if style.explain {
        sheet.extend(measured.wrapped(style.width, 0));
        facts(sheet, comparison);
    } else {
        let hint = measured + " --explain says more.";
        sheet.extend(hint.wrapped(style.width, 0));
    }
    for warning in contents::warnings(&comparison.warnings) {
        let label = Text::from("warning:").meaning(Meaning::Open);
        sheet.extend((label + " " + warning).wrapped(style.width, INDENT));
    }
}

fn facts(sheet: &mut Sheet, comparison: &Comparison) {
    let names = names(comparison).map(|name| vec![name.plainly().truncated(NAME)]);
    let mut rows = vec![vec![vec![], names.before, names.after]];
    for (label, values) in closing::facts(comparison) {
        let label = Text::from(label).meaning(Meaning::Quiet);
        rows.push(vec![vec![label], vec![values.before], vec![values.after]]);
    }
    sheet.extend(layout::table(&rows, &[Alignment::Left; 3]));
}
