//! How a script grows with a size, as Markdown.

use std::fmt::Write as _;

use super::syntax::{fold, prose, table_head, table_row};
use crate::report::contents::scaling::contents;
use crate::scaling::Scaling;

/// Columns of a line of source.
const SOURCE: usize = 120;

/// Shows how a script grows.
pub(crate) fn scaling(found: &Scaling) -> String {
    let contents = contents(found);
    let mut out = String::from("### profila: growth with a size\n");
    for sentence in &contents.sentences {
        let _ = writeln!(out, "\n{}", prose(sentence));
    }
    out.push('\n');
    table_head(&mut out, &contents.headings, "rlrrrll");
    for row in contents.rows {
        let [place, source, others @ ..] = row;
        let cells = [place, source.truncated(SOURCE)].into_iter().chain(others);
        table_row(&mut out, cells.map(|cell| prose(&cell)));
    }
    if let Some(left_out) = &contents.left_out {
        let _ = writeln!(out, "\n{}", prose(left_out));
    }
    let read = format!(
        "{}\n\n{}",
        prose(&contents.measured),
        prose(&contents.legend)
    );
    fold(&mut out, "How it was measured, and how to read this", &read);
    for warning in &contents.warnings {
        let _ = writeln!(out, "\n**Warning:** {}", prose(warning));
    }
    out
}
