//! More than two versions: which of them is how fast, and then each comparison.

use super::comparison::write;
use super::layout::{Cell, table};
use crate::compare::Comparisons;
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::names;
use crate::report::contents::several::{placebo, summary};
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
