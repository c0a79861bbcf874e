//! More than two versions: which of them is how fast, and then each comparison.

use super::comparison::write;
use super::layout::{Cell, table};
use crate::compare::Comparisons;
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::names;
use crate::report::contents::several::{Dots, dots, placebo, summary};
use crate::report::paint::Sheet;
use crate::text::Alignment::{Left, Right};
use crate::text::{Meaning, Text};

/// Columns of a name in the table.
const NAME: usize = 28;

/// Columns of the line between two comparisons.
const RULE: usize = 60;

/// Shows several comparisons: a summary, then one after the other.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let mut sheet = Sheet::default();
    ranking(&mut sheet, several, style);
    if let Some(dots) = dots(several) {
        sheet.blank();
        show_dots(&mut sheet, dots, style.width);
    }
    if let Some(again) = &several.placebo {
        sheet.blank();
        sheet.extend(placebo(again).wrapped(style.width, 4));
    }
    for comparison in &several.comparisons {
        let Pair { before, after } = names(comparison);
        let title = after + " against " + before;
        sheet.blank();
        sheet.line(Text::rule(style.width.min(RULE)));
        sheet.line(title.meaning(Meaning::Heading));
        sheet.blank();
        write(&mut sheet, comparison, style);
    }
    sheet.finish(style.color)
}

fn ranking(sheet: &mut Sheet, several: &Comparisons, style: &Style) {
    let Some(summary) = summary(several) else {
        return;
    };
    sheet.extend(summary.sentence.wrapped(style.width, 4));
    sheet.blank();
    let headings = summary.headings.into_iter();
    let headings = headings.map(|it| vec![it.truncated(NAME).meaning(Meaning::Quiet)]);
    let mut rows: Vec<Vec<Cell>> = vec![headings.collect()];
    for row in summary.rows {
        let [name, values @ ..] = row;
        let cells = [name.truncated(NAME)].into_iter().chain(values);
        rows.push(cells.map(|cell| vec![cell]).collect());
    }
    sheet.extend(table(&rows, &[Left, Right, Right, Left, Left, Left]));
}

/// Columns of the axis: of a wide screen no more than help.
const AXIS: (usize, usize) = (20, 60);

/// Shows the versions on one axis: a dot each, its interval, and where the first version is.
fn show_dots(sheet: &mut Sheet, dots: Dots, columns: usize) {
    let names = dots.rows.iter().map(|row| row.name.clone().truncated(NAME));
    let names: Vec<Text> = names.collect();
    let widest = names.iter().map(Text::width).max().unwrap_or(0);
    let room = columns.saturating_sub(widest + INDENT + 1);
    let room = room.clamp(AXIS.0, AXIS.1);
    sheet.extend(dots.title.meaning(Meaning::Heading).wrapped(columns, 4));
    let [_, (one, _), _] = dots.marks;
    for (name, row) in names.into_iter().zip(&dots.rows) {
        let mut signs = vec![' '; room];
        signs[column(one, room)] = '┆';
        if let Some((low, high)) = row.ends {
            let (low, high) = (column(low, room), column(high, room));
            signs[low..=high].fill('─');
            signs[low] = '├';
            signs[high] = '┤';
        }
        signs[column(row.place, room)] = '●';
        let drawn = drawn(&signs);
        let drawn = match row.meaning {
            Some(meaning) => drawn.meaning(meaning),
            None => drawn,
        };
        sheet.line(Text::spaces(1) + name.padded(widest, Left) + Text::spaces(1) + drawn);
    }
    let mut axis = Text::spaces(INDENT + widest);
    for (place, written) in dots.marks {
        let written = Text::from(written);
        let from = INDENT + widest + column(place, room);
        let from = (from + 1).saturating_sub(written.width().div_ceil(2));
        if from > axis.width() || place <= 0.0 {
            axis = axis.padded(from, Left) + written;
        }
    }
    sheet.line(axis.meaning(Meaning::Quiet));
}

/// Columns before the axis, beside the name.
const INDENT: usize = 2;

/// The column of a place from 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of some dozen columns"
)]
fn column(place: f64, room: usize) -> usize {
    let last = room.saturating_sub(1);
    let column = place.clamp(0.0, 1.0) * f64::from(u16::try_from(last).unwrap_or(u16::MAX));
    (column.round() as usize).min(last)
}

/// Signs of one column each.
fn drawn(signs: &[char]) -> Text {
    let mut text = Text::new();
    for sign in signs {
        text += match sign {
            '●' => "●",
            '├' => "├",
            '─' => "─",
            '┤' => "┤",
            '┆' => "┆",
            _ => " ",
        };
    }
    text
}
