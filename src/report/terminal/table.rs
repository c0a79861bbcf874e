//! The layout of rows: which columns there are, how wide, and what gives way
//! when there is not enough room.

use super::layout::{self, Cell, GAP, Place};
use crate::compare::Comparison;
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::cells::{self, Cells as Said};
use crate::report::contents::rows::{Code, CodeKind, Row, Section, SectionKind, scale};
use crate::report::format::{CostScale, work_unit};
use crate::text::Alignment::{Left, Right};
use crate::text::{Alignment, Meaning, Number, Text};

/// From this width on, before and after stand side by side.
const SIDE_BY_SIDE: usize = 140;

/// Intervals give way until the source column is this wide, if it needs to be.
const GOOD_SOURCE: usize = 36;

/// The source column is never narrower, even if the table gets too wide.
const LEAST_SOURCE: usize = 16;

/// Columns of the mark before a source line.
const MARK: usize = 2;

/// Widest name of a unit of work in a heading.
const UNIT: usize = 12;

/// Where before and after stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Before above after, within a row.
    Stacked,
    /// Before left of after.
    SideBySide,
}

/// How much is said of each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Both intervals.
    Full,
    /// Without the interval of the change of cost.
    NoCostInterval,
    /// Without the rounds that an inconclusive line needs as well.
    Least,
}

/// The columns that all tables of a report have in common.
pub(super) struct Grid {
    layout: Layout,
    detail: Detail,
    scale: CostScale,
    work: Text,
    /// Width of each column.
    widths: Vec<usize>,
}

