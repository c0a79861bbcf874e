//! Which lines matter, file by file, and what each row of the table says.

mod block;
mod whole;

use std::collections::HashMap;

use self::block::block_rows;
pub(in crate::report) use self::block::{block_parts, first_of_block, span};
use self::whole::{buckets, functions};
use super::files::{Entry, FileLines, Files, by_file, title};
use super::left_out;
use crate::align::Rename;
use crate::compare::{
    BlockSide, Comparison, CostChange, CostVerdict, LineComparison, LineKind, LineSide,
};
use crate::pair::{Pair, Side};
use crate::report::Style;
use crate::report::format::CostScale;
use crate::share::Share;
use crate::source::LineNumber;
use crate::text::{Number, Text, common_indent};
use crate::waterfall::Waterfall;

/// A line with at least this share of the window on either side is in the table.
const SHOWN_SHARE: Share = Share::new(0.01).expect("a share");

/// The same where there is one screen for all of it.
const SHARE_ON_SCREEN: Share = Share::new(0.05).expect("a share");

/// What is worth a row, unless all is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Choice {
    /// What has a verdict, what has 1% of the samples, and every edited block.
    Table,
    /// What has a verdict, and what has 5% of the samples.
    Screen,
}

impl Choice {
    const fn least(self) -> Share {
        match self {
            Self::Table => SHOWN_SHARE,
            Self::Screen => SHARE_ON_SCREEN,
        }
    }
}

/// The rows of one pair of files, or of the buckets.
pub(in crate::report) struct Section<'c> {
    pub(in crate::report) kind: SectionKind,
    pub(in crate::report) title: Text,
    pub(in crate::report) rows: Vec<Row<'c>>,
    /// What was left out, and what holds of all of it.
    pub(in crate::report) notes: Vec<Text>,
}

/// What the rows of a section stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum SectionKind {
    /// Lines of source.
    Lines,
    /// Functions, whose lines are in other sections.
    Functions,
    /// Samples on no line.
    Buckets,
}

/// One row of the table.
pub(in crate::report) struct Row<'c> {
    /// The first line that it stands for, of the version after where it has any there.
    pub(in crate::report) first: Option<(Side, &'c str, LineNumber)>,
    /// Line numbers, on the sides where the row has lines.
    pub(in crate::report) numbers: Pair<Option<Number>>,
    /// What stands in the source column, a display line each.
    pub(in crate::report) code: Vec<Code>,
    /// Share and cost, on the sides where the row exists.
    pub(in crate::report) parts: Pair<Option<Part>>,
    /// What became of the cost. Lines of a block that are on one side only have
    /// none: their block has.
    pub(in crate::report) change: Option<&'c CostChange>,
}

/// One display line of the source column.
pub(in crate::report) struct Code {
    /// `-` before, `+` after, `▸` for a block as a whole, or nothing.
    pub(in crate::report) mark: &'static str,
    pub(in crate::report) text: Text,
    pub(in crate::report) kind: CodeKind,
}

/// What a display line of the source column is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum CodeKind {
    /// Text from a source file.
    Source,
    /// Our own words about a line.
    Remark,
    /// Our own words about a block of lines.
    Block,
}

/// Samples, share and cost of one side of a row.
#[derive(Clone, Copy)]
pub(in crate::report) struct Part {
    pub(in crate::report) samples: u64,
    pub(in crate::report) share: Share,
    pub(in crate::report) cost_s: f64,
    /// Whether the compiler left nothing of it.
    pub(in crate::report) has_no_code: bool,
}

impl From<&LineSide> for Part {
    fn from(side: &LineSide) -> Self {
        Self {
            samples: side.samples,
            share: side.share.value,
            cost_s: side.cost_s.value,
            has_no_code: side.has_no_code,
        }
    }
}

impl From<&BlockSide> for Part {
    fn from(side: &BlockSide) -> Self {
        Self {
            samples: side.samples,
            share: side.share.value,
            cost_s: side.cost_s.value,
            has_no_code: false,
        }
    }
}

