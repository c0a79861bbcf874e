//! Cells in columns. They are texts, so that what is coloured does not have to be told apart
//! from what takes room.

use crate::text::{Alignment, Text};

/// What is between two columns.
const BETWEEN: &str = "  ";

/// Columns on the screen that this takes.
pub(super) const GAP: usize = BETWEEN.len();

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

/// The lines of a row.
pub(super) fn row(cells: &[Cell], places: &[Place]) -> Vec<Text> {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let line = |index| {
        let parts = cells.iter().zip(places).map(|(cell, place)| {
            let part: Text = cell.get(index).cloned().into();
            part.padded(place.width, place.alignment)
        });
        Text::join(parts, BETWEEN)
    };
    (0..height).map(line).collect()
}

/// The line below the head of a table.
pub(super) fn rule(places: &[Place]) -> Text {
    let widths: usize = places.iter().map(|place| place.width).sum();
    Text::rule(widths + GAP * places.len().saturating_sub(1))
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
    let lines = rows.iter().flat_map(|cells| row(cells, &places));
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
