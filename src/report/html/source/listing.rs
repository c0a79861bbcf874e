//! The rows of a pair of files, side by side.

use std::collections::{HashMap, VecDeque};

use super::known::Known;
use super::{CODE_COLUMNS, Cell, Code, MOST_CODE_ROWS, Row, Shaded, anchor, heat};
use crate::compare::{CostChange, CostVerdict, FileComparison, LineKind, Stretch};
use crate::pair::{Pair, Side};
use crate::report::contents::assembly::{self, Cold};
use crate::report::contents::{code, cost_word};
use crate::report::format::percent;
use crate::share::Share;
use crate::source::{self, LineNumber};
use crate::syntax::Shades;
use crate::text::{Number, Text};

/// The rows of a pair of files, while they are made.
pub(super) struct Listing<'k> {
    file: &'k FileComparison,
    index: usize,
    known: &'k Known<'k>,
    lines: Pair<Vec<&'k str>>,
    shades: Pair<Shades>,
    /// Where lines that moved are on the other side.
    moved: Pair<HashMap<LineNumber, LineNumber>>,
    rows: Vec<Row>,
    /// Lines that only the version before has, to which lines after may still come.
    pending: VecDeque<(LineKind, LineNumber)>,
    /// Rows that may still be made.
    room: usize,
    /// Rows of instructions that may still be made; lines for which there is no room have none.
    code_room: usize,
    next_before: u32,
}

impl<'k> Listing<'k> {
    pub(super) fn new(
        file: &'k FileComparison,
        index: usize,
        known: &'k Known<'k>,
        room: usize,
    ) -> Self {
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
            shades: texts.map(|text| text.map_or_else(Shades::default, Shades::of)),
            lines: texts
                .map(|text| text.map_or_else(Vec::new, |text| source::lines(text).collect())),
            moved,
            rows: Vec::new(),
            pending: VecDeque::new(),
            room,
            code_room: MOST_CODE_ROWS,
            next_before: 1,
        }
    }

    /// Every line of both files, those before in their order and those after in theirs.
    pub(super) fn rows(mut self) -> Vec<Row> {
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

    /// Lines above this one in the version before that are elsewhere in the one after.
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
        let code = match (kind, after) {
            // It is where the line is now.
            (LineKind::Moved, None) => None,
            _ => self.code(before, after),
        };
        self.rows.push(Row {
            kind: letter(kind),
            cells: Pair::new(
                before.map(|line| self.cell(Side::Before, line)),
                after.map(|line| self.cell(Side::After, line)),
            ),
            note,
            code,
        });
    }

    /// The instructions of a line, below it.
    fn code(&mut self, before: Option<LineNumber>, after: Option<LineNumber>) -> Option<Code> {
        let at = |side: Side, line: Option<LineNumber>| {
            let file = self.file.file.side(side).as_deref()?;
            self.known.code.get(&(side, file, line?))
        };
        let mut code: Vec<_> = [at(Side::Before, before), at(Side::After, after)]
            .into_iter()
            .flatten()
            .collect();
        code.dedup_by(|one, other| std::ptr::eq(one.assembly, other.assembly));
        let note = match code.as_slice() {
            [] => return None,
            [one] => one.change.map(code::words).or_else(|| one.in_short()),
            _ => None,
        };
        let mut rows: Vec<Text> = Vec::new();
        for it in &code {
            if code.len() > 1 {
                let side = if it.assembly.line.before.is_some() {
                    "before:"
                } else {
                    "after:"
                };
                rows.push(side.into());
            }
            rows.extend(assembly::rows(
                &it.assembly.functions,
                Cold::Shown,
                CODE_COLUMNS,
            ));
        }
        self.code_room = self.code_room.checked_sub(rows.len())?;
        Some(Code::new(after.or(before)?, note, rows))
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
        let is_linked = at.is_some() || to.is_some();
        let nothing = (Share::NOTHING, 0.0);
        let (share, cost_s) = at.map_or(nothing, |at| (at.share.value, at.cost_s.value));
        Cell {
            anchor: Some(anchor(report, self.index, side, line)),
            is_linked,
            number: line.get(),
            text: Shaded::of(text, line.index(), self.shades.side(side)),
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

/// The lines of a stretch, one by one.
fn expanded(stretch: &Stretch) -> impl Iterator<Item = (LineKind, Pair<Option<LineNumber>>)> {
    let Stretch { kind, first, lines } = *stretch;
    (0..lines).map(move |offset| {
        let at = |first: Option<LineNumber>| LineNumber::new(first?.get().checked_add(offset)?);
        (kind, first.map(at))
    })
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

/// A share as a cell of the source: nothing where there are no samples.
pub(super) fn heat_text(samples: u64, share: Share) -> Option<Number> {
    (samples > 0).then(|| percent(share))
}
