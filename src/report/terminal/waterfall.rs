//! The steps from the cost before to that after, in block characters.

use super::layout::{self, Cell, GAP, Place};
use crate::compare::Comparison;
use crate::report::contents::waterfall::{Bar, BarKind, Picture, picture};
use crate::text::Alignment::{Left, Right};
use crate::text::{Meaning, Text};

/// Judged changes that have a bar of their own.
const MOST_STEPS: usize = 6;

/// From this width on, bars have intervals.
pub(super) const WITH_INTERVALS: usize = 100;

/// Widest place, and widest label as a part of the width.
const PLACE: usize = 24;
const LABEL_PART: usize = 3;

/// Columns that the bars have at least.
const LEAST_BARS: usize = 16;

/// The steps in so many columns, or nothing where nothing has a cost. What a bar means does not
/// depend on colours: its value has a sign.
pub(in crate::report) fn waterfall(comparison: &Comparison, columns: usize) -> Vec<Text> {
    picture(comparison, MOST_STEPS).map_or_else(Vec::new, |picture| drawn(&picture, columns))
}

fn drawn(picture: &Picture, columns: usize) -> Vec<Text> {
    let has_margins = columns >= WITH_INTERVALS;
    let rows: Vec<Vec<Cell>> = picture
        .bars
        .iter()
        .map(|bar| cells(bar, columns, has_margins))
        .collect();
    // A column that has nothing in it is seen all the same.
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(row.len(), 1);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(layout::width(cell));
        }
    }
    let used: usize = widths.iter().map(|width| width + GAP).sum();
    let room = columns.saturating_sub(used).max(LEAST_BARS);
    let rows: Vec<Vec<Cell>> = rows
        .into_iter()
        .zip(&picture.bars)
        .map(|(mut row, bar)| {
            row.push(vec![blocks(bar, picture.most_s, room)]);
            row
        })
        .collect();
    let alignments = if has_margins {
        [Right, Left, Right, Left, Left].as_slice()
    } else {
        &[Right, Left, Right, Left]
    };
    widths.push(room);
    let places = alignments.iter().zip(widths);
    let places: Vec<Place> = places
        .map(|(&alignment, width)| Place { alignment, width })
        .collect();
    let title = picture.title.clone() + ": " + KEY;
    let title = if title.width() > columns {
        picture.title.clone()
    } else {
        title
    };
    let mut lines = title.meaning(Meaning::Heading).wrapped(columns, 4);
    lines.extend(layout::lines(None, &rows, &places));
    lines
}

/// What the blocks mean, which the signs of the values say as well.
const KEY: &str = "█ all, ░ less, ▓ more";

fn cells(bar: &Bar, columns: usize, has_margins: bool) -> Vec<Cell> {
    let place = bar.place.clone().truncated(PLACE);
    let label = bar.label.clone().truncated(columns / LABEL_PART);
    let paint = |text: Text| match bar.kind {
        BarKind::Open | BarKind::Rest => text.meaning(Meaning::Quiet),
        BarKind::Whole | BarKind::Judged(_) => text,
    };
    let mut cells = vec![
        vec![place],
        vec![paint(label)],
        vec![paint(bar.value.clone().into())],
    ];
    if has_margins {
        let margin = Text::from(bar.margin.clone()).meaning(Meaning::Quiet);
        cells.push(vec![margin]);
    }
    cells
}

/// A bar from where it begins to where it ends; one that is too short to be seen has a line.
fn blocks(bar: &Bar, most_s: f64, room: usize) -> Text {
    let low = bar.level_s.before.min(bar.level_s.after);
    let high = bar.level_s.before.max(bar.level_s.after);
    let (start, end) = (column(low, most_s, room), column(high, most_s, room));
    let glyph = match bar.kind {
        BarKind::Whole => "█",
        _ if bar.level_s.after > bar.level_s.before => "▓",
        _ => "░",
    };
    let drawn = if end > start {
        Text::repeated(glyph, end - start)
    } else {
        Text::from("▏")
    };
    let drawn = match bar.kind.meaning() {
        Some(meaning) => drawn.meaning(meaning),
        None => drawn,
    };
    Text::spaces(start.min(room - 1)) + drawn
}

/// The column that a value is in, of so many.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a column of a terminal"
)]
fn column(value: f64, most: f64, room: usize) -> usize {
    let part = (value / most).clamp(0.0, 1.0);
    (part * room as f64).round() as usize
}
