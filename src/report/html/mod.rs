//! Reports as one page for a browser, which needs nothing else: no network, no other file.
//!
//! A page is what `templates/page.html` makes of a `Page`. The template is compiled into
//! the program, and escapes whatever it is given. What it is given is made here and in the
//! modules below.

use askama::Template;

use super::Style;
use super::contents::cells::{self, Cells};
use super::contents::rows::{CodeKind, Part, Row, Section, SectionKind};
use super::contents::{self, closing, findings, gate, headline, names, rows, several};
use super::format::{CostScale, percent, work_unit};
use super::text::short;
use crate::compare::{Comparison, Comparisons};
use crate::pair::Pair;
use crate::profile::AnnotatedProfile;
use crate::recording::Recording;

mod chart;
mod markup;
mod profile;
mod source;

use self::markup::{Painted, class};

/// What made the page.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: String,
    ranking: Option<Ranking>,
    reports: Vec<Report>,
}

/// More than two versions by their throughput.
struct Ranking {
    sentence: Painted,
    headings: Vec<String>,
    rows: Vec<Vec<Painted>>,
    placebo: Option<Painted>,
}

/// One comparison, or one profile.
struct Report {
    /// What tells its anchors from those of others on the page.
    id: String,
    title: Painted,
    /// Whether there are two sides.
    is_comparison: bool,
    metrics: Vec<Metric>,
    chart: Option<chart::Chart>,
    gate: Option<Gate>,
    notes: Vec<Painted>,
    findings: Vec<Painted>,
    table: Option<Table>,
    legend: Option<String>,
    files: Vec<source::File>,
    measured: String,
    facts: Vec<Fact>,
    sides: Pair<String>,
    warnings: Vec<String>,
}

struct Metric {
    /// How it is coloured.
    class: &'static str,
    sentence: Painted,
    values: Painted,
    question: Painted,
}

struct Gate {
    sentence: Painted,
    rules: Vec<Painted>,
}

/// The lines, blocks and functions that matter, to be sorted.
struct Table {
    /// The heading of the costs before.
    cost_before: String,
    sections: Vec<TableSection>,
}

struct TableSection {
    title: String,
    has_lines: bool,
    rows: Vec<TableRow>,
    notes: Vec<String>,
}

struct TableRow {
    numbers: Pair<String>,
    code: Vec<CodeLine>,
    /// Whether it belongs to the block above it, and has to stay there.
    is_detail: bool,
    shares: Pair<String>,
    costs: Pair<String>,
    /// What is sorted by: share before and after, its shift, cost before and after, its
    /// change.
    keys: String,
    said: Said,
}

/// What is said of a row's change; nothing of a line that is part of a block.
#[derive(Default)]
struct Said {
    shift: String,
    margin: String,
    change: String,
    interval: String,
    verdict: Painted,
    /// What the verdict rests on, or what it would take.
    behind: String,
}

struct CodeLine {
    /// Where it is in the source below.
    anchor: Option<String>,
    mark: &'static str,
    text: String,
    is_source: bool,
}

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
        sentence: Painted::new(&summary.sentence),
        headings: summary.headings.to_vec(),
        rows: summary
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| Painted::new(cell)).collect())
            .collect(),
        placebo: several
            .placebo
            .as_ref()
            .map(|placebo| Painted::new(&several::placebo(placebo))),
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
        sentence: Painted::new(&paragraph.sentence),
        values: Painted::new(&paragraph.values),
        question: Painted::new(&paragraph.question),
    });
    let gate = comparison.gate.as_ref().map(|gate| Gate {
        sentence: Painted::new(&gate::sentence(gate)),
        rules: gate
            .rules
            .iter()
            .map(|rule| Painted::new(&gate::rule(rule)))
            .collect(),
    });
    let found = findings::sentences(comparison, &scale);
    let Pair { before, after } = names(comparison);
    let title = format!("{} against {}", markup::name(&after), markup::name(&before));
    let facts = closing::facts(comparison).into_iter();
    let mut notes = Vec::new();
    if comparison.lines.is_empty() {
        notes.push(Painted::new(contents::NO_LINES));
    } else {
        notes.push(Painted::new(findings::heading(&found)));
    }
    if let Some(sentence) = rows::nothing_selected(comparison, &sections, style) {
        notes.push(Painted::new(&sentence));
    }
    Report {
        id: id.to_owned(),
        title: Painted::new(&title),
        is_comparison: true,
        metrics: metrics.collect(),
        chart: chart::chart(comparison),
        gate,
        notes,
        findings: found
            .iter()
            .map(|sentence| Painted::new(sentence))
            .collect(),
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
        cost_before: format!("{} before", scale.per(&work)),
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
    let mut anchor = row.first.and_then(|first| anchors.at(first));
    let code = row.code.iter().map(|code| CodeLine {
        anchor: anchor.take(),
        mark: code.mark,
        text: code.text.clone(),
        is_source: code.kind == CodeKind::Source,
    });
    TableRow {
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
fn keys(row: &Row<'_>) -> String {
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
    .join(" ")
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
            verdict: Painted::new(&cells.verdict),
            behind: behind.join(", "),
        }
    }
}

impl Page {
    /// Whether two versions are beside each other on it.
    fn compares(&self) -> bool {
        self.reports.iter().any(|report| report.is_comparison)
    }
}

/// Puts a page together.
///
/// # Panics
/// Never: no part of a page fails to show itself.
fn render(page: &Page) -> String {
    page.render().expect("memory takes all that is written")
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
