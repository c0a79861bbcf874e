//! The lines, blocks and functions that matter, to be sorted by whoever reads the page.

use super::markup::Painted;
use super::page::painted;
use super::source;
use crate::compare::Comparison;
use crate::pair::Pair;
use crate::report::contents::cells::{self, Cells};
use crate::report::contents::rows::{CodeKind, Part, Row, Section, SectionKind};
use crate::report::format::{CostScale, work_unit};
use crate::text::Text;

/// The lines, blocks and functions that matter, to be sorted.
pub(super) struct Table {
    /// The heading of the costs before.
    pub(super) cost_before: Text,
    pub(super) sections: Vec<TableSection>,
}

pub(super) struct TableSection {
    pub(super) title: Text,
    pub(super) has_lines: bool,
    pub(super) rows: Vec<TableRow>,
    pub(super) notes: Vec<Painted>,
}

pub(super) struct TableRow {
    pub(super) numbers: Pair<Painted>,
    pub(super) code: Vec<CodeLine>,
    /// Whether it belongs to the block above it, and has to stay there.
    pub(super) is_detail: bool,
    pub(super) shares: Pair<Painted>,
    pub(super) costs: Pair<Painted>,
    /// What is sorted by: share before and after, its shift, cost before and after, its
    /// change.
    pub(super) keys: String,
    pub(super) said: Said,
}

/// What is said of a row's change; nothing of a line that is part of a block.
#[derive(Default)]
pub(super) struct Said {
    pub(super) shift: Painted,
    pub(super) margin: Painted,
    pub(super) change: Painted,
    pub(super) interval: Painted,
    pub(super) verdict: Painted,
    /// What the verdict rests on, or what it would take.
    pub(super) behind: Painted,
}

pub(super) struct CodeLine {
    /// Where it is in the source below.
    pub(super) anchor: Option<String>,
    pub(super) mark: &'static str,
    pub(super) text: Painted,
    pub(super) is_source: bool,
}

/// The table of a comparison; `None` where nothing matters.
pub(super) fn table(
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
