//! Which lines matter, file by file, and what each row of the table says.

use std::collections::HashMap;

use super::files::{Entry, FileLines, Files, by_file, title};
use crate::align::Rename;
use crate::compare::{
    BlockSide, BucketComparison, Comparison, CostChange, CostVerdict, FunctionComparison,
    HunkComparison, LineComparison, LineKind, LineSide,
};
use crate::pair::{Pair, Side};
use crate::report::Style;
use crate::report::format::{CostScale, count, short_percent};
use crate::share::Share;
use crate::source::LineNumber;
use crate::text::{Number, Text, common_indent};

/// A line with at least this share of the window on either side is shown.
const SHOWN_SHARE: Share = Share::nearest(0.01);

/// Lines of one side of a block that are shown whatever their share. Longer
/// blocks are shortened to the hot ones: the verdict is the block's.
const WHOLE_BLOCK: usize = 8;

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
) -> Vec<Section<'c>> {
    let mut files = by_file(comparison);
    files.sort_by(|a, b| b.heat().total_cmp(&a.heat()));
    let renames: HashMap<Files<'_>, &[Rename]> = comparison
        .files
        .iter()
        .map(|it| (it.file.as_ref().map(Option::as_deref), &*it.renames))
        .collect();
    let mut sections: Vec<_> = files
        .iter()
        .map(|file| {
            let renames = renames.get(&file.files).copied().unwrap_or_default();
            section(file, renames, style)
        })
        .filter(|section| !section.rows.is_empty() || !section.notes.is_empty())
        .collect();
    sections.extend(functions(comparison, style));
    sections.extend(buckets(comparison, style));
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

fn section<'c>(file: &FileLines<'c>, renames: &[Rename], style: &Style) -> Section<'c> {
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
    let is_shown = |entry: &&Entry<'c>| match entry {
        Entry::Line(line) => style.all || matters(line),
        Entry::Block(..) => true,
    };
    let selected: Vec<&Entry<'c>> = file.entries.iter().filter(is_selected).collect();
    let shown: Vec<&Entry<'c>> = selected.iter().copied().filter(is_shown).collect();
    let indent = common_indent_of(&shown);
    let mut rows = Vec::new();
    for entry in &shown {
        match entry {
            Entry::Line(line) => rows.push(line_row(line, indent)),
            Entry::Block(hunk, lines) => rows.extend(block_rows(hunk, lines, indent, style)),
        }
    }
    let hidden = selected.len() - shown.len();
    let notes = [
        (hidden > 0).then(|| hidden_note(hidden)),
        renames_note(renames).filter(|_| !selected.is_empty()),
    ];
    Section {
        kind: SectionKind::Lines,
        title: title(file.files),
        rows,
        notes: notes.into_iter().flatten().collect(),
    }
}

