//! More than two versions on one axis as a picture: a dot each, and its interval.

use crate::report::contents::several::Dots;
use crate::text::{Meaning, Text};

/// Where the axis is, of a width of 1000.
const LEFT: f64 = 260.0;
const RIGHT: f64 = 960.0;

/// The height of a row, and what is above the first one.
const ROW: usize = 28;
const ABOVE: usize = 10;

/// Columns of a name.
const NAME: usize = 30;

/// The picture; its width is 1000.
pub(super) struct DotPlot {
    /// What it shows, in words.
    pub(super) title: Text,
    pub(super) rows: Vec<DotRow>,
    /// Where something is written below the axis, and what.
    pub(super) marks: Vec<(String, Text)>,
    /// Where the first version is.
    pub(super) one: String,
    /// The lower end of the rows.
    pub(super) bottom: usize,
}

/// The row of a version.
pub(super) struct DotRow {
    /// The upper edge.
    pub(super) y: usize,
    pub(super) class: &'static str,
    pub(super) name: Text,
    pub(super) sentence: Text,
    pub(super) x: String,
    pub(super) whisker: Option<[String; 2]>,
}

impl From<Dots> for DotPlot {
    fn from(dots: Dots) -> Self {
        let x = |place: f64| format!("{:.1}", LEFT + (RIGHT - LEFT) * place);
        let rows = dots.rows.into_iter().enumerate();
        let rows: Vec<DotRow> = rows
            .map(|(index, row)| DotRow {
                y: ABOVE + ROW * index,
                class: match row.meaning {
                    Some(Meaning::Better) => "fall",
                    Some(Meaning::Worse) => "rise",
                    Some(Meaning::Open) => "unclear",
                    _ => "whole",
                },
                name: row.name.truncated(NAME),
                sentence: row.sentence,
                x: x(row.place),
                whisker: row.ends.map(|(low, high)| [x(low), x(high)]),
            })
            .collect();
        let [_, (one, _), _] = dots.marks;
        Self {
            bottom: ABOVE + ROW * rows.len(),
            title: dots.title,
            rows,
            one: x(one),
            marks: dots
                .marks
                .map(|(place, written)| (x(place), written.into()))
                .into(),
        }
    }
}