/// The comparison's rows: hottest pair of files first, lines in the order of a
/// merged reading, and the samples on no line at the end.
pub(in crate::report) fn sections<'c>(
    comparison: &'c Comparison,
    style: &Style,
    choice: Choice,
) -> Vec<Section<'c>> {
    let mut files = by_file(comparison);
    files.sort_by(|a, b| b.heat().total_cmp(&a.heat()));
    let renames: HashMap<Files<'_>, &[Rename]> = comparison
        .files
        .iter()
        .map(|it| (it.file.as_ref().map(Option::as_deref), &*it.renames))
        .collect();
    let whole = Waterfall::of(comparison, 0);
    let before_s = whole.map_or(0.0, |it| it.cost_s.before);
    let mut sections: Vec<_> = files
        .iter()
        .map(|file| {
            let renames = renames.get(&file.files).copied().unwrap_or_default();
            section((comparison, before_s), file, renames, style, choice)
        })
        .filter(|section| !section.rows.is_empty() || !section.notes.is_empty())
        .collect();
    sections.extend(functions(comparison, style, choice));
    sections.extend(buckets(comparison, style, choice));
    sections
}

/// What is said where lines are asked for that have no sample.
pub(in crate::report) fn nothing_selected(
    comparison: &Comparison,
    sections: &[Section<'_>],
    style: &Style,
) -> Option<Text> {
    let mut sections = sections.iter();
    let any = sections.any(|section| section.kind == SectionKind::Lines);
    let is_missed = !any && !style.selection.is_all() && !comparison.lines.is_empty();
    is_missed.then(|| {
        let words = style.selection.words();
        Text::from("No samples were attributed to lines of ") + words + "; JSON has all lines."
    })
}

/// The scale for the costs of all rows together.
pub(in crate::report) fn scale(sections: &[Section<'_>]) -> CostScale {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let parts = rows.flat_map(|row| [row.parts.before, row.parts.after]);
    let largest_s = parts.flatten().map(|part| part.cost_s).fold(0.0, f64::max);
    CostScale::for_largest(largest_s)
}

fn section<'c>(
    (comparison, before_s): (&Comparison, f64),
    file: &FileLines<'c>,
    renames: &[Rename],
    style: &Style,
    choice: Choice,
) -> Section<'c> {
    let is_selected = |entry: &&Entry<'c>| {
        let sides = entry
            .lines()
            .iter()
            .flat_map(|line| [&line.before, &line.after]);
        sides.flatten().any(|side| {
            let function = side.function.as_deref();
            style.selection.takes(&side.file, function)
        })
    };
    let is_shown = |entry: &&Entry<'c>| style.all || is_worth_a_row(entry, choice);
    let selected = file.entries.iter().filter(is_selected);
    let (shown, hidden): (Vec<_>, Vec<_>) = selected.partition(is_shown);
    let indent = common_indent_of(&shown);
    let mut rows = Vec::new();
    for entry in &shown {
        match entry {
            Entry::Line(line) => rows.push(line_row(line, indent)),
            Entry::Block(hunk, lines) => {
                rows.extend(block_rows(hunk, lines, indent, style, choice));
            }
        }
    }
    let is_selected = !shown.is_empty() || !hidden.is_empty();
    let notes = left_out::sentences(comparison, before_s, &shown, &hidden, choice)
        .into_iter()
        .chain(renames_note(renames).filter(|_| is_selected));
    Section {
        kind: SectionKind::Lines,
        title: title(file.files),
        rows,
        notes: notes.collect(),
    }
}

/// Whether something is worth a row.
fn is_worth_a_row(entry: &Entry<'_>, choice: Choice) -> bool {
    match entry {
        Entry::Line(line) => {
            let parts = [&line.before, &line.after].into_iter().flatten();
            let parts = parts.map(Part::from);
            matters(&line.change, parts, choice)
        }
        Entry::Block(hunk, _) => {
            let parts = [&hunk.before, &hunk.after].into_iter().map(Part::from);
            choice == Choice::Table || matters(&hunk.change, parts, choice)
        }
    }
}

