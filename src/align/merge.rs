//! From what became of each line to one reading of both versions.

use super::hunks::{Edit, EditKind};
use super::renames::Renames;
use super::similarity::{is_too_large, pair_edited};
use super::text::Line;
use super::{AlignedLine, Alignment, Change, Found, Hunk, Rename, mirrored};
use crate::pair::Pair;
use crate::source::LineNumber;
use crate::syntax::tokens::Tokens;

/// What became of every line, by index and in no order.
#[derive(Clone, Debug)]
pub(super) struct Links {
    lens: Pair<usize>,
    /// Unchanged and moved lines.
    pairs: Vec<(Pair<usize>, Change)>,
    /// Everything else.
    edits: Vec<LinkedEdit>,
    renames: Vec<Rename>,
    is_rough: bool,
}

/// An edited block and those of its lines that stand for exactly one other.
#[derive(Clone, Debug)]
struct LinkedEdit {
    edit: Edit,
    pairs: Vec<Pair<usize>>,
}

impl Links {
    /// Puts together what the stages found, and pairs the lines within edits.
    pub(super) fn new(
        found: &Found,
        lines: &Pair<Vec<Line<'_>>>,
        tokens: &Pair<Tokens<'_>>,
        renames: Renames<'_>,
    ) -> Self {
        let change = |before: usize| {
            if found.moved[before] {
                Change::Moved
            } else {
                Change::Unchanged
            }
        };
        let is_rough = found.is_rough
            || tokens.before.is_rough
            || tokens.after.is_rough
            || found.edits.iter().any(is_too_large);
        let pairs = found.matching.pairs();
        let edits = found.edits.iter().map(|edit| LinkedEdit {
            pairs: pair_edited(edit, lines, tokens, &renames),
            edit: edit.clone(),
        });
        Self {
            lens: lines.as_ref().map(Vec::len),
            pairs: pairs.map(|pair| (pair, change(pair.before))).collect(),
            edits: edits.collect(),
            renames: renames.into_list(tokens),
            is_rough,
        }
    }

    /// The same with the sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        let mirrored_edit = |LinkedEdit { edit, pairs }| LinkedEdit {
            edit: mirrored(edit),
            pairs: pairs.into_iter().map(mirrored).collect(),
        };
        Self {
            lens: mirrored(self.lens),
            pairs: self
                .pairs
                .into_iter()
                .map(|(pair, change)| (mirrored(pair), change))
                .collect(),
            edits: self.edits.into_iter().map(mirrored_edit).collect(),
            renames: self.renames.into_iter().map(Rename::mirrored).collect(),
            is_rough: self.is_rough,
        }
    }

    /// All lines in the order of a merged reading; see [`Alignment::lines`].
    pub(super) fn into_alignment(self) -> Alignment {
        let anchors = self.anchors();
        let mut placed: Vec<Placed> = self
            .pairs
            .iter()
            .map(|&(pair, change)| Placed::paired(pair, change, None))
            .collect();
        for (index, edit) in self.edits.iter().enumerate() {
            edit.place(index, &anchors, &mut placed);
        }
        placed.sort_unstable_by_key(|placed| (placed.slot, placed.before));
        Alignment {
            renames: self.renames,
            is_rough: self.is_rough,
            ..number_hunks(placed, self.edits)
        }
    }

    /// For each place in the before version, the place in the after version that
    /// follows the nearest earlier unchanged line.
    fn anchors(&self) -> Vec<usize> {
        let mut anchors = vec![None; self.lens.before + 1];
        let unchanged = self
            .pairs
            .iter()
            .filter(|(_, change)| *change == Change::Unchanged)
            .map(|(pair, _)| pair);
        for pair in unchanged {
            anchors[pair.before + 1] = Some(pair.after + 1);
        }
        let mut latest = 0;
        anchors
            .into_iter()
            .map(|anchor| {
                latest = anchor.unwrap_or(latest);
                latest
            })
            .collect()
    }
}

/// A line with its place in the merged reading.
struct Placed {
    /// Odd for a line of the after version, by its index; even for lines that
    /// are only in the before version: right in front of the after version's
    /// line with the next slot.
    slot: usize,
    /// Orders the lines of one slot.
    before: Option<usize>,
    line: AlignedLine,
}

impl Placed {
    fn new(slot: usize, change: Change, at: Pair<Option<usize>>, hunk: Option<usize>) -> Self {
        Self {
            slot,
            before: at.before,
            line: AlignedLine {
                change,
                at: at.map(|line| line.map(LineNumber::from_index)),
                hunk,
            },
        }
    }

    fn paired(pair: Pair<usize>, change: Change, hunk: Option<usize>) -> Self {
        Self::new(2 * pair.after + 1, change, pair.map(Some), hunk)
    }
}

impl LinkedEdit {
    /// Places the lines of this edit, the `index`th.
    fn place(&self, index: usize, anchors: &[usize], placed: &mut Vec<Placed>) {
        let change = match EditKind::of(&self.edit) {
            EditKind::Replaced => Change::Changed,
            EditKind::Removed => Change::Removed,
            EditKind::Added => Change::Added,
        };
        let hunk = Some(index);
        let mut pairs = self.pairs.iter().peekable();
        // Deleted lines come before the inserted ones that replace them.
        let mut next_after = self.edit.after.first().copied();
        for &before in &self.edit.before {
            if let Some(pair) = pairs.next_if(|pair| pair.before == before) {
                next_after = Some(pair.after + 1);
                placed.push(Placed::paired(*pair, change, hunk));
            } else {
                let slot = 2 * next_after.unwrap_or(anchors[before]);
                let at = Pair::new(Some(before), None);
                placed.push(Placed::new(slot, change, at, hunk));
            }
        }
        let mut pairs = self.pairs.iter().peekable();
        for &after in &self.edit.after {
            if pairs.next_if(|pair| pair.after == after).is_none() {
                let at = Pair::new(None, Some(after));
                placed.push(Placed::new(2 * after + 1, change, at, hunk));
            }
        }
    }
}

/// Numbers the hunks in the order in which the reading comes to them.
fn number_hunks(placed: Vec<Placed>, edits: Vec<LinkedEdit>) -> Alignment {
    let mut edits: Vec<Option<LinkedEdit>> = edits.into_iter().map(Some).collect();
    let mut numbers = vec![None; edits.len()];
    let mut alignment = Alignment::default();
    for Placed { mut line, .. } in placed {
        if let Some(index) = line.hunk {
            if let Some(LinkedEdit { edit, .. }) = edits[index].take() {
                numbers[index] = Some(alignment.hunks.len());
                alignment.hunks.push(Hunk {
                    lines: edit
                        .map(|lines| lines.into_iter().map(LineNumber::from_index).collect()),
                });
            }
            line.hunk = numbers[index];
        }
        alignment.lines.push(line);
    }
    alignment
}
