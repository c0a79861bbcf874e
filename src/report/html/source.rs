//! The source of both versions side by side: every line of the user's files, with what is
//! known of it.

mod known;
mod listing;
mod shaded;

use std::collections::HashMap;

use self::known::Known;
use self::listing::{Listing, heat_text};
pub(super) use self::shaded::Shaded;
use super::markup::Painted;
use crate::compare::{Comparison, LineKind};
use crate::pair::{Pair, Side};
use crate::report::contents::files::title;
use crate::report::format::CostScale;
use crate::selection::Selection;
use crate::share::Share;
use crate::source::LineNumber;
use crate::text::{Number, Text};

/// Lines around one that something is said of; others are folded away.
const CONTEXT: usize = 3;

/// Lines that are folded at least.
const LEAST_FOLDED: usize = 8;

/// Lines of source on a page; no browser shows more.
pub(super) const MOST_ROWS: usize = 400_000;

/// What is said of a file where no more lines can be shown.
pub(super) const fn cut_note(room: usize) -> &'static str {
    match room {
        0 => " (truncated: the page is too long)",
        _ => "",
    }
}

/// Columns of a line; no page is better for more.
const COLUMNS: usize = 2_000;

/// Rows of instructions on a page, of one report.
pub(super) const MOST_CODE_ROWS: usize = 100_000;

/// Columns of instructions, of both versions together.
pub(super) const CODE_COLUMNS: usize = 150;

/// A pair of files, or a file of a profile.
pub(super) struct File {
    pub(super) title: Text,
    pub(super) groups: Vec<Group>,
}

/// Rows that are shown, or folded away, together.
pub(super) struct Group {
    pub(super) is_folded: bool,
    pub(super) rows: Vec<Row>,
}

/// A line of each side, or of one.
pub(super) struct Row {
    /// What became of it, in a letter.
    pub(super) kind: &'static str,
    pub(super) cells: Pair<Option<Cell>>,
    /// What is said of it.
    pub(super) note: Option<Painted>,
    /// Its instructions.
    pub(super) code: Option<Code>,
}

/// The instructions of a line, to be unfolded.
pub(super) struct Code {
    /// Whose they are.
    pub(super) label: Text,
    /// The same, and what became of them.
    pub(super) title: Text,
    /// In columns.
    pub(super) rows: Vec<Text>,
}

impl Code {
    /// `rows` are instructions, and lines about them.
    pub(super) fn new(line: LineNumber, note: Option<Text>, rows: Vec<Text>) -> Self {
        let label = Text::from("Instructions of line ") + Number::new(line);
        let note = note.map(|note| Text::from(": ") + note);
        Self {
            title: label.clone() + note.unwrap_or_default(),
            label,
            rows,
        }
    }
}

/// A line.
pub(super) struct Cell {
    /// Its anchor, on a page of a comparison.
    pub(super) anchor: Option<String>,
    /// Whether its number is a link to it: that of a line that has been looked at or moved.
    pub(super) is_linked: bool,
    pub(super) number: u32,
    pub(super) text: Shaded,
    /// Its share in words, and as part of the largest in percent.
    pub(super) share: Option<Number>,
    pub(super) share_heat: u32,
    /// Its cost in words, and as part of the largest in percent.
    pub(super) cost: Option<Number>,
    pub(super) cost_heat: u32,
    /// Where it moved: an anchor and the line's number.
    pub(super) moved_to: Option<(String, u32)>,
}

/// The anchor of a line in a file of this index.
fn anchor(report: &str, file: usize, side: Side, line: LineNumber) -> String {
    let side = match side {
        Side::Before => 'b',
        Side::After => 'a',
    };
    format!("{report}f{file}{side}{line}")
}

/// Where the files of a comparison are on its page.
pub(super) struct Anchors<'c> {
    report: &'c str,
    files: HashMap<(Side, &'c str), usize>,
}

impl<'c> Anchors<'c> {
    pub(super) fn of(comparison: &'c Comparison, report: &'c str) -> Self {
        let mut files = HashMap::new();
        for (index, it) in comparison.files.iter().enumerate() {
            for side in [Side::Before, Side::After] {
                if let (Some(path), Some(_)) = (it.file.side(side), it.text.side(side)) {
                    files.entry((side, path.as_str())).or_insert(index);
                }
            }
        }
        Self { report, files }
    }