impl Grid {
    /// The columns that suit the rows and the width.
    pub(super) fn new(comparison: &Comparison, sections: &[Section<'_>], style: &Style) -> Self {
        let rows: Vec<&Row<'_>> = sections.iter().flat_map(|section| &section.rows).collect();
        let mut grid = Self {
            layout: if style.width >= SIDE_BY_SIDE {
                Layout::SideBySide
            } else {
                Layout::Stacked
            },
            detail: Detail::Full,
            scale: scale(sections),
            work: work_unit(&comparison.throughput).truncated(UNIT),
            widths: Vec::new(),
        };
        for detail in [Detail::Full, Detail::NoCostInterval, Detail::Least] {
            grid.detail = detail;
            if grid.fit(&rows, style.width) {
                break;
            }
        }
        grid
    }

    /// Where before and after stand.
    pub(super) const fn layout(&self) -> Layout {
        self.layout
    }

    /// Measures all columns and leaves the rest to the source, as far as it needs
    /// it. Returns whether that is enough to recognise the source by.
    fn fit(&mut self, rows: &[&Row<'_>], total: usize) -> bool {
        let mut widths: Vec<usize> = self.columns().iter().map(Column::width).collect();
        let mut needed = LEAST_SOURCE;
        for row in rows {
            for (widest, cell) in widths.iter_mut().zip(self.cells(row)) {
                *widest = (*widest).max(layout::width(&cell));
            }
            let code = row.code.iter().map(|code| MARK + code.text.width());
            needed = needed.max(code.max().unwrap_or(0));
        }
        let source = self.source_column();
        widths[source] = 0;
        let fixed: usize = widths.iter().map(|width| width + GAP).sum();
        let room = (total + GAP).saturating_sub(fixed);
        widths[source] = room.clamp(LEAST_SOURCE, needed);
        self.widths = widths;
        room >= needed.min(GOOD_SOURCE)
    }

    fn source_column(&self) -> usize {
        match self.layout {
            Layout::Stacked => 1,
            Layout::SideBySide => 2,
        }
    }

    fn columns(&self) -> Vec<Column> {
        let cost = self.scale.per(&self.work);
        let column = |alignment, heading: [&'static str; 2]| Column {
            alignment,
            heading: heading.map(Text::from),
        };
        let of_costs = |heading| Column {
            alignment: Right,
            heading,
        };
        let mut columns = match self.layout {
            Layout::Stacked => vec![
                column(Right, ["line", ""]),
                column(Left, ["  source", ""]),
                column(Right, ["share", ""]),
                column(Right, ["shift", "points"]),
                of_costs(["cost".into(), cost]),
                column(Right, ["change", ""]),
            ],
            Layout::SideBySide => vec![
                column(Right, ["line", "before"]),
                column(Right, ["", "after"]),
                column(Left, ["  source", ""]),
                column(Right, ["share", "before"]),
                column(Right, ["", "after"]),
                column(Right, ["shift", "points"]),
                column(Left, ["", ""]),
                of_costs([cost, "before".into()]),
                column(Right, ["", "after"]),
                column(Right, ["change", ""]),
                column(Right, ["", ""]),
            ],
        };
        if self.layout == Layout::SideBySide && self.detail != Detail::Full {
            columns.pop();
        }
        columns.push(column(Left, ["verdict", ""]));
        columns
    }

    /// The cells of a row, the source's left empty.
    fn cells(&self, row: &Row<'_>) -> Vec<Cell> {
        let shares = row.parts.map(|part| part.map(|part| cells::share(&part)));
        let cost = |part| cells::cost(&part, &self.scale).into();
        let costs = row.parts.map(|part| part.map(cost));
        let numbers = row.numbers.clone().map(|number| number.map(Text::from));
        let change = row.change.map_or_else(Change::default, |change| {
            Change::new(Said::new(change, row.parts), self.detail, self.layout)
        });
        let is_pair = row.change.is_some();
        match self.layout {
            Layout::Stacked => vec![
                stack(numbers, is_pair && row.has_numbers()),
                Cell::new(),
                stack(shares, is_pair),
                vec![change.shift, change.margin.into()],
                stack(costs, is_pair),
                vec![change.cost, change.cost_interval.into()],
                change.verdict,
            ],
            Layout::SideBySide => {
                let beside = |values: Pair<Option<Text>>| {
                    values.map(|value| value.unwrap_or_else(|| missing(is_pair)))
                };
                let numbers = numbers.map(Option::unwrap_or_default);
                let (shares, costs) = (beside(shares), beside(costs));
                let mut cells = vec![
                    numbers.before,
                    numbers.after,
                    Text::new(),
                    shares.before,
                    shares.after,
                    change.shift,
                    change.margin.into(),
                    costs.before,
                    costs.after,
                    change.cost,
                ];
                if self.detail == Detail::Full {
                    cells.push(change.cost_interval.into());
                }
                let cells = cells.into_iter().map(|cell| vec![cell]);
                cells.chain([change.verdict]).collect()
            }
        }
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
        let head = columns.into_iter().map(Column::cell).collect::<Vec<_>>();
        let head = (section.kind == SectionKind::Lines).then_some(head);
        let source = self.source_column();
        let rows = section.rows.iter().map(|row| {
            let mut cells = self.cells(row);
            cells[source] = self.code(&row.code);
            trim(&mut cells);
            cells
        });
        layout::lines(head.as_deref(), &rows.collect::<Vec<_>>(), &places)
    }

    fn code(&self, lines: &[Code]) -> Cell {
        let room = self.widths[self.source_column()].saturating_sub(MARK);
        let lines = lines.iter().map(|code| {
            let text = code.text.clone().truncated(room);
            let text = match code.kind {
                CodeKind::Source => text,
                CodeKind::Remark => text.meaning(Meaning::Quiet),
                CodeKind::Block => text.meaning(Meaning::Heading),
            };
            Text::from(code.mark).padded(MARK, Left) + text
        });
        lines.collect()
    }
}

/// Takes away lines at the end of cells that have nothing in them.
fn trim(cells: &mut [Cell]) {
    for cell in cells {
        while cell.last().is_some_and(Text::is_empty) {
            cell.pop();
        }
    }
}

struct Column {
    alignment: Alignment,
    heading: [Text; 2],
}

impl Column {
    fn width(&self) -> usize {
        let lines = self.heading.iter().map(Text::width);
        lines.max().unwrap_or(0)
    }

    fn cell(self) -> Cell {
        let lines = self.heading.into_iter();
        lines.map(|line| line.meaning(Meaning::Quiet)).collect()
    }
}

/// What is said of a change, a cell each, as there is room for it.
#[derive(Default)]
struct Change {
    shift: Text,
    margin: Option<Number>,
    cost: Text,
    cost_interval: Option<Number>,
    verdict: Cell,
}

impl Change {
    fn new(said: Said, detail: Detail, layout: Layout) -> Self {
        let needed = said.needed.filter(|_| detail != Detail::Least);
        let question = said.seen.into_iter().chain(needed).map(Text::from);
        let question = Text::join(question, ", ").meaning(Meaning::Quiet);
        Self {
            shift: said.shift.into(),
            margin: said.margin,
            cost: said.cost,
            cost_interval: said.cost_interval.filter(|_| detail == Detail::Full),
            verdict: match (said.evidence, layout) {
                (Some(evidence), Layout::Stacked) => vec![said.verdict, evidence.into()],
                (Some(evidence), Layout::SideBySide) => vec![said.verdict + ", " + evidence],
                (None, _) => vec![said.verdict, question],
            },
        }
    }
}

/// Before above after. A row about a change has both lines, with a dash where it
/// has no lines on that side; any other has only what is there.
fn stack(values: Pair<Option<Text>>, is_pair: bool) -> Cell {
    if is_pair {
        let values = values.map(|value| value.unwrap_or_else(|| missing(true)));
        vec![values.before, values.after]
    } else {
        vec![values.before.or(values.after).unwrap_or_default()]
    }
}

fn missing(is_pair: bool) -> Text {
    Text::from(if is_pair { "–" } else { "" })
}
