//! Reports as one page for a browser, which needs nothing else: no network, no other file.
//!
//! A page is made from `page.html` by `minijinja`, which escapes whatever it is given.
//! What it is given is made here and in the modules below.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use super::Style;
use super::contents::cells::{self, Cells};
use super::contents::rows::{CodeKind, Part, Row, Section, SectionKind};
use super::contents::{self, closing, findings, gate, headline, names, rows, several};
use super::format::{CostScale, percent, short_percent, work_unit};
use super::text::short;
use crate::compare::{Comparison, Comparisons};
use crate::pair::Pair;
use crate::profile::AnnotatedProfile;
use crate::recording::Recording;

mod chart;
mod markup;
mod profile;
mod source;

use self::markup::{class, html};

/// A page.
#[derive(Serialize)]
struct Page {
    title: String,
    ranking: Option<Ranking>,
    reports: Vec<Report>,
}

/// More than two versions by their throughput.
#[derive(Serialize)]
struct Ranking {
    sentence: Value,
    headings: Vec<String>,
    rows: Vec<Vec<Value>>,
    placebo: Option<Value>,
}

/// One comparison, or one profile.
#[derive(Serialize)]
struct Report {
    /// What tells its anchors from those of others on the page.
    id: String,
    title: Value,
    /// Whether there are two sides.
    is_comparison: bool,
    metrics: Vec<Metric>,
    chart: Option<chart::Chart>,
    gate: Option<Gate>,
    notes: Vec<Value>,
    findings: Vec<Value>,
    table: Option<Table>,
    legend: Option<String>,
    files: Vec<source::File>,
    measured: String,
    facts: Vec<Fact>,
    sides: Pair<String>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Metric {
    /// How it is coloured.
    class: &'static str,
    sentence: Value,
    values: Value,
    question: Value,
}

#[derive(Serialize)]
struct Gate {
    sentence: Value,
    rules: Vec<Value>,
}

/// The lines, blocks and functions that matter, to be sorted.
#[derive(Serialize)]
struct Table {
    cost_unit: String,
    level: String,
    sections: Vec<TableSection>,
}

#[derive(Serialize)]
struct TableSection {
    title: String,
    has_lines: bool,
    rows: Vec<TableRow>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct TableRow {
    /// Where it is in the source below.
    anchor: Option<String>,
    numbers: Pair<String>,
    code: Vec<CodeLine>,
    /// Whether it belongs to the block above it, and has to stay there.
    is_detail: bool,
    shares: Pair<String>,
    costs: Pair<String>,
    /// What is sorted by: share before and after, its shift, cost before and after, its
    /// change.
    keys: [String; 6],
    said: Said,
}

/// What is said of a row's change; nothing of a line that is part of a block.
#[derive(Default, Serialize)]
struct Said {
    shift: String,
    margin: String,
    change: String,
    interval: String,
    verdict: Value,
    /// What the verdict rests on, or what it would take.
    behind: String,
}

#[derive(Serialize)]
struct CodeLine {
    mark: &'static str,
    text: String,
    is_source: bool,
}

#[derive(Serialize)]
struct Fact {
    label: &'static str,
    values: Pair<String>,
}

/// Shows a comparison.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let report = report(comparison, "r1", style);
    let Pair { before, after } = names(comparison);
    render(&Page {
        title: format!("{after} against {before}"),
        ranking: None,
        reports: vec![report],
    })
}

/// Shows several comparisons on one page.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let all = several.comparisons.iter().zip(1..);
    let reports = all.map(|(comparison, number)| report(comparison, &format!("r{number}"), style));
    let ranking = several::summary(several).map(|summary| Ranking {
        sentence: html(&summary.sentence),
        headings: summary.headings.to_vec(),
        rows: summary
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| html(cell)).collect())
            .collect(),
        placebo: several
            .placebo
            .as_ref()
            .map(|placebo| html(&several::placebo(placebo))),
    });
    let base = several.comparisons.first().map(|first| names(first).before);
    render(&Page {
        title: format!("versions of {}", base.unwrap_or_default()),
        ranking,
        reports: reports.collect(),
    })
}

/// Shows one profile.
pub fn profile(recording: &Recording, profile: &AnnotatedProfile, style: &Style) -> String {
    render(&Page {
        title: short(&recording.variant.name),
        ranking: None,
        reports: vec![profile::report(recording, profile, style)],
    })
}

