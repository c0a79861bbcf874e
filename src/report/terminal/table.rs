//! The layout of rows: which columns there are, how wide, and what gives way
//! when there is not enough room.

use super::layout::{self, Cell, GAP, Place};
use crate::compare::{Comparison, CostVerdict, Evidence};
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::cells::{self, Cells as Said};
use crate::report::contents::rows::{CodeKind, Row, Section, SectionKind, scale};
use crate::report::contents::waterfall::arrow;
use crate::report::format::{CostScale, work_unit};
use crate::text::Alignment::{Left, Right};
use crate::text::{Alignment, Meaning, Text};

/// From this width on, a change has its margin, and from the other on its interval.
const WITH_MARGINS: usize = 100;
const WITH_INTERVALS: usize = 140;

/// The source column is never narrower, even if the table gets too wide.
const LEAST_SOURCE: usize = 16;

/// Columns of the mark before a source line.
const MARK: usize = 2;

/// Widest name of a unit of work in a heading.
const UNIT: usize = 12;

/// The column of the source.
const SOURCE: usize = 1;

/// How much is said of each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// How much, and what may be claimed.
    Least,
    /// The margin as well.
    Margin,
    /// The interval in the place of the margin, and what the claim rests on.
    Interval,
}

/// The columns that all tables of a report have in common.
pub(super) struct Grid {
    detail: Detail,
    /// Whether shares are in numbers too.
    has_shares: bool,
    scale: CostScale,
    work: Text,
    /// Columns of the costs before and after.
    costs: Pair<usize>,
    /// Width of each column.
    widths: Vec<usize>,
}

