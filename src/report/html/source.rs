//! The source of both versions side by side: every line of the user's files, with what is
//! known of it.

use std::collections::{HashMap, VecDeque};

use super::heat_text;
use super::markup::Painted;
use crate::compare::{
    Comparison, CostChange, CostVerdict, FileComparison, LineKind, LineSide, Stretch,
};
use crate::pair::{Pair, Side};
use crate::report::contents::cost_word;
use crate::report::contents::files::{Files, title};
use crate::report::contents::rows::first_of_block;
use crate::report::format::CostScale;
use crate::selection::Selection;
use crate::share::Share;
use crate::source::{self, LineNumber};
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
    pub(super) left: Option<Cell>,
    pub(super) right: Option<Cell>,
    /// What is said of it.
    pub(super) note: Option<Painted>,
}

/// A line.
pub(super) struct Cell {
    /// Its anchor, where something points to it.
    pub(super) anchor: Option<String>,
    pub(super) number: u32,
    pub(super) text: Text,
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

/// What is known of the lines of a comparison.
struct Known<'c> {
    sides: HashMap<(Side, &'c str, LineNumber), &'c LineSide>,
    /// What is said of a line's cost, or of that of the block that begins with it.
    changes: HashMap<(Side, &'c str, LineNumber), &'c CostChange>,
    /// The shares of a file's lines together.
    heats: HashMap<(Side, &'c str), f64>,
    largest_share: Share,
    largest_cost_s: f64,
    scale: &'c CostScale,
    report: &'c str,
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

impl<'c> Known<'c> {
    fn of(comparison: &'c Comparison, scale: &'c CostScale, report: &'c str) -> Self {
        let mut known = Self {
            sides: HashMap::new(),
            changes: HashMap::new(),
            heats: HashMap::new(),
            largest_share: Share::NOTHING,
            largest_cost_s: 0.0,
            scale,
            report,
        };
        for line in &comparison.lines {
            let sides = [(Side::Before, &line.before), (Side::After, &line.after)];
            for (side, at) in sides {
                let Some(at) = at else { continue };
                known.largest_share = known.largest_share.max(at.share.value);
                known.largest_cost_s = known.largest_cost_s.max(at.cost_s.value);
                let key = (side, at.file.as_str(), at.line);
                let heat = known.heats.entry((side, key.1)).or_default();
                *heat += at.share.value.get();
                known.sides.insert(key, at);
                if line.hunk.is_none() {
                    known.changes.insert(key, &line.change);
                }
            }
        }
        for hunk in &comparison.hunks {
            if let Some(first) = first_of_block(hunk) {
                known.changes.insert(first, &hunk.change);
            }
        }
        known
    }

    /// The larger of the shares that two files have.
    fn heat(&self, files: Files<'_>) -> f64 {
        let of = |side, file: Option<&str>| -> f64 {
            let heat = file.and_then(|file| self.heats.get(&(side, file)));
            heat.copied().unwrap_or_default()
        };
        of(Side::Before, files.before).max(of(Side::After, files.after))
    }
}

/// The rows of a pair of files, while they are made.
struct Listing<'k> {
    file: &'k FileComparison,
    index: usize,
    known: &'k Known<'k>,
    lines: Pair<Vec<&'k str>>,
    /// Where lines that moved are on the other side.
    moved: Pair<HashMap<LineNumber, LineNumber>>,
    rows: Vec<Row>,
    /// Lines that are on the left alone, to which lines on the right may still come.
    pending: VecDeque<(LineKind, LineNumber)>,
    /// Rows that may still be made.
    room: usize,
    next_before: u32,
}

impl<'k> Listing<'k> {
    fn new(file: &'k FileComparison, index: usize, known: &'k Known<'k>, room: usize) -> Self {
        let texts = file.text.as_ref().map(Option::as_deref);
        let mut moved = Pair::new(HashMap::new(), HashMap::new());
        for stretch in &file.stretches {
            for (kind, at) in expanded(stretch) {
                if let (LineKind::Moved, Some(before), Some(after)) = (kind, at.before, at.after) {
                    moved.before.insert(before, after);
                    moved.after.insert(after, before);
                }
            }
        }
        Self {
            file,
            index,
            known,
            lines: texts
                .map(|text| text.map_or_else(Vec::new, |text| source::lines(text).collect())),
            moved,
            rows: Vec::new(),
            pending: VecDeque::new(),
            room,
            next_before: 1,
        }
    }

    /// Every line of both files, those of the left in their order and those of the right
    /// in theirs.
    fn rows(mut self) -> Vec<Row> {
        for stretch in &self.file.stretches {
            for (kind, at) in expanded(stretch) {
                self.take(kind, at);
            }
        }
        self.take_moved(u32::MAX);
        self.flush();
        self.rows
    }

    fn take(&mut self, kind: LineKind, at: Pair<Option<LineNumber>>) {
        match (kind, at.before, at.after) {
            (LineKind::Moved, _, after) => {
                self.flush();
                self.push(kind, None, after);
            }
            (_, Some(before), Some(_)) => {
                self.take_moved(before.get());
                self.flush();
                self.next_before = before.get() + 1;
                self.push(kind, at.before, at.after);
            }
            (_, Some(before), None) => {
                self.take_moved(before.get());
                self.next_before = before.get() + 1;
                self.pending.push_back((kind, before));
            }
            (_, None, after) => match self.pending.pop_front() {
                Some((_, before)) => self.push(LineKind::Changed, Some(before), after),
                None => self.push(kind, None, after),
            },
        }
    }

    /// Lines before this one, on the left, that are elsewhere on the right.
    fn take_moved(&mut self, before: u32) {
        let end = before.min(u32::try_from(self.lines.before.len()).unwrap_or(u32::MAX) + 1);
        while self.next_before < end {
            if let Some(line) = LineNumber::new(self.next_before) {
                self.flush();
                self.push(LineKind::Moved, Some(line), None);
            }
            self.next_before += 1;
        }
    }

    fn flush(&mut self) {
        for (kind, before) in std::mem::take(&mut self.pending) {
            self.push(kind, Some(before), None);
        }
    }

    fn push(&mut self, kind: LineKind, before: Option<LineNumber>, after: Option<LineNumber>) {
        if self.room == 0 {
            return;
        }
        self.room -= 1;
        let change = self
            .change(Side::After, after)
            .or_else(|| self.change(Side::Before, before));
        let shown = change.filter(|change| {
            matches!(
                change.verdict,
                CostVerdict::CostsMore | CostVerdict::CostsLess
            )
        });
        let note = shown.map(|change| cost_word(change.verdict).into());
        self.rows.push(Row {
            kind: letter(kind),
            left: before.map(|line| self.cell(Side::Before, line)),
            right: after.map(|line| self.cell(Side::After, line)),
            note,
        });
    }

    fn change(&self, side: Side, line: Option<LineNumber>) -> Option<&'k CostChange> {
        let file = self.file.file.side(side).as_deref()?;
        self.known.changes.get(&(side, file, line?)).copied()
    }

    fn cell(&self, side: Side, line: LineNumber) -> Cell {
        let file = self.file.file.side(side).as_deref().unwrap_or_default();
        let texts = self.lines.side(side);
        let text = texts.get(line.index()).copied().unwrap_or_default();
        let at = self.known.sides.get(&(side, file, line));
        let other = match side {
            Side::Before => Side::After,
            Side::After => Side::Before,
        };
        let report = self.known.report;
        let to = self
            .moved
            .side(side)
            .get(&line)
            .map(|to| (anchor(report, self.index, other, *to), to.get()));
        let is_pointed_at = at.is_some() || to.is_some();
        let nothing = (Share::NOTHING, 0.0);
        let (share, cost_s) = at.map_or(nothing, |at| (at.share.value, at.cost_s.value));
        Cell {
            anchor: is_pointed_at.then(|| anchor(report, self.index, side, line)),
            number: line.get(),
            text: Text::source(text).truncated(COLUMNS),
            share: at.and_then(|at| heat_text(at.samples, share)),
            share_heat: heat(share.get(), self.known.largest_share.get()),
            cost: at
                .filter(|at| at.samples > 0)
                .map(|_| self.known.scale.show(cost_s)),
            cost_heat: heat(cost_s, self.known.largest_cost_s),
            moved_to: to,
        }
    }
}

impl Cell {
    /// A line of a profile, which has shares alone.
    pub(super) fn of_profile(
        line: LineNumber,
        text: &str,
        share: Option<Share>,
        largest: Share,
    ) -> Self {
        Self {
            anchor: None,
            number: line.get(),
            text: Text::source(text).truncated(COLUMNS),
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
    pub(super) fn of_profile(cell: Cell, note: Option<&'static str>) -> Self {
        Self {
            kind: "",
            left: Some(cell),
            right: None,
            note: note.map(Painted::from),
        }
    }

    /// Whether anything is said of it.
    fn is_told(&self) -> bool {
        let cells = [&self.left, &self.right];
        let mut cells = cells.into_iter().flatten();
        !self.kind.is_empty() || self.note.is_some() || cells.any(|cell| cell.share.is_some())
    }
}

/// The lines of a stretch, one by one.
fn expanded(stretch: &Stretch) -> impl Iterator<Item = (LineKind, Pair<Option<LineNumber>>)> {
    let Stretch { kind, first, lines } = *stretch;
    (0..lines).map(move |offset| {
        let at = |first: Option<LineNumber>| LineNumber::new(first?.get().checked_add(offset)?);
        (kind, first.map(at))
    })
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

const fn letter(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Unchanged => "",
        LineKind::Moved => "m",
        LineKind::Changed => "c",
        LineKind::Added => "a",
        LineKind::Removed => "r",
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
pub(super) fn rows_of(comparison: &Comparison, file: &FileComparison) -> Vec<Row> {
    let scale = CostScale::for_largest(1.0);
    let known = Known::of(comparison, &scale, "r");
    Listing::new(file, 0, &known, MOST_ROWS).rows()
}
