//! What the orders of a block cost, for the terminal.

use super::layout::{Cell, GAP, table, width};
use crate::reorder::Reordering;
use crate::report::Style;
use crate::report::contents::reordering::{Matrix, Ranking, Value, contents};
use crate::report::paint::Sheet;
use crate::text::Alignment::{Left, Right};
use crate::text::{Meaning, Text};

/// Columns of the number and the lines of a statement, with what is around them.
const BEFORE_SOURCE: usize = 20;

/// Shows what the orders of a block cost.
pub(crate) fn reordering(found: &Reordering, style: &Style) -> String {
    let contents = contents(found);
    let mut sheet = Sheet::default();
    for sentence in &contents.sentences {
        sheet.extend(sentence.wrapped(style.width, 4));
    }
    sheet.blank();
    let room = style.width.saturating_sub(BEFORE_SOURCE);
    let statements = contents.statements.into_iter();
    let statements = statements.map(|[number, lines, text]| {
        let cells = [number, lines, text.truncated(room)];
        cells.map(|cell| vec![cell]).to_vec()
    });
    sheet.extend(table(&statements.collect::<Vec<_>>(), &[Right, Left, Left]));
    sheet.blank();
    show_matrix(&mut sheet, &contents.matrix, style.width);
    sheet.blank();
    for sentence in &contents.split {
        sheet.extend(sentence.wrapped(style.width, 4));
    }
    sheet.blank();
    show_orders(&mut sheet, contents.orders);
    sheet.blank();
    sheet.lines_meaning(Meaning::Quiet, contents.legend.wrapped(style.width, 0));
    for warning in contents.warnings {
        let warning = Text::from("Warning: ") + warning;
        sheet.lines_meaning(Meaning::Open, warning.wrapped(style.width, 4));
    }
    sheet.finish(style.color)
}

/// Shows as many columns beside each other as there is room for, and the others below.
fn show_matrix(sheet: &mut Sheet, matrix: &Matrix, room: usize) {
    sheet.extend([matrix.title.clone().meaning(Meaning::Heading)]);
    let names: Vec<Cell> = matrix
        .rows
        .iter()
        .map(|(name, _)| vec![name.clone()])
        .collect();
    let cells = matrix.rows.iter().map(|(_, values)| values);
    let cells: Vec<Vec<Cell>> = cells
        .map(|values| values.iter().cloned().map(cell).collect())
        .collect();
    let widest = cells.iter().flatten().map(width).max().unwrap_or(0);
    let first = names.iter().map(width).max().unwrap_or(0);
    let first = first.max(matrix.headings.first().map_or(0, Text::width));
    let fitting = room.saturating_sub(first + 1) / (widest.max(3) + GAP);
    let columns: Vec<usize> = (0..matrix.headings.len().saturating_sub(1)).collect();
    for columns in columns.chunks(fitting.max(1)) {
        let heading = |at: usize| vec![matrix.headings[at].clone().meaning(Meaning::Quiet)];
        let head = columns.iter().map(|&column| heading(column + 1));
        let mut rows: Vec<Vec<Cell>> = vec![[heading(0)].into_iter().chain(head).collect()];
        for (name, cells) in names.iter().zip(&cells) {
            let cells = columns.iter().map(|&column| cells[column].clone());
            rows.push([name.clone()].into_iter().chain(cells).collect());
        }
        let alignments = vec![Right; columns.len() + 1];
        sheet.extend(table(&rows, &alignments));
    }
}

fn cell(Value { value, margin }: Value) -> Cell {
    if margin.is_empty() {
        vec![value]
    } else {
        vec![value, margin.meaning(Meaning::Quiet)]
    }
}

fn show_orders(sheet: &mut Sheet, orders: Ranking) {
    let headings = orders.headings.map(|it| vec![it.meaning(Meaning::Quiet)]);
    let mut rows: Vec<Vec<Cell>> = vec![headings.to_vec()];
    let cells = orders.rows.into_iter();
    rows.extend(cells.map(|row| row.map(|cell| vec![cell]).to_vec()));
    sheet.extend(table(
        &rows,
        &[Left, Right, Right, Left, Right, Right, Left],
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign::tests::is_obeyed;
    use crate::reorder::{Independence, fixture};
    use crate::report::markdown;

    #[test]
    fn text() {
        insta::assert_snapshot!(reordering(&fixture::reordering(), &Style::default()));
    }

    #[test]
    fn as_markdown() {
        insta::assert_snapshot!(markdown::reordering(&fixture::reordering()));
    }

    /// Nothing is better, a statement never moved, and the machine is unsteady.
    #[test]
    fn nothing_certain() {
        let mut found = fixture::nothing_certain();
        assert_eq!(found.best(), None);
        assert!(found.is_placebo_told_apart());
        found.independence = Independence::Assumed;
        found.warnings = vec!["the machine was busy".into()];
        insta::assert_snapshot!(reordering(&found, &Style::default()));
    }

    #[test]
    fn columns_for_which_there_is_no_room_are_below() {
        let style = Style {
            width: 24,
            ..Style::default()
        };
        let shown = reordering(&fixture::reordering(), &style);
        let wide = shown.lines().filter(|line| line.contains("position "));
        assert!(wide.count() > 1, "{shown}");
    }

    #[test]
    fn nothing_of_a_statement_is_obeyed() {
        let hostile = "\u{1b}[31m | `a` </b>\n::error::x\u{202e}";
        let mut found = fixture::reordering();
        found.script = hostile.to_owned();
        found.function = Some(hostile.to_owned());
        found.statements[0].text = hostile.to_owned();
        found.dependences = vec![hostile.into()];
        found.warnings = vec![hostile.into()];
        found.throughput.unit = hostile.to_owned();
        for shown in [
            reordering(&found, &Style::default()),
            markdown::reordering(&found),
        ] {
            let is_harmful = |c: char| c != '\n' && is_obeyed(c);
            assert!(!shown.contains(is_harmful), "{shown:?}");
            assert!(!shown.contains("\n::error"), "{shown}");
        }
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let markdown = markdown::reordering(&found);
        let rows = markdown.lines().filter(|line| line.starts_with("| 1 |"));
        let rows: Vec<usize> = rows.take(1).map(cells).collect();
        assert_eq!(rows, [4], "{markdown}");
    }
}
