//! What the orders of a block cost, as Markdown.

use std::fmt::Write as _;

use super::syntax::{code, fold, prose, table_head, table_row};
use crate::reorder::Reordering;
use crate::report::contents::reordering::{Matrix, Value, contents};
use crate::text::Text;

/// Columns of a statement.
const SOURCE: usize = 120;

/// Shows what the orders of a block cost.
pub(crate) fn reordering(found: &Reordering) -> String {
    let contents = contents(found);
    let mut out = String::from("### profila: orders of a block\n");
    for sentence in &contents.sentences {
        let _ = writeln!(out, "\n{}", prose(sentence));
    }
    out.push('\n');
    let orders = contents.orders;
    table_head(&mut out, &orders.headings, "lrrlrrl");
    for row in &orders.rows {
        table_row(&mut out, row.iter().map(prose));
    }
    out.push('\n');
    let headings = ["statement", "lines", "source"].map(Text::from);
    table_head(&mut out, &headings, "rrl");
    for [number, lines, text] in contents.statements {
        let text = code(&text.truncated(SOURCE));
        table_row(&mut out, [prose(&number), prose(&lines), text]);
    }
    matrix(&mut out, &contents.matrix);
    for sentence in &contents.split {
        let _ = writeln!(out, "\n{}", prose(sentence));
    }
    fold(&mut out, "How to read this", &prose(&contents.legend));
    for warning in &contents.warnings {
        let _ = writeln!(out, "\n**Warning:** {}", prose(warning));
    }
    out
}

fn matrix(out: &mut String, matrix: &Matrix) {
    let _ = writeln!(out, "\n**{}**\n", prose(&matrix.title));
    let alignment = "r".repeat(matrix.headings.len());
    table_head(out, &matrix.headings, &alignment);
    for (name, values) in &matrix.rows {
        let values = values.iter().map(|Value { value, margin }| {
            let both = value.clone() + " " + margin.clone();
            prose(&both.trimmed())
        });
        table_row(out, [prose(name)].into_iter().chain(values));
    }
}
