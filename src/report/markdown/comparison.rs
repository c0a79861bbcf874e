//! Comparisons: the verdicts in a few lines, and below them what can be unfolded.

use std::fmt::Write as _;

use super::room::{MOST_BYTES, MOST_WARNINGS, WARNING, truncate_bytes};
use super::syntax::{block, code, fold, html_code, prose, table_head, table_row, url_path};
use super::table::table;
use crate::compare::{AssemblyComparison, Comparison, Comparisons};
use crate::gate::Gate;
use crate::pair::Pair;
use crate::report::contents::{
    self, assembly, closing, counters, findings, gate, headline, loops, names, regions, remarks,
    rows, several,
};
use crate::report::format::work_unit;
use crate::report::{Style, terminal};
use crate::text::Text;

/// Bytes that are kept for what follows the tables.
const CLOSING_BYTES: usize = 8_000;

/// Bytes that what was counted may have: a few lines, unless paths are very long.
const MOST_OF_COUNTERS: usize = 4_000;

/// Columns of instructions, of both versions together.
const CODE_COLUMNS: usize = 120;

/// Columns of the steps from the cost before to that after: as many as a comment shows.
const WATERFALL_COLUMNS: usize = 100;

/// Rules of the gate that are named in the summary; of more, the worst but one.
const MOST_RULES: usize = 3;

/// Shows a comparison: at most 15 lines, and below them what can be unfolded.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut out = summary(comparison, style);
    out.push_str(&picture(style));
    out.push_str(&waterfall(comparison));
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
    out.push_str(&picture(style));
    let most = MOST_BYTES.saturating_sub(out.len()) / several.comparisons.len().max(1);
    for comparison in &several.comparisons {
        let Pair { before, after } = names(comparison);
        let title = format!("{} against {}", html_code(&after), html_code(&before));
        let mut folded = bullets(comparison, style);
        folded.push_str(&waterfall(comparison));
        details(&mut folded, comparison, style, most.saturating_sub(500));
        fold(&mut out, &title, &folded);
    }
    out
}

/// The verdicts in a few lines.
fn summary(comparison: &Comparison, style: &Style) -> String {
    let Pair { before, after } = names(comparison);
    let title = format!("### profila: {} against {}", code(&after), code(&before));
    format!("{title}\n\n{}", bullets(comparison, style))
}

/// The picture beside the report, if there is one. It looks right on light and on dark pages by
/// itself.
fn picture(style: &Style) -> String {
    const ALT: &str = "The steps from the cost before to that after";
    let name = style.picture.as_deref().map(url_path);
    let picture =
        name.map(|name| format!("\n<picture><img alt=\"{ALT}\" src=\"{name}\"></picture>\n"));
    picture.unwrap_or_default()
}

/// The steps from the cost before to that after, in characters.
fn waterfall(comparison: &Comparison) -> String {
    let lines = terminal::waterfall(comparison, WATERFALL_COLUMNS);
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.into_iter().map(|line| line.trimmed().plain() + "\n");
    format!("\n{}", block(&lines.collect::<String>()))
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
        let scale = rows::scale(&rows::sections(comparison, style, rows::Choice::Table));
        let found = findings::sentences(comparison, &scale);
        let _ = writeln!(out, "- {}", prose(&findings::heading(&found).into()));
        for sentence in found {
            let _ = writeln!(out, "  - {}", prose(&sentence));
        }
    }
    let said = remarks::sentences(comparison);
    if !said.is_empty() {
        let _ = writeln!(out, "- {}", prose(&remarks::HEADING.into()));
    }
    for sentence in said {
        let _ = writeln!(out, "  - {}", prose(&sentence));
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
    let sections = rows::sections(comparison, style, rows::Choice::Table);
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
    let mut counted = String::new();
    for section in counters::of_comparison(comparison) {
        let _ = writeln!(counted, "- {}", prose(&section.heading));
        for line in section.lines {
            let _ = writeln!(counted, "  - {}", prose(&line));
        }
    }
    truncate_bytes(&mut counted, MOST_OF_COUNTERS);
    if !counted.is_empty() {
        fold(out, "What was counted", &counted);
    }
    if let Some(regions) = regions::of_comparison(comparison) {
        let lines = regions.lines.iter();
        let mut listed = prose(&regions.heading) + "\n\n";
        listed.extend(lines.map(|line| format!("- {}\n", prose(line))));
        truncate_bytes(&mut listed, MOST_OF_COUNTERS);
        fold(out, "Regions", &listed);
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
    if let Some(compared) = &comparison.assembly {
        fold(
            out,
            "Instructions",
            &instructions(comparison, compared, style, room),
        );
    }
    fold(out, "How it was measured", &measured);
}

/// The hottest loops, and the instructions of the lines that matter, in so many bytes at most.
fn instructions(
    comparison: &Comparison,
    compared: &AssemblyComparison,
    style: &Style,
    most_bytes: usize,
) -> String {
    let mut out = String::new();
    for hottest in loops::of_comparison(comparison, compared, &style.selection) {
        let _ = writeln!(out, "{}\n", prose(&hottest.heading));
        for it in hottest.loops {
            let _ = writeln!(out, "- {}", prose(&it));
        }
        out.push('\n');
    }
    for sentence in assembly::introduction(comparison, compared) {
        let _ = writeln!(out, "{}\n", prose(&sentence));
    }
    let mut rows = String::new();
    for listing in assembly::listings(comparison, compared, style, CODE_COLUMNS) {
        let head = [listing.title].into_iter().chain(listing.source);
        for line in head.chain(listing.rows).chain([Text::new()]) {
            let _ = writeln!(rows, "{}", line.plain());
        }
    }
    let whole = rows.len();
    truncate_bytes(&mut rows, most_bytes.saturating_sub(out.len() + 500));
    if !rows.is_empty() {
        out.push_str(&block(&rows));
    }
    if rows.len() < whole {
        out.push_str("\nThe rest is omitted to keep this short; JSON and HTML have it.\n");
    }
    out
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
