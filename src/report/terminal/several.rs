//! More than two versions: which of them is how fast, and then each comparison.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::compare::Comparisons;
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::names;
use crate::report::contents::several::{placebo, summary};
use crate::report::paint::{Meaning, finish, paint};
use crate::report::text::{truncate, wrap};

/// Columns of a name in the table.
const NAME: usize = 28;

/// Columns that hold numbers.
const NUMBERS: [usize; 2] = [1, 2];

/// Shows several comparisons: a summary, then one after the other.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let mut out = ranking(several, style);
    if let Some(again) = &several.placebo {
        let _ = write!(out, "\n{}\n", wrap(&placebo(again), style.width, 4));
    }
    let mut out = finish(&out, style.color);
    for comparison in &several.comparisons {
        let Pair { before, after } = names(comparison);
        let title = paint(Meaning::Heading, &format!("{after} against {before}"));
        let rule = "─".repeat(style.width.min(60));
        let heading = format!("\n{rule}\n{title}\n\n");
        out.push_str(&finish(&heading, style.color));
        out.push_str(&super::comparison(comparison, style));
    }
    out
}

fn ranking(several: &Comparisons, style: &Style) -> String {
    let Some(summary) = summary(several) else {
        return String::new();
    };
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let headings = summary.headings;
    table.add_row(headings.map(|heading| paint(Meaning::Quiet, &truncate(&heading, NAME))));
    for mut row in summary.rows {
        row[0] = truncate(&row[0], NAME);
        table.add_row(row);
    }
    for column in NUMBERS {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n\n{table}\n", wrap(&summary.sentence, style.width, 4))
}