fn hidden_note(hidden: usize) -> Text {
    let lines = count(hidden as u64, "more line");
    let below = lines + " below " + short_percent(SHOWN_SHARE.get());
    below + " with no change to report (--all lists every line)."
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

/// Whether a line is worth a row: it has a verdict, or it is hot.
fn matters(line: &LineComparison) -> bool {
    let has_verdict = matches!(
        line.change.verdict,
        CostVerdict::CostsMore | CostVerdict::CostsLess
    );
    has_verdict || is_hot(line, Side::Before) || is_hot(line, Side::After)
}

fn is_hot(line: &LineComparison, side: Side) -> bool {
    part(line, side).is_some_and(|part| part.share >= SHOWN_SHARE)
}

const fn line_side(line: &LineComparison, side: Side) -> Option<&LineSide> {
    match side {
        Side::Before => line.before.as_ref(),
        Side::After => line.after.as_ref(),
    }
}

fn part(line: &LineComparison, side: Side) -> Option<Part> {
    line_side(line, side).map(Part::from)
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

/// The first line of a block, of the version after where it has any there.
pub(in crate::report) fn first_of_block(hunk: &HunkComparison) -> Option<(Side, &str, LineNumber)> {
    let after = hunk
        .after_lines
        .iter()
        .min()
        .map(|line| (Side::After, line));
    let before = hunk
        .before_lines
        .iter()
        .min()
        .map(|line| (Side::Before, line));
    let (side, line) = after.or(before)?;
    Some((side, hunk.file.side(side), *line))
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

/// The row of the block as a whole, then its lines. A block of one line a side
/// is both at once.
fn block_rows<'c>(
    hunk: &'c HunkComparison,
    lines: &[&'c LineComparison],
    indent: usize,
    style: &Style,
) -> Vec<Row<'c>> {
    let before = sorted_sides(lines, Side::Before);
    let after = sorted_sides(lines, Side::After);
    let mut rows = vec![block_row(hunk)];
    if before.len() <= 1 && after.len() <= 1 {
        let marked = before.iter().map(|(_, side)| source("-", side, indent));
        rows[0].code = marked
            .chain(after.iter().map(|(_, side)| source("+", side, indent)))
            .collect();
        return rows;
    }
    rows.extend(side_rows("-", Side::Before, &before, indent, style));
    rows.extend(side_rows("+", Side::After, &after, indent, style));
    rows
}

type SideLine<'c> = (&'c LineComparison, &'c LineSide);

fn sorted_sides<'c>(lines: &[&'c LineComparison], side: Side) -> Vec<SideLine<'c>> {
    let mut sides: Vec<SideLine<'c>> = lines
        .iter()
        .filter_map(|line| Some((*line, line_side(line, side)?)))
        .collect();
    sides.sort_by_key(|(_, side)| side.line);
    sides
}

fn block_row(hunk: &HunkComparison) -> Row<'_> {
    let number = |lines: &[LineNumber]| count(lines.len() as u64, "line");
    let what = match (hunk.before_lines.as_slice(), hunk.after_lines.as_slice()) {
        (before, []) => number(before) + " removed",
        ([], after) => number(after) + " added",
        (before, after) => number(before) + " replaced by " + Number::new(after.len()),
    };
    Row {
        first: first_of_block(hunk),
        numbers: Pair::new(span(&hunk.before_lines), span(&hunk.after_lines)),
        code: vec![Code {
            mark: "▸",
            text: what,
            kind: CodeKind::Block,
        }],
        parts: block_parts(hunk),
        change: Some(&hunk.change),
    }
}

/// Share and cost of a block, on the sides where it has lines.
pub(in crate::report) fn block_parts(hunk: &HunkComparison) -> Pair<Option<Part>> {
    let part = |lines: &[LineNumber], side: &BlockSide| (!lines.is_empty()).then(|| side.into());
    Pair::new(
        part(&hunk.before_lines, &hunk.before),
        part(&hunk.after_lines, &hunk.after),
    )
}

/// `17–22`, or `17` for one line.
pub(in crate::report) fn span(lines: &[LineNumber]) -> Option<Number> {
    let (first, last) = (lines.iter().min()?, lines.iter().max()?);
    Some(if first == last {
        Number::new(first)
    } else {
        Number::new(format_args!("{first}–{last}"))
    })
}

/// The lines of one side of a block. In a long block, runs of lines that are not
/// hot become one remark.
fn side_rows<'c>(
    mark: &'static str,
    side: Side,
    lines: &[SideLine<'c>],
    indent: usize,
    style: &Style,
) -> Vec<Row<'c>> {
    let whole = style.all || lines.len() <= WHOLE_BLOCK;
    let mut rows = Vec::new();
    let mut skipped = 0;
    for (line, at) in lines {
        if whole || is_hot(line, side) {
            rows.extend(skipped_row(mark, skipped));
            skipped = 0;
            rows.push(side_row(mark, side, at, indent));
        } else {
            skipped += 1;
        }
    }
    rows.extend(skipped_row(mark, skipped));
    rows
}

