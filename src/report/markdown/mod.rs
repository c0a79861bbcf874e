//! Reports in GitHub's Markdown, for pull requests: a summary of a few lines, and the
//! rest folded away below it.

use std::fmt::Write as _;

use super::Style;
use super::contents::cells::{self, Cells};
use super::contents::rows::{Code, CodeKind, Row, Section, SectionKind};
use super::contents::{self, closing, findings, gate, headline, names, rows, several};
use super::format::{CostScale, work_unit};
use crate::compare::{Comparison, Comparisons};
use crate::gate::Gate;
use crate::pair::Pair;
use crate::text::Text;

mod profile;
mod syntax;

pub use profile::profile;

use self::syntax::{code, html_code, prose};

/// Bytes of a report at most. Comments and summaries on GitHub may have 65,536
/// characters, and what others write around a report has to fit as well.
const MOST_BYTES: usize = 60_000;

/// Bytes that are kept for what follows the tables.
const CLOSING_BYTES: usize = 8_000;

/// Rules of the gate that are named in the summary; of more, the worst but one.
const MOST_RULES: usize = 3;

/// Columns of a line of source.
const SOURCE: usize = 120;

/// Warnings that are quoted.
const MOST_WARNINGS: usize = 10;

/// Characters of a warning.
const WARNING: usize = 400;

/// Shows a comparison: at most 15 lines, and below them what can be unfolded.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut out = summary(comparison, style);
    details(&mut out, comparison, style, MOST_BYTES);
    out
}

/// Shows several comparisons: which version is how fast, and each of them folded away.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let mut out = String::new();
    if let Some(summary) = several::summary(several) {
        let _ = writeln!(out, "### profila: {}\n", prose(&summary.sentence));
        table_head(&mut out, &summary.headings, "lrrlll");
        for row in &summary.rows {
            let cells = row.iter().map(prose);
            table_row(&mut out, cells);
        }
    }
    if let Some(placebo) = &several.placebo {
        let _ = writeln!(out, "\n{}", prose(&several::placebo(placebo)));
    }
    let most = MOST_BYTES.saturating_sub(out.len()) / several.comparisons.len().max(1);
    for comparison in &several.comparisons {
        let Pair { before, after } = names(comparison);
        let title = format!("{} against {}", html_code(&after), html_code(&before));
        let mut folded = bullets(comparison, style);
        details(&mut folded, comparison, style, most.saturating_sub(500));
        fold(&mut out, &title, &folded);
    }
    out
}

/// The verdicts in a few lines.
pub(super) fn summary(comparison: &Comparison, style: &Style) -> String {
    let Pair { before, after } = names(comparison);
    let title = format!("### profila: {} against {}", code(&after), code(&before));
    format!("{title}\n\n{}", bullets(comparison, style))
}

fn bullets(comparison: &Comparison, style: &Style) -> String {
    let mut out = String::new();
    for paragraph in headline::paragraphs(comparison) {
        let mut values = paragraph.values;
        if !values.is_empty() {
            values += ".";
        }
        let parts = [paragraph.sentence, values, paragraph.question];
        let parts = parts.iter().filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.map(prose).collect();
        let _ = writeln!(out, "- {}", parts.join(" "));
    }
    if let Some(gate) = &comparison.gate {
        out.push_str(&gate_bullets(gate));
    }
    if comparison.lines.is_empty() {
        let _ = writeln!(out, "- {}", prose(&contents::NO_LINES.into()));
    } else {
        let scale = rows::scale(&rows::sections(comparison, style));
        let found = findings::sentences(comparison, &scale);
        let _ = writeln!(out, "- {}", prose(&findings::heading(&found).into()));
        for sentence in found {
            let _ = writeln!(out, "  - {}", prose(&sentence));
        }
    }
    match comparison.warnings.len() {
        0 => {}
        1 => out.push_str("- 1 warning, below\n"),
        number => {
            let _ = writeln!(out, "- {number} warnings, below");
        }
    }
    out
}