/// Renames that are named; where there are more, it is said how many.
const MOST_RENAMES: usize = 6;

/// What was renamed, said once: the lines themselves count as unchanged.
fn renames_note(renames: &[Rename]) -> Option<Text> {
    let words = renames.iter().take(MOST_RENAMES).map(|rename| {
        let Pair { before, after } = rename.names.as_ref().map(Text::foreign);
        let function = rename.function.as_ref();
        let within = function.map(|it| Text::from(" (in ") + Text::foreign(&it.after) + ")");
        before + " → " + after + within
    });
    let words = Text::join(words, ", ");
    let more = match renames.len().saturating_sub(MOST_RENAMES) {
        0 => Text::new(),
        more => Text::from(", and ") + Number::new(more) + " more",
    };
    let said = Text::from("Renamed throughout, which is no change in itself: ");
    (!renames.is_empty()).then(|| said + words + more + ".")
}

/// Whether it has a verdict, or is hot.
fn matters(change: &CostChange, mut parts: impl Iterator<Item = Part>, choice: Choice) -> bool {
    let has_verdict = matches!(
        change.verdict,
        CostVerdict::CostsMore | CostVerdict::CostsLess
    );
    has_verdict || parts.any(|part| part.share >= choice.least())
}

fn is_hot(line: &LineComparison, side: Side, choice: Choice) -> bool {
    line_side(line, side).is_some_and(|at| at.share.value >= choice.least())
}

const fn line_side(line: &LineComparison, side: Side) -> Option<&LineSide> {
    match side {
        Side::Before => line.before.as_ref(),
        Side::After => line.after.as_ref(),
    }
}

fn common_indent_of(entries: &[&Entry<'_>]) -> usize {
    let lines = entries.iter().flat_map(|entry| entry.lines());
    let texts: Vec<Text> = lines
        .flat_map(|line| [&line.before, &line.after])
        .flatten()
        .map(|side| Text::source(&side.text))
        .collect();
    common_indent(&texts)
}

fn line_row(line: &LineComparison, indent: usize) -> Row<'_> {
    let sides = Pair::new(line.before.as_ref(), line.after.as_ref());
    let mut code = match (line.kind, sides.before, sides.after) {
        (_, Some(before), None) => vec![source("-", before, indent)],
        (_, None, Some(after)) => vec![source("+", after, indent)],
        (LineKind::Changed, Some(before), Some(after)) => {
            vec![source("-", before, indent), source("+", after, indent)]
        }
        (_, before, after) => after
            .or(before)
            .map(|side| source("", side, indent))
            .into_iter()
            .collect(),
    };
    if let (LineKind::Moved, Some(before), Some(after)) = (line.kind, sides.before, sides.after) {
        let from = Text::from("moved: line ") + Number::new(before.line);
        code.push(remark(from + " → " + Number::new(after.line)));
    }
    Row {
        first: first_of(line),
        numbers: sides.map(|side| side.map(|side| Number::new(side.line))),
        code,
        parts: sides.map(|side| side.map(Part::from)),
        change: Some(&line.change),
    }
}

fn first_of(line: &LineComparison) -> Option<(Side, &str, LineNumber)> {
    let after = line.after.as_ref().map(|at| (Side::After, at));
    let before = line.before.as_ref().map(|at| (Side::Before, at));
    let (side, at) = after.or(before)?;
    Some((side, &at.file, at.line))
}

fn source(mark: &'static str, side: &LineSide, indent: usize) -> Code {
    Code {
        mark,
        text: Text::source(&side.text).dedented(indent),
        kind: CodeKind::Source,
    }
}

const fn remark(text: Text) -> Code {
    Code {
        mark: "",
        text,
        kind: CodeKind::Remark,
    }
}