fn side_row<'c>(mark: &'static str, side: Side, at: &'c LineSide, indent: usize) -> Row<'c> {
    let on_side = |value| match side {
        Side::Before => Pair::new(Some(value), None),
        Side::After => Pair::new(None, Some(value)),
    };
    let parts = match side {
        Side::Before => Pair::new(Some(at.into()), None),
        Side::After => Pair::new(None, Some(at.into())),
    };
    Row {
        first: Some((side, &at.file, at.line)),
        numbers: on_side(Number::new(at.line)),
        code: vec![source(mark, at, indent)],
        parts,
        change: None,
    }
}

fn skipped_row<'c>(mark: &'static str, skipped: u64) -> Option<Row<'c>> {
    (skipped > 0).then(|| Row {
        first: None,
        numbers: Pair::new(None, None),
        code: vec![Code {
            mark,
            text: Text::from("⋮ ")
                + count(skipped, "line")
                + " below "
                + short_percent(SHOWN_SHARE.get()),
            kind: CodeKind::Remark,
        }],
        parts: Pair::new(None, None),
        change: None,
    })
}

/// Functions as wholes, where there is more than one that matters, or more than one edited
/// block: of a single one of both the lines say it all.
fn functions<'c>(comparison: &'c Comparison, style: &Style) -> Option<Section<'c>> {
    let matters = |it: &&FunctionComparison| {
        let share = it.before.share.value.max(it.after.share.value);
        let mut files = [&it.file.before, &it.file.after].into_iter().flatten();
        let is_selected = files.any(|file| style.selection.takes(file, Some(&it.name)));
        is_selected && (style.all || share >= SHOWN_SHARE)
    };
    let shown: Vec<_> = comparison.functions.iter().filter(matters).collect();
    let is_rewritten = comparison.hunks.len() > 1;
    (shown.len() > 1 || is_rewritten && !shown.is_empty()).then(|| Section {
        kind: SectionKind::Functions,
        title: "Whole functions, from the lines above".into(),
        rows: shown.into_iter().map(function_row).collect(),
        notes: Vec::new(),
    })
}

fn function_row(function: &FunctionComparison) -> Row<'_> {
    let file = &function.file;
    let mark = match (&file.before, &file.after) {
        (Some(_), None) => "-",
        (None, Some(_)) => "+",
        _ => "",
    };
    let part = |file: &Option<String>, side: &BlockSide| file.is_some().then(|| side.into());
    Row {
        first: None,
        numbers: Pair::new(None, None),
        code: vec![Code {
            mark,
            text: Text::source(&function.name),
            kind: CodeKind::Remark,
        }],
        parts: Pair::new(
            part(&file.before, &function.before),
            part(&file.after, &function.after),
        ),
        change: Some(&function.change),
    }
}

/// The samples on no line of Numba code, where there are any.
fn buckets<'c>(comparison: &'c Comparison, style: &Style) -> Option<Section<'c>> {
    let buckets = &comparison.buckets;
    let named = [
        (&buckets.other, "other: interpreter and native code"),
        (&buckets.waiting, "waiting: no thread was running"),
        (&buckets.bad, "bad: stack could not be read"),
    ];
    let rows: Vec<Row<'c>> = named
        .into_iter()
        .filter(|(bucket, _)| style.all || bucket.before.samples + bucket.after.samples > 0)
        .map(|(bucket, name)| bucket_row(bucket, name))
        .collect();
    (!rows.is_empty()).then(|| Section {
        kind: SectionKind::Buckets,
        title: "Outside Numba code".into(),
        rows,
        notes: Vec::new(),
    })
}

fn bucket_row<'c>(bucket: &'c BucketComparison, name: &'static str) -> Row<'c> {
    Row {
        first: None,
        numbers: Pair::new(None, None),
        code: vec![remark(name.into())],
        parts: Pair::new(Some((&bucket.before).into()), Some((&bucket.after).into())),
        change: Some(&bucket.change),
    }
}

impl Row<'_> {
    /// Whether the row stands for lines of source on any side.
    pub(in crate::report) const fn has_numbers(&self) -> bool {
        self.numbers.before.is_some() || self.numbers.after.is_some()
    }
}