/// The outcome, and the rules that it is due to.
fn gate_bullets(gate: &Gate) -> String {
    let mut out = format!("- {}\n", prose(&gate::sentence(gate)));
    let mut rules: Vec<_> = gate.rules.iter().collect();
    let mut more = 0;
    if rules.len() > MOST_RULES {
        rules.sort_by_key(|judged| std::cmp::Reverse(judged.outcome));
        more = rules.len() - (MOST_RULES - 1);
        rules.truncate(MOST_RULES - 1);
    }
    for judged in rules {
        let _ = writeln!(out, "  - {}", prose(&gate::rule(judged)));
    }
    if more > 0 {
        let _ = writeln!(out, "  - and {more} more rules, below");
    }
    out
}

/// The tables and how it was measured, folded, in so many bytes at most.
fn details(out: &mut String, comparison: &Comparison, style: &Style, most_bytes: usize) {
    let sections = rows::sections(comparison, style);
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
        let _ = writeln!(out, "\n{}", prose(&sentence));
    }
    let scale = rows::scale(&sections);
    let mut measured = measured(comparison);
    if let Some(gate) = comparison
        .gate
        .as_ref()
        .filter(|gate| gate.rules.len() > MOST_RULES)
    {
        let rules = gate.rules.iter().map(|rule| prose(&gate::rule(rule)));
        let rules: Vec<String> = rules.map(|rule| format!("- {rule}\n")).collect();
        fold(out, "All rules of the gate", &rules.concat());
    }
    truncate_bytes(&mut measured, CLOSING_BYTES);
    let mut room = most_bytes.saturating_sub(out.len() + measured.len() + 1_000);
    let mut tables = String::new();
    for (index, section) in sections.iter().enumerate() {
        if room == 0 {
            let left_out = sections.len() - index;
            let _ = writeln!(
                tables,
                "\n{left_out} more tables are omitted; JSON has all of them."
            );
            break;
        }
        let work = work_unit(&comparison.throughput);
        let shown = table(section, &scale, &work, room);
        room = room.saturating_sub(shown.len());
        tables.push_str(&shown);
    }
    if !tables.is_empty() {
        let _ = writeln!(tables, "\n{}", prose(&contents::legend(comparison)));
        fold(out, "Line by line", &tables);
    }
    fold(out, "How it was measured", &measured);
}

fn table(section: &Section<'_>, scale: &CostScale, work: &Text, most_bytes: usize) -> String {
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

/// How it was measured, and what the reader should know.
fn measured(comparison: &Comparison) -> String {
    let mut out = format!("{}\n\n", prose(&closing::sentence(comparison)));
    let Pair { before, after } = names(comparison).map(Text::plainly);
    table_head(&mut out, &[Text::new(), before, after], "lll");
    for (label, values) in closing::facts(comparison) {
        let cells = [label.into(), values.before, values.after];
        table_row(&mut out, cells.iter().map(prose));
    }
    let warnings = &comparison.warnings;
    for warning in warnings.iter().take(MOST_WARNINGS) {
        let warning = Text::prose(warning).truncated(WARNING);
        let _ = writeln!(out, "\nWarning: {}", prose(&warning));
    }
    if warnings.len() > MOST_WARNINGS {
        let more = warnings.len() - MOST_WARNINGS;
        let _ = writeln!(out, "\nand {more} more warnings in the JSON");
    }
    out
}

/// What can be unfolded below a title, which is HTML.
fn fold(out: &mut String, title: &str, text: &str) {
    let _ = writeln!(
        out,
        "\n<details><summary>{title}</summary>\n\n{}\n\n</details>",
        text.trim()
    );
}

/// The first two lines of a table. One letter per column says how it is aligned: `l` or `r`.
fn table_head(out: &mut String, headings: &[Text], alignment: &str) {
    table_row(out, headings.iter().map(prose));
    let rules = alignment.chars().map(|side| match side {
        'r' => "---:",
        _ => "---",
    });
    let _ = writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "));
}

fn table_row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Cuts whole lines off, so that so many bytes are left at most.
fn truncate_bytes(text: &mut String, most: usize) {
    if text.len() > most {
        let end = text.floor_char_boundary(most);
        let end = text[..end].rfind('\n').map_or(0, |at| at + 1);
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests;