fn report(comparison: &Comparison, id: &str, style: &Style) -> Report {
    // All lines are in the source below.
    let that_matter = Style {
        all: false,
        ..style.clone()
    };
    let sections = rows::sections(comparison, &that_matter);
    let scale = rows::scale(&sections);
    let metrics = headline::paragraphs(comparison);
    let metrics = metrics.into_iter().map(|paragraph| Metric {
        class: class(&paragraph.sentence),
        sentence: html(&paragraph.sentence),
        values: html(&paragraph.values),
        question: html(&paragraph.question),
    });
    let gate = comparison.gate.as_ref().map(|gate| Gate {
        sentence: html(&gate::sentence(gate)),
        rules: gate
            .rules
            .iter()
            .map(|rule| html(&gate::rule(rule)))
            .collect(),
    });
    let found = findings::sentences(comparison, &scale);
    let Pair { before, after } = names(comparison);
    let title = format!("{} against {}", markup::name(&after), markup::name(&before));
    let facts = closing::facts(comparison).into_iter();
    let mut notes = Vec::new();
    if comparison.lines.is_empty() {
        notes.push(html(contents::NO_LINES));
    } else {
        notes.push(html(findings::heading(&found)));
    }
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
        notes.push(html(&sentence));
    }
    Report {
        id: id.to_owned(),
        title: html(&title),
        is_comparison: true,
        metrics: metrics.collect(),
        chart: chart::chart(comparison),
        gate,
        notes,
        findings: found.iter().map(|sentence| html(sentence)).collect(),
        table: table(comparison, &sections, &scale, id),
        legend: (!comparison.lines.is_empty()).then(|| contents::legend(comparison)),
        files: source::files(comparison, &scale, id, &style.selection),
        measured: closing::sentence(comparison),
        facts: facts
            .map(|(label, values)| Fact { label, values })
            .collect(),
        sides: Pair::new(before, after),
        warnings: contents::warnings(&comparison.warnings),
    }
}

fn table(
    comparison: &Comparison,
    sections: &[Section<'_>],
    scale: &CostScale,
    id: &str,
) -> Option<Table> {
    let work = short(&work_unit(&comparison.throughput));
    let anchors = source::Anchors::of(comparison, id);
    let sections: Vec<TableSection> = sections
        .iter()
        .map(|section| TableSection {
            title: section.title.clone(),
            has_lines: section.kind == SectionKind::Lines,
            rows: section
                .rows
                .iter()
                .map(|row| table_row(row, scale, &anchors))
                .collect(),
            notes: section.notes.clone(),
        })
        .collect();
    (!sections.is_empty()).then(|| Table {
        cost_unit: scale.per(&work),
        level: short_percent(comparison.confidence),
        sections,
    })
}

fn table_row(row: &Row<'_>, scale: &CostScale, anchors: &source::Anchors<'_>) -> TableRow {
    let said = row
        .change
        .map(|change| Said::of(Cells::new(change, row.parts)));
    let is_detail = said.is_none();
    let or_missing = |text: Option<String>| {
        let missing = if is_detail { "" } else { "–" };
        text.unwrap_or_else(|| missing.to_owned())
    };
    let share = |part: Option<Part>| or_missing(part.map(|part| cells::share(&part)));
    let cost = |part: Option<Part>| or_missing(part.map(|part| cells::cost(&part, scale)));
    let code = row.code.iter().map(|code| CodeLine {
        mark: code.mark,
        text: code.text.clone(),
        is_source: code.kind == CodeKind::Source,
    });
    TableRow {
        anchor: row.first.and_then(|first| anchors.at(first)),
        numbers: row.numbers.clone().map(Option::unwrap_or_default),
        code: code.collect(),
        is_detail,
        shares: row.parts.map(share),
        costs: row.parts.map(cost),
        keys: keys(row),
        said: said.unwrap_or_default(),
    }
}

/// What a row is sorted by; what is not there is less than anything that is.
fn keys(row: &Row<'_>) -> [String; 6] {
    let share = row.parts.map(|part| part.map_or(-1.0, |part| part.share));
    let cost = row.parts.map(|part| part.map_or(-1.0, |part| part.cost_s));
    let shift = row.change.map_or(0.0, |change| change.share_shift.value);
    let cost_shift = row.change.map_or(0.0, |change| change.cost_shift_s.value);
    [
        share.before,
        share.after,
        shift,
        cost.before,
        cost.after,
        cost_shift,
    ]
    .map(|key| format!("{key:.4e}"))
}

impl Said {
    fn of(cells: Cells) -> Self {
        let evidence = cells.evidence.map(str::to_owned);
        let behind = [evidence, cells.seen, cells.needed];
        let behind: Vec<String> = behind.into_iter().flatten().collect();
        Self {
            shift: cells.shift,
            margin: cells.margin.unwrap_or_default(),
            change: cells.cost,
            interval: cells.cost_interval.unwrap_or_default(),
            verdict: html(&cells.verdict),
            behind: behind.join(", "),
        }
    }
}

/// Puts a page together.
///
/// # Panics
/// Never: the templates are part of the program, and are tested.
fn render(page: &Page) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name {
        "page.html" => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    for (name, text) in [
        ("page.html", include_str!("page.html")),
        ("style.css", include_str!("style.css")),
        ("script.js", include_str!("script.js")),
    ] {
        environment
            .add_template(name, text)
            .expect("the template is well-formed");
    }
    let template = environment.get_template("page.html").expect("it was added");
    let page = Value::from(Serde(page));
    let version = env!("CARGO_PKG_VERSION");
    template
        .render(context! { page, version })
        .expect("the template uses what it is given")
}

/// A share as a cell of the source: nothing where there are no samples.
fn heat_text(samples: u64, share: f64) -> String {
    if samples == 0 {
        String::new()
    } else {
        percent(share)
    }
}

#[cfg(test)]
mod tests;
