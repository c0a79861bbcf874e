//! A table of lines, blocks or functions: one row for both sides.

use std::fmt::Write as _;

use super::syntax::{code, prose, table_head, table_row};
use crate::pair::Pair;
use crate::report::contents::cells::{self, Cells};
use crate::report::contents::rows::{Code, CodeKind, Row, Section, SectionKind};
use crate::report::format::CostScale;
use crate::text::Text;

/// Columns of a line of source.
const SOURCE: usize = 120;

/// The table of a section, in so many bytes at most.
pub(super) fn table(
    section: &Section<'_>,
    scale: &CostScale,
    work: &Text,
    most_bytes: usize,
) -> String {
    let mut out = format!("\n**{}**\n\n", prose(&section.title));
    let cost = Text::from("cost, ") + scale.per(work);
    let [before, after, source] = ["before", "after", "source"].map(Text::from);
    let [share, shift] = ["share", "shift"].map(Text::from);
    let [change, verdict] = ["change", "verdict"].map(Text::from);
    let headings = [before, after, source, share, shift, cost, change, verdict];
    table_head(&mut out, &headings, "rrlrrrrl");
    let mut shown = 0;
    for row in &section.rows {
        let cells = row_cells(row, section.kind, scale);
        let start = out.len();
        table_row(&mut out, cells);
        if out.len() > most_bytes {
            out.truncate(start);
            break;
        }
        shown += 1;
    }
    let hidden = section.rows.len() - shown;
    if hidden > 0 {
        let _ = writeln!(
            out,
            "\n{hidden} more rows are omitted to keep this short; JSON and HTML have all of them."
        );
    }
    for note in &section.notes {
        let _ = writeln!(out, "\n{}", prose(note));
    }
    out
}

fn row_cells(row: &Row<'_>, kind: SectionKind, scale: &CostScale) -> Vec<String> {
    let numbers = row.numbers.clone().map(|number| prose(&number.into()));
    let shares = row.parts.map(|part| part.map(|part| cells::share(&part)));
    let cost = |part| Text::from(cells::cost(&part, scale));
    let costs = arrow(row.parts.map(|part| part.map(cost)));
    let said = row.change.map(|change| Cells::new(change, row.parts));
    let (shift, change, verdict) = said.map(in_cells).unwrap_or_default();
    let cells = [arrow(shares), shift, costs, change, verdict];
    let mut row = vec![numbers.before, numbers.after, source(&row.code, kind)];
    row.extend(cells.iter().map(prose));
    row
}

/// Before and after, where there is either.
fn arrow(values: Pair<Option<Text>>) -> Text {
    if values.before.is_none() && values.after.is_none() {
        return Text::new();
    }
    let values = values.map(|value| value.unwrap_or_else(|| "–".into()));
    values.before + " → " + values.after
}

/// What is said of a change: its shift, its cost, its verdict.
fn in_cells(said: Cells) -> (Text, Text, Text) {
    let margin = said.margin.map(|margin| Text::from(" ") + margin);
    let interval = said.cost_interval.map(|ends| Text::from(" (") + ends + ")");
    let open = [said.seen, said.needed].map(|it| it.map(Text::from));
    let behind = [said.evidence.map(Text::from)].into_iter().chain(open);
    let behind = behind.flatten().map(|words| Text::from(", ") + words);
    let verdict = said.verdict + behind.collect::<Text>();
    (said.shift + margin, said.cost + interval, verdict)
}

fn source(lines: &[Code], kind: SectionKind) -> String {
    let lines = lines.iter().map(|line| {
        let text = line.text.clone().truncated(SOURCE);
        match line.kind {
            CodeKind::Source => code(&(Text::from(line.mark) + " " + text).trimmed()),
            CodeKind::Remark if kind == SectionKind::Functions => prose(&text),
            CodeKind::Remark | CodeKind::Block => {
                format!("{} {}", line.mark, prose(&text)).trim().to_owned()
            }
        }
    });
    lines.collect::<Vec<_>>().join("<br>")
}
