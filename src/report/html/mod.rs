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
use crate::compare::{Comparison, Comparisons};
use crate::pair::Pair;
use crate::profile::AnnotatedProfile;
use crate::recording::Recording;
use crate::share::Share;
use crate::text::{Number, Text};

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
    title: Text,
    ranking: Option<Ranking>,
    reports: Vec<Report>,
}

/// More than two versions by their throughput.
struct Ranking {
    sentence: Painted,
    headings: Vec<Painted>,
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
    legend: Option<Painted>,
    files: Vec<source::File>,
    measured: Painted,
    facts: Vec<Fact>,
    sides: Pair<Painted>,
    warnings: Vec<Painted>,
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
    cost_before: Text,
    sections: Vec<TableSection>,
}

struct TableSection {
    title: Text,
    has_lines: bool,
    rows: Vec<TableRow>,
    notes: Vec<Painted>,
}

struct TableRow {
    numbers: Pair<Painted>,
    code: Vec<CodeLine>,
    /// Whether it belongs to the block above it, and has to stay there.
    is_detail: bool,
    shares: Pair<Painted>,
    costs: Pair<Painted>,
    /// What is sorted by: share before and after, its shift, cost before and after, its
    /// change.
    keys: String,
    said: Said,
}

/// What is said of a row's change; nothing of a line that is part of a block.
#[derive(Default)]
struct Said {
    shift: Painted,
    margin: Painted,
    change: Painted,
    interval: Painted,
    verdict: Painted,
    /// What the verdict rests on, or what it would take.
    behind: Painted,
}

struct CodeLine {
    /// Where it is in the source below.
    anchor: Option<String>,
    mark: &'static str,
    text: Painted,
    is_source: bool,
}

struct Fact {
    label: &'static str,
    values: Pair<Painted>,
}

/// Shows a comparison.
pub fn comparison(comparison: &Comparison, style: &Style) -> String {
    let report = report(comparison, "r1", style);
    let Pair { before, after } = names(comparison);
    render(&Page {
        title: after + " against " + before,
        ranking: None,
        reports: vec![report],
    })
}

/// Shows several comparisons on one page.
pub fn comparisons(several: &Comparisons, style: &Style) -> String {
    let all = several.comparisons.iter().zip(1..);
    let reports = all.map(|(comparison, number)| report(comparison, &format!("r{number}"), style));
    let ranking = several::summary(several).map(|summary| Ranking {
        sentence: summary.sentence.into(),
        headings: painted(summary.headings),
        rows: summary.rows.into_iter().map(painted).collect(),
        placebo: several
            .placebo
            .as_ref()
            .map(|placebo| several::placebo(placebo).into()),
    });
    let base = several.comparisons.first().map(|first| names(first).before);
    render(&Page {
        title: Text::from("versions of ") + base,
        ranking,
        reports: reports.collect(),
    })
}

/// Each of some texts.
fn painted(texts: impl IntoIterator<Item = Text>) -> Vec<Painted> {
    texts.into_iter().map(Painted::from).collect()
}

/// Shows one profile.
pub fn profile(recording: &Recording, profile: &AnnotatedProfile, style: &Style) -> String {
    render(&Page {
        title: Text::name(&recording.variant.name),
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
    let metrics = headline::paragraphs(comparison).into_iter();
    let found = findings::sentences(comparison, &scale);
    let Pair { before, after } = names(comparison);
    let facts = closing::facts(comparison).into_iter();
    Report {
        id: id.to_owned(),
        title: (after.clone() + " against " + before.clone()).into(),
        is_comparison: true,
        metrics: metrics.map(Metric::from).collect(),
        chart: chart::chart(comparison),
        gate: comparison.gate.as_ref().map(|gate| Gate {
            sentence: gate::sentence(gate).into(),
            rules: painted(gate.rules.iter().map(gate::rule)),
        }),
        notes: notes(comparison, &sections, &found, style),
        findings: painted(found),
        table: table(comparison, &sections, &scale, id),
        legend: (!comparison.lines.is_empty()).then(|| contents::legend(comparison).into()),
        files: source::files(comparison, &scale, id, &style.selection),
        measured: closing::sentence(comparison).into(),
        facts: facts.map(Fact::from).collect(),
        sides: Pair::new(before, after).map(|name| name.plainly().into()),
        warnings: painted(contents::warnings(&comparison.warnings)),
    }
}

/// What is said of the lines as a whole.
fn notes(
    comparison: &Comparison,
    sections: &[Section<'_>],
    found: &[Text],
    style: &Style,
) -> Vec<Painted> {
    let of_lines = if comparison.lines.is_empty() {
        contents::NO_LINES
    } else {
        findings::heading(found)
    };
    let missed = rows::nothing_selected(comparison, sections, style);
    painted([Text::from(of_lines)].into_iter().chain(missed))
}

impl From<headline::Paragraph> for Metric {
    fn from(paragraph: headline::Paragraph) -> Self {
        Self {
            class: class(&paragraph.sentence),
            sentence: paragraph.sentence.into(),
            values: paragraph.values.into(),
            question: paragraph.question.into(),
        }
    }
}

impl From<(&'static str, Pair<Text>)> for Fact {
    fn from((label, values): (&'static str, Pair<Text>)) -> Self {
        let values = values.map(Painted::from);
        Self { label, values }
    }
}

fn table(
    comparison: &Comparison,
    sections: &[Section<'_>],
    scale: &CostScale,
    id: &str,
) -> Option<Table> {
    let work = work_unit(&comparison.throughput);
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
            notes: painted(section.notes.clone()),
        })
        .collect();
    (!sections.is_empty()).then(|| Table {
        cost_before: scale.per(&work) + " before",
        sections,
    })
}

fn table_row(row: &Row<'_>, scale: &CostScale, anchors: &source::Anchors<'_>) -> TableRow {
    let said = row
        .change
        .map(|change| Said::of(Cells::new(change, row.parts)));
    let is_detail = said.is_none();
    let or_missing = |text: Option<Text>| {
        let missing = if is_detail { "" } else { "–" };
        Painted::from(text.unwrap_or_else(|| missing.into()))
    };
    let share = |part: Option<Part>| or_missing(part.map(|part| cells::share(&part)));
    let cost = |part: Option<Part>| or_missing(part.map(|it| cells::cost(&it, scale).into()));
    let mut anchor = row.first.and_then(|first| anchors.at(first));
    let code = row.code.iter().map(|code| CodeLine {
        anchor: anchor.take(),
        mark: code.mark,
        text: code.text.clone().into(),
        is_source: code.kind == CodeKind::Source,
    });
    TableRow {
        numbers: row.numbers.clone().map(Painted::from),
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
    let share = row
        .parts
        .map(|part| part.map_or(-1.0, |part| part.share.get()));
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
        let open = [cells.seen, cells.needed].map(|it| it.map(Text::from));
        let behind = [cells.evidence.map(Text::from)].into_iter().chain(open);
        Self {
            shift: cells.shift.into(),
            margin: cells.margin.into(),
            change: cells.cost.into(),
            interval: cells.cost_interval.into(),
            verdict: cells.verdict.into(),
            behind: Text::join(behind.flatten(), ", ").into(),
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
fn heat_text(samples: u64, share: Share) -> Option<Number> {
    (samples > 0).then(|| percent(share))
}

#[cfg(test)]
mod tests;