    /// The anchor of a line of one side, where its file is on the page.
    pub(super) fn at(&self, (side, file, line): (Side, &str, LineNumber)) -> Option<String> {
        let index = self.files.get(&(side, file))?;
        Some(anchor(self.report, *index, side, line))
    }
}

/// The files of both versions of which any line is wanted, hottest first.
pub(super) fn files(
    comparison: &Comparison,
    scale: &CostScale,
    report: &str,
    selection: &Selection,
) -> Vec<File> {
    let known = Known::of(comparison, scale, report);
    let mut files: Vec<(f64, File)> = Vec::new();
    let mut room = MOST_ROWS;
    for (index, file) in comparison.files.iter().enumerate() {
        let names = file.file.as_ref().map(Option::as_deref);
        let is_wanted = [names.before, names.after]
            .into_iter()
            .flatten()
            .any(|path| selection.takes_file(path));
        let heat = known.heat(names);
        let is_changed = file
            .stretches
            .iter()
            .any(|it| it.kind != LineKind::Unchanged);
        if is_wanted && !file.stretches.is_empty() && (heat > 0.0 || is_changed) {
            let rows = Listing::new(file, index, &known, room).rows();
            room -= rows.len();
            let file = File {
                title: title(names) + cut_note(room),
                groups: groups(rows),
            };
            files.push((heat, file));
        }
    }
    files.sort_by(|a, b| b.0.total_cmp(&a.0));
    files.into_iter().map(|(_, file)| file).collect()
}

impl Cell {
    /// A line of a profile, which has shares alone.
    pub(super) fn of_profile(
        line: LineNumber,
        text: Shaded,
        share: Option<Share>,
        largest: Share,
    ) -> Self {
        Self {
            anchor: None,
            is_linked: false,
            number: line.get(),
            text,
            share: share.and_then(|share| heat_text(1, share)),
            share_heat: heat(share.unwrap_or_default().get(), largest.get()),
            cost: None,
            cost_heat: 0,
            moved_to: None,
        }
    }
}

impl Row {
    /// A line of a profile, with what is said of it.
    pub(super) fn of_profile(cell: Cell, note: Option<&'static str>, code: Option<Code>) -> Self {
        Self {
            kind: "",
            cells: Pair::new(Some(cell), None),
            note: note.map(Painted::from),
            code,
        }
    }

    /// Whether anything is said of it.
    fn is_told(&self) -> bool {
        let cells = [&self.cells.before, &self.cells.after];
        let mut cells = cells.into_iter().flatten();
        !self.kind.is_empty() || self.note.is_some() || cells.any(|cell| cell.share.is_some())
    }
}

/// Part of the largest, in percent; anything but nothing is seen.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 100"
)]
fn heat(value: f64, largest: f64) -> u32 {
    if value > 0.0 && largest > 0.0 {
        (value / largest * 100.0).ceil().clamp(1.0, 100.0) as u32
    } else {
        0
    }
}

/// Parts rows in those to show and those to fold away.
pub(super) fn groups(rows: Vec<Row>) -> Vec<Group> {
    let mut is_near = vec![false; rows.len()];
    for (index, row) in rows.iter().enumerate() {
        if row.is_told() {
            let end = (index + CONTEXT + 1).min(rows.len());
            is_near[index.saturating_sub(CONTEXT)..end].fill(true);
        }
    }
    let mut start = 0;
    for stretch in is_near.clone().chunk_by(|one, next| one == next) {
        let end = start + stretch.len();
        if !stretch[0] && stretch.len() < LEAST_FOLDED {
            is_near[start..end].fill(true);
        }
        start = end;
    }
    let mut rows = rows.into_iter();
    is_near
        .chunk_by(|one, next| one == next)
        .map(|stretch| Group {
            is_folded: !stretch[0],
            rows: rows.by_ref().take(stretch.len()).collect(),
        })
        .collect()
}

/// The rows of a pair of files whose lines are not known.
#[cfg(test)]
pub(super) fn rows_of(comparison: &Comparison, file: &crate::compare::FileComparison) -> Vec<Row> {
    let scale = CostScale::for_largest(1.0);
    let known = Known::of(comparison, &scale, "r");
    Listing::new(file, 0, &known, MOST_ROWS).rows()
}
