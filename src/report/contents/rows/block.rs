//! The rows of an edited block.

use super::{Choice, Code, CodeKind, Part, Row, SHOWN_SHARE, is_hot, line_side, source};
use crate::compare::{BlockSide, HunkComparison, LineComparison, LineSide};
use crate::pair::{Pair, Side};
use crate::report::Style;
use crate::report::contents::waterfall::lines as lines_replaced;
use crate::report::format::{count, short_percent};
use crate::source::LineNumber;
use crate::text::{Number, Text};

/// Lines of one side of a block that are shown whatever their share. Longer
/// blocks are shortened to the hot ones: the verdict is the block's.
const WHOLE_BLOCK: usize = 8;

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

/// The row of the block as a whole, then its lines. A block of one line a side
/// is both at once.
pub(super) fn block_rows<'c>(
    hunk: &'c HunkComparison,
    lines: &[&'c LineComparison],
    indent: usize,
    style: &Style,
    choice: Choice,
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
    rows.extend(side_rows("-", Side::Before, &before, indent, style, choice));
    rows.extend(side_rows("+", Side::After, &after, indent, style, choice));
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
    let what = lines_replaced(hunk.before_lines.len(), hunk.after_lines.len());
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
    choice: Choice,
) -> Vec<Row<'c>> {
    let whole = style.all || choice == Choice::Table && lines.len() <= WHOLE_BLOCK;
    let mut rows = Vec::new();
    let mut skipped = 0;
    for (line, at) in lines {
        if whole || is_hot(line, side, choice) {
            rows.extend(skipped_row(mark, skipped));
            skipped = 0;
            rows.push(side_row(mark, side, at, indent));
        } else {
            skipped += 1;
        }
    }
    rows.extend(skipped_row(mark, skipped));
    if choice == Choice::Screen {
        // The row of the block says how many lines there are.
        rows.retain(|row| row.first.is_some());
    }
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
