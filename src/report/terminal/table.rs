//! The layout of rows: which columns there are, how wide, and what gives way
//! when there is not enough room.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Row as Cells,
    Table, TableStyle, Width,
};

use crate::compare::Comparison;
use crate::pair::Pair;
use crate::report::Style;
use crate::report::contents::cells::{self, Cells as Said};
use crate::report::contents::rows::{Code, CodeKind, Row, Section, SectionKind, scale};
use crate::report::format::{CostScale, work_unit};
use crate::report::paint::{Meaning, paint};
use crate::report::text::{short, truncate, width};

/// From this width on, before and after stand side by side.
const SIDE_BY_SIDE: usize = 140;

/// Columns between two columns of the table: one of padding, one that the table
/// puts where a border would be.
const GAP: usize = 2;

/// Intervals give way until the source column is this wide, if it needs to be.
const GOOD_SOURCE: usize = 36;

/// The source column is never narrower, even if the table gets too wide.
const LEAST_SOURCE: usize = 16;

/// Columns of the mark before a source line.
const MARK: usize = 2;

/// Widest name of a unit of work in a heading.
const UNIT: usize = 12;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'));

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
    work: String,
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
            work: truncate(&short(&work_unit(&comparison.throughput)), UNIT),
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
        let mut widths: Vec<usize> = self.columns().iter().map(Column::heading_width).collect();
        let mut needed = LEAST_SOURCE;
        for row in rows {
            for (widest, cell) in widths.iter_mut().zip(self.cells(row)) {
                *widest = (*widest).max(cell_width(&cell));
            }
            let code = row.code.iter().map(|code| MARK + width(&code.text));
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
        use CellAlignment::{Left, Right};
        let cost = self.scale.per(&self.work);
        let column = |alignment, heading: &str| Column {
            alignment,
            heading: heading.to_owned(),
        };
        let mut columns = match self.layout {
            Layout::Stacked => vec![
                column(Right, "line"),
                column(Left, "  source"),
                column(Right, "share"),
                column(Right, "shift\npoints"),
                column(Right, &format!("cost\n{cost}")),
                column(Right, "change"),
            ],
            Layout::SideBySide => vec![
                column(Right, "line\nbefore"),
                column(Right, "\nafter"),
                column(Left, "  source"),
                column(Right, "share\nbefore"),
                column(Right, "\nafter"),
                column(Right, "shift\npoints"),
                column(Left, ""),
                column(Right, &format!("{cost}\nbefore")),
                column(Right, "\nafter"),
                column(Right, "change"),
                column(Right, ""),
            ],
        };
        if self.layout == Layout::SideBySide && self.detail != Detail::Full {
            columns.pop();
        }
        columns.push(column(Left, "verdict"));
        columns
    }

    /// The cells of a row, the source's left empty.
    fn cells(&self, row: &Row<'_>) -> Vec<String> {
        let shares = row.parts.map(|part| part.map(|part| cells::share(&part)));
        let cost = |part| cells::cost(&part, &self.scale);
        let costs = row.parts.map(|part| part.map(cost));
        let change = row.change.map_or_else(Change::default, |change| {
            Change::new(Said::new(change, row.parts), self.detail, self.layout)
        });
        let is_pair = row.change.is_some();
        match self.layout {
            Layout::Stacked => vec![
                stack(row.numbers.clone(), is_pair && row.has_numbers()),
                String::new(),
                stack(shares, is_pair),
                two_lines(&change.shift, &change.margin),
                stack(costs, is_pair),
                two_lines(&change.cost, &change.cost_interval),
                change.verdict,
            ],
            Layout::SideBySide => {
                let beside = |values: Pair<Option<String>>| {
                    values.map(|value| value.unwrap_or_else(|| missing(is_pair)))
                };
                let numbers = row.numbers.clone().map(Option::unwrap_or_default);
                let (shares, costs) = (beside(shares), beside(costs));
                let mut cells = vec![
                    numbers.before,
                    numbers.after,
                    String::new(),
                    shares.before,
                    shares.after,
                    change.shift,
                    change.margin,
                    costs.before,
                    costs.after,
                    change.cost,
                ];
                if self.detail == Detail::Full {
                    cells.push(change.cost_interval);
                }
                cells.push(change.verdict);
                cells
            }
        }
    }

    /// One table with this grid's columns.
    pub(super) fn show(&self, section: &Section<'_>) -> String {
        let mut table = Table::new();
        table
            .load_style(STYLE)
            .set_content_arrangement(ContentArrangement::Disabled);
        let columns = self.columns();
        if section.kind == SectionKind::Lines {
            let headings = columns
                .iter()
                .map(|column| paint(Meaning::Quiet, &column.heading));
            table.set_header(headings.collect::<Vec<_>>());
        }
        let source = self.source_column();
        for row in &section.rows {
            let mut cells = self.cells(row);
            cells[source] = self.code(&row.code);
            table.add_row(Cells::from(cells));
        }
        let last = columns.len() - 1;
        let columns = columns.iter().zip(&self.widths).enumerate();
        for (column, (index, (heading, width))) in table.column_iter_mut().zip(columns) {
            let padding = u16::from(index < last);
            let width = u16::try_from(*width).unwrap_or(u16::MAX - 1);
            column.set_padding((0, padding));
            column.set_cell_alignment(heading.alignment);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + padding)));
        }
        table.to_string()
    }

    fn code(&self, lines: &[Code]) -> String {
        let room = self.widths[self.source_column()].saturating_sub(MARK);
        let lines = lines.iter().map(|code| {
            let text = truncate(&code.text, room);
            match code.kind {
                CodeKind::Source => format!("{:MARK$}{text}", code.mark),
                CodeKind::Remark => {
                    format!("{:MARK$}{}", code.mark, paint(Meaning::Quiet, &text))
                }
                CodeKind::Block => {
                    format!("{:MARK$}{}", code.mark, paint(Meaning::Heading, &text))
                }
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

struct Column {
    alignment: CellAlignment,
    heading: String,
}

impl Column {
    fn heading_width(&self) -> usize {
        cell_width(&self.heading)
    }
}

fn cell_width(cell: &str) -> usize {
    cell.split('\n').map(width).max().unwrap_or(0)
}

/// What is said of a change, a cell each, as there is room for it.
#[derive(Default)]
struct Change {
    shift: String,
    margin: String,
    cost: String,
    cost_interval: String,
    verdict: String,
}

impl Change {
    fn new(said: Said, detail: Detail, layout: Layout) -> Self {
        let needed = said.needed.filter(|_| detail != Detail::Least);
        let question: Vec<String> = said.seen.into_iter().chain(needed).collect();
        let interval = said.cost_interval.filter(|_| detail == Detail::Full);
        Self {
            shift: said.shift,
            margin: said.margin.unwrap_or_default(),
            cost: said.cost,
            cost_interval: interval.unwrap_or_default(),
            verdict: match (said.evidence, layout) {
                (Some(evidence), Layout::Stacked) => format!("{}\n{evidence}", said.verdict),
                (Some(evidence), Layout::SideBySide) => format!("{}, {evidence}", said.verdict),
                (None, _) if question.is_empty() => said.verdict,
                (None, _) => two_lines(&said.verdict, &paint(Meaning::Quiet, &question.join(", "))),
            },
        }
    }
}

/// Before above after. A row about a change has both lines, with a dash where it
/// has no lines on that side; any other has only what is there.
fn stack(values: Pair<Option<String>>, is_pair: bool) -> String {
    if is_pair {
        let values = values.map(|value| value.unwrap_or_else(|| missing(true)));
        format!("{}\n{}", values.before, values.after)
    } else {
        values.before.or(values.after).unwrap_or_default()
    }
}

fn missing(is_pair: bool) -> String {
    if is_pair {
        "–".to_owned()
    } else {
        String::new()
    }
}

fn two_lines(first: &str, second: &str) -> String {
    if second.is_empty() {
        first.to_owned()
    } else {
        format!("{first}\n{second}")
    }
}
