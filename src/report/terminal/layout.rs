//! Cells in columns. `comfy-table` says where each line of a cell stands. It is given the
//! characters alone, and the texts, which know what is coloured, then take their places.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Row, Table,
    TableStyle, Width,
};

use crate::text::{Alignment, Text};

/// Columns on the screen between two columns of a table: one of padding, one that the table
/// puts where a border would be.
pub(super) const GAP: usize = 2;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'));

/// A cell: lines, one below the other.
pub(super) type Cell = Vec<Text>;

/// Where the cells of a column stand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) alignment: Alignment,
    pub(super) width: usize,
}

/// Columns on the screen that a cell takes.
pub(super) fn width(cell: &Cell) -> usize {
    cell.iter().map(Text::width).max().unwrap_or(0)
}

/// The lines of a table, which has a line below its head if it has one. No cell may be wider
/// than its place.
pub(super) fn lines(head: Option<&[Cell]>, rows: &[Vec<Cell>], places: &[Place]) -> Vec<Text> {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Disabled);
    if let Some(head) = head {
        table.set_header(characters(head));
    }
    table.add_rows(rows.iter().map(|cells| characters(cells)));
    let last = places.len().saturating_sub(1);
    for (index, (column, place)) in table.column_iter_mut().zip(places).enumerate() {
        let padding = u16::from(index < last);
        let width = u16::try_from(place.width).unwrap_or(u16::MAX - 1);
        column.set_padding((0, padding));
        column.set_cell_alignment(match place.alignment {
            Alignment::Left => CellAlignment::Left,
            Alignment::Right => CellAlignment::Right,
        });
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + padding)));
    }
    let shown = table.to_string();
    let mut shown = shown.lines();
    let mut out = Vec::new();
    if let Some(head) = head {
        out.extend(placed(head, &mut shown));
        let rule = shown.next().map(|rule| rule.chars().count());
        out.extend(rule.map(Text::rule));
    }
    for cells in rows {
        out.extend(placed(cells, &mut shown));
    }
    out
}

/// A row for `comfy-table`, without what is coloured.
fn characters(cells: &[Cell]) -> Row {
    let plain = |cell: &Cell| cell.iter().map(Text::plain).collect::<Vec<_>>().join("\n");
    Row::from(cells.iter().map(plain).collect::<Vec<_>>())
}

/// The lines of a row: its texts where their characters are shown.
fn placed<'s>(cells: &[Cell], shown: &mut impl Iterator<Item = &'s str>) -> Vec<Text> {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let lines = shown.take(height).enumerate();
    let lines = lines.map(|(index, line)| {
        let parts = cells.iter().filter_map(|cell| cell.get(index));
        in_place(parts, line)
    });
    lines.collect()
}

/// Texts where a line shows their characters. Between them it has nothing but spaces.
fn in_place<'t>(parts: impl Iterator<Item = &'t Text>, mut line: &str) -> Text {
    let mut out = Text::new();
    for part in parts {
        let characters = part.plain();
        let (gap, rest) = line.split_once(&characters).unwrap_or((line, ""));
        debug_assert!(gap.trim().is_empty(), "`{characters}` is not where it was");
        out = out + Text::spaces(gap.len()) + part.clone();
        line = rest;
    }
    out
}

/// The lines of a table as wide as its cells, indented by one.
pub(super) fn table(rows: &[Vec<Cell>], alignments: &[Alignment]) -> Vec<Text> {
    let widest = |column| {
        let cells = rows.iter().filter_map(|row: &Vec<Cell>| row.get(column));
        cells.map(width).max().unwrap_or(0)
    };
    let places = alignments.iter().enumerate();
    let places: Vec<Place> = places
        .map(|(column, &alignment)| Place {
            alignment,
            width: widest(column),
        })
        .collect();
    let lines = lines(None, rows, &places).into_iter();
    lines.map(|line| Text::spaces(1) + line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_in_their_columns() {
        use Alignment::{Left, Right};
        let cell = |lines: &[&'static str]| lines.iter().copied().map(Text::from).collect();
        let rows = [
            vec![cell(&["a"]), cell(&["1", "22"]), cell(&["x"])],
            vec![cell(&["漢字"]), cell(&[]), cell(&["y"])],
        ];
        let lines = table(&rows, &[Left, Right, Left]);
        let lines: Vec<String> = lines
            .iter()
            .map(|it| it.clone().trimmed().plain())
            .collect();
        assert_eq!(lines, [" a      1  x", "       22", " 漢字      y"]);
    }
}