impl Grid {
    /// The columns that suit the rows and the width.
    pub(super) fn new(comparison: &Comparison, sections: &[Section<'_>], style: &Style) -> Self {
        let rows: Vec<&Row<'_>> = sections.iter().flat_map(|section| &section.rows).collect();
        let mut grid = Self {
            detail: match style.width {
                WITH_INTERVALS.. => Detail::Interval,
                WITH_MARGINS.. => Detail::Margin,
                _ if style.explain => Detail::Margin,
                _ => Detail::Least,
            },
            has_shares: style.width >= WITH_MARGINS,
            scale: scale(sections),
            work: work_unit(&comparison.throughput).truncated(UNIT),
            costs: Pair::new(0, 0),
            widths: Vec::new(),
        };
        for row in &rows {
            let costs = grid
                .costs_of(row)
                .map(|cost| cost.map_or(0, |it| it.width()));
            grid.costs = grid.costs.zip(costs).map(|(widest, cost)| widest.max(cost));
        }
        grid.fit(&rows, style.width);
        grid
    }

    /// Measures all columns and leaves the rest to the source, as far as it needs it.
    fn fit(&mut self, rows: &[&Row<'_>], total: usize) {
        let mut widths: Vec<usize> = self.columns().iter().map(|it| it.heading.width()).collect();
        let mut needed = LEAST_SOURCE;
        for row in rows {
            for (widest, cell) in widths.iter_mut().zip(self.cells(row)) {
                *widest = (*widest).max(layout::width(&cell));
            }
            let code = row.code.iter().map(|code| MARK + code.text.width());
            needed = needed.max(code.max().unwrap_or(0));
        }
        widths[SOURCE] = 0;
        let fixed: usize = widths.iter().map(|width| width + GAP).sum();
        let room = (total + GAP).saturating_sub(fixed);
        widths[SOURCE] = room.clamp(LEAST_SOURCE, needed);
        self.widths = widths;
    }

    fn columns(&self) -> Vec<Column> {
        let column = |alignment, heading: &'static str| Column {
            alignment,
            heading: heading.into(),
        };
        let mut columns = vec![
            column(Right, "line"),
            column(Left, "  source"),
            column(Left, "share"),
            Column {
                alignment: Right,
                heading: self.scale.per(&self.work),
            },
            column(Right, "change"),
        ];
        match self.detail {
            Detail::Least => {}
            Detail::Margin => columns.push(Column {
                alignment: Right,
                heading: Text::from("± ") + self.scale.symbol(),
            }),
            Detail::Interval => columns.push(column(Left, "interval")),
        }
        columns.push(column(Left, "verdict"));
        columns
    }

    /// The cells of a row, the source's left empty.
    fn cells(&self, row: &Row<'_>) -> Vec<Cell> {
        let said = row
            .change
            .map(|change| (change, Said::new(change, row.parts)));
        let is_open = said
            .as_ref()
            .is_some_and(|(change, _)| !has_verdict(change.verdict));
        let change = said.as_ref().map(|(_, said)| said.cost.clone());
        let mut cells = vec![
            arrow(row.numbers.clone()),
            Text::new(),
            self.shares(row),
            self.cost(row),
            Text::from(change),
        ];
        if self.detail != Detail::Least {
            let margin = said.as_ref().and_then(|(change, said)| match self.detail {
                Detail::Interval => said.cost_interval.clone(),
                _ => cells::margin(change, &self.scale),
            });
            cells.push(margin.into());
        }
        cells.push(said.map(|(_, said)| self.verdict(said)).into());
        let is_quiet = is_open || row.change.is_none();
        let cells = cells.into_iter().map(|cell| {
            vec![if is_quiet {
                cell.meaning(Meaning::Quiet)
            } else {
                cell
            }]
        });
        cells.collect()
    }

    /// `costs less, confirmed`; where there is no room only a hint is said to be one.
    fn verdict(&self, said: Said) -> Text {
        let has_room = self.detail == Detail::Interval;
        let evidence = said.evidence.filter(|_| said.is_judged);
        match (evidence, said.needed) {
            (Some(evidence), _) if has_room => said.verdict + ", " + evidence,
            (Some("suggestive"), _) => Text::from("hint: ") + said.verdict,
            (None, Some(rounds)) if has_room => said.verdict + ", " + rounds,
            _ => said.verdict,
        }
    }

    /// Both shares as bars, and in numbers where there is room.
    fn shares(&self, row: &Row<'_>) -> Text {
        let bars = row
            .parts
            .map(|part| part.map_or(" ", |part| spark(part.share.get())));
        let bars = Text::from(bars.before) + bars.after;
        if !self.has_shares {
            return bars;
        }
        let shares = row.parts.map(|part| part.map(|part| cells::share(&part)));
        let shares = match (shares.before, shares.after) {
            (Some(before), Some(after)) => before + "→" + after,
            (before, after) => before.or(after).unwrap_or_default(),
        };
        bars + " " + shares
    }

    fn costs_of(&self, row: &Row<'_>) -> Pair<Option<Text>> {
        let cost = |part| cells::cost(&part, &self.scale).into();
        row.parts.map(|part| part.map(cost))
    }

    /// `14.04 →  2.85`, with a dash where a row of both sides has none on one.
    fn cost(&self, row: &Row<'_>) -> Text {
        let is_pair = row.change.is_some();
        let none = || Text::from(if is_pair { "–" } else { "" });
        let costs = self.costs_of(row).map(|cost| cost.unwrap_or_else(none));
        let between = if is_pair { " → " } else { "   " };
        let before = costs.before.padded(self.costs.before, Right);
        before + between + costs.after.padded(self.costs.after, Right)
    }

    /// The lines of one table with this grid's columns.
    pub(super) fn show(&self, section: &Section<'_>) -> Vec<Text> {
        let columns = self.columns();
        let places = columns.iter().zip(&self.widths);
        let places: Vec<Place> = places
            .map(|(column, &width)| Place {
                alignment: column.alignment,
                // A column that has nothing in it is seen all the same.
                width: width.max(1),
            })
            .collect();
        let head = columns
            .into_iter()
            .map(|column| vec![column.heading.meaning(Meaning::Quiet)]);
        let head: Vec<Cell> = head.collect();
        let head = (section.kind == SectionKind::Lines).then_some(head);
        let rows = section.rows.iter().map(|row| {
            let mut cells = self.cells(row);
            cells[SOURCE] = self.code(row);
            cells
        });
        layout::lines(head.as_deref(), &rows.collect::<Vec<_>>(), &places)
    }

    /// The source; of a line that moved, a mark says so, as both of its numbers are shown.
    fn code(&self, row: &Row<'_>) -> Cell {
        let room = self.widths[SOURCE].saturating_sub(MARK);
        let is_moved = is_moved(row);
        let is_open = row
            .change
            .is_some_and(|change| !has_verdict(change.verdict));
        let lines = row
            .code
            .iter()
            .filter(|code| !is_moved || code.kind == CodeKind::Source);
        let lines = lines.map(|code| {
            let text = code.text.clone().truncated(room);
            let text = match code.kind {
                CodeKind::Source if !is_open => text,
                CodeKind::Source | CodeKind::Remark => text.meaning(Meaning::Quiet),
                CodeKind::Block => text.meaning(Meaning::Heading),
            };
            let mark = if is_moved { MOVED } else { code.mark };
            Text::from(mark).padded(MARK, Left) + text
        });
        lines.collect()
    }
}

/// The mark of a line that moved.
const MOVED: &str = "⇄";

/// Whether a line moved: what is said of it besides its source.
fn is_moved(row: &Row<'_>) -> bool {
    let kinds = row.code.iter().map(|code| code.kind);
    kinds.eq([CodeKind::Source, CodeKind::Remark])
}

/// What marks and verdicts mean that are in these tables, where the tables themselves have no
/// room for it.
pub(super) fn key(sections: &[Section<'_>], style: &Style) -> Text {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    let with = |evidence| {
        let mut changes = rows().filter_map(|row| row.change);
        changes.any(|change| has_verdict(change.verdict) && change.evidence == evidence)
    };
    let is_short = style.width < WITH_INTERVALS;
    let parts = [
        (is_short && with(Evidence::Confirmed))
            .then_some("What costs more or less is confirmed, with all lines taken together."),
        (is_short && with(Evidence::Suggestive)).then_some("A hint is only suggestive."),
        rows().any(is_moved).then_some("⇄ moved."),
    ];
    Text::join(parts.into_iter().flatten().map(Text::from), " ")
}

const fn has_verdict(verdict: CostVerdict) -> bool {
    matches!(verdict, CostVerdict::CostsMore | CostVerdict::CostsLess)
}

/// A bar as high as a share; of more than nothing there is something to see.
fn spark(share: f64) -> &'static str {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let most_of = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875];
    match share {
        0.0 => " ",
        share => BARS[most_of.iter().filter(|&&it| share > it).count()],
    }
}

struct Column {
    alignment: Alignment,
    heading: Text,
}
