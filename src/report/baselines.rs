//! The baselines of a project, one below the other.

use super::Style;
use super::paint::Sheet;
use crate::recording::{Recording, RunKind};
use crate::text::Alignment::Left;
use crate::text::{Meaning, Text};

/// Columns between two others.
const GAP: usize = 2;

/// A baseline by its name, or why it cannot be read.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) recording: Result<Recording, String>,
}

/// The columns of a row.
type Row = [Text; 6];

/// A table of baselines, with those that cannot be read below it.
pub(crate) fn text(kept: &[Kept], style: &Style) -> String {
    let mut sheet = Sheet::default();
    if kept.is_empty() {
        sheet.line(Text::from(
            "There are no baselines. `profila baseline save NAME script.py` measures one.",
        ));
        return sheet.finish(style.color);
    }
    let read = kept.iter().filter_map(|it| {
        let recording = it.recording.as_ref().ok()?;
        Some(row(&it.name, recording))
    });
    let read: Vec<Row> = read.collect();
    if !read.is_empty() {
        let head = ["name", "of", "measured", "runs", "Python, Numba", "sampler"];
        let rows = std::iter::once(head.map(Text::from)).chain(read);
        let rows: Vec<Row> = rows.collect();
        for row in &rows {
            sheet.line(laid_out(row, &rows));
        }
    }
    for it in kept {
        if let Err(why) = &it.recording {
            let line = Text::name(&it.name) + ": " + Text::foreign(why);
            sheet.line(line.meaning(Meaning::Worse));
        }
    }
    sheet.finish(style.color)
}

fn row(name: &str, recording: &Recording) -> Row {
    let variant = &recording.variant;
    let of = variant.script.as_ref().or(variant.module.as_ref());
    let timed = recording.runs().filter(|run| run.kind == RunKind::Timed);
    // `2026-11-30T09:00:00Z`, to the minute.
    let created = recording.created.get(..16).unwrap_or(&recording.created);
    [
        Text::name(name),
        Text::foreign(of.map_or("-c", String::as_str)),
        Text::foreign(&created.replace('T', " ")),
        Text::foreign(&timed.count().to_string()),
        Text::foreign(&format!("{}, {}", recording.python, recording.numba)),
        Text::foreign(&recording.sampler),
    ]
}

/// A row in columns that are as wide as the widest of all rows.
fn laid_out(row: &Row, rows: &[Row]) -> Text {
    let last = row.len() - 1;
    let cells = row.iter().enumerate().map(|(column, cell)| {
        if column == last {
            return cell.clone();
        }
        let widths = rows.iter().map(|row| row[column].width());
        let width = widths.max().unwrap_or_default();
        cell.clone().padded(width + GAP, Left)
    });
    cells.fold(Text::new(), |line, cell| line + cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture::recording;

    #[test]
    fn baselines_and_what_cannot_be_read() {
        let kept = [
            Kept {
                name: "main".to_owned(),
                recording: Ok(recording("main", "bench.py")),
            },
            Kept {
                name: "before the rewrite".to_owned(),
                recording: Ok(recording("before", "packages/kernels/bench.py")),
            },
            Kept {
                name: "broken".to_owned(),
                recording: Err("it is empty".to_owned()),
            },
        ];
        insta::assert_snapshot!(text(&kept, &Style::default()));
        let none = text(&[], &Style::default());
        assert!(none.starts_with("There are no baselines."), "{none}");
    }
}
