//! Lines without a partner, grouped into edited blocks.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::matching::Matching;
use super::text::Line;
use crate::pair::Pair;

/// A block that was replaced by another, by line index; one may be empty.
pub(super) type Edit = Pair<Vec<usize>>;

/// What kind of edit a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EditKind {
    /// Lines in place of others.
    Replaced,
    /// Nothing in their place.
    Removed,
    /// In place of nothing.
    Added,
}

impl EditKind {
    /// The kind of an edit.
    pub(super) fn of(edit: &Edit) -> Self {
        match (edit.before.is_empty(), edit.after.is_empty()) {
            (false, false) => Self::Replaced,
            (_, true) => Self::Removed,
            (true, _) => Self::Added,
        }
    }
}

/// Groups all lines without partners into edits, after tidying up the lines that
/// mean nothing by themselves:
///
/// - a blank or trivial line removed here and put in again near by was there all
///   the time;
/// - one that happens to stand between the two halves of an edit, one of them
///   without a counterpart, is part of the edit.
pub(super) fn group(
    matching: &mut Matching,
    moved: &[bool],
    lines: &Pair<Vec<Line<'_>>>,
) -> Vec<Edit> {
    let gaps = Gaps::new(matching, moved);
    restore_trivial(matching, &gaps, lines);
    let gaps = Gaps::new(matching, moved);
    let edits = join_runs(&gaps, matching);
    if absorb_trivial(matching, moved, &edits, lines) {
        return join_runs(&Gaps::new(matching, moved), matching);
    }
    edits
}

/// The stretches between neighbouring unchanged lines, numbered alike on both
/// sides.
struct Gaps {
    /// The gap of each line; that of an unchanged line is the one before it.
    of: Pair<Vec<usize>>,
    /// For each line of each version, whether it is unchanged.
    unchanged: Pair<Vec<bool>>,
}

impl Gaps {
    fn new(matching: &Matching, moved: &[bool]) -> Self {
        let partners = matching.partners();
        let before: Vec<bool> = partners
            .before
            .iter()
            .zip(moved)
            .map(|(partner, moved)| partner.is_some() && !moved)
            .collect();
        let after = partners
            .after
            .iter()
            .map(|partner| partner.is_some_and(|before| !moved[before]))
            .collect();
        let unchanged = Pair::new(before, after);
        let of = unchanged.as_ref().map(|unchanged| count_before(unchanged));
        Self { of, unchanged }
    }
}

/// For each place, how many of the earlier ones are marked.
fn count_before(marks: &[bool]) -> Vec<usize> {
    let mut count = 0;
    marks
        .iter()
        .map(|&mark| {
            let before = count;
            count += usize::from(mark);
            before
        })
        .collect()
}

/// Consecutive lines of one side without partners.
#[derive(Clone, Debug)]
struct Run {
    lines: Range<usize>,
    gap: usize,
    /// Whether it is the first thing in its gap, but for lines that moved there
    /// from another gap or went to one.
    is_first: bool,
    /// Whether it is the last in the same sense.
    is_last: bool,
}

/// The runs of one side.
fn runs(partners: &[Option<usize>], gaps: &Pair<&[usize]>, unchanged: &[bool]) -> Vec<Run> {
    let own_gaps = gaps.before;
    let stays_in_gap =
        |line: usize| partners[line].is_none_or(|other| gaps.after[other] == own_gaps[line]);
    let mut runs: Vec<Run> = Vec::new();
    // What has been seen of the current gap: a run, or a line that stays.
    let mut is_fresh = true;
    for line in 0..partners.len() {
        if unchanged[line] {
            is_fresh = true;
            continue;
        }
        if !stays_in_gap(line) {
            continue;
        }
        if let Some(last) = runs.last_mut().filter(|run| run.gap == own_gaps[line]) {
            last.is_last = false;
        }
        if partners[line].is_none() {
            match runs.last_mut() {
                Some(run) if run.lines.end == line && run.gap == own_gaps[line] => {
                    run.lines.end += 1;
                    run.is_last = true;
                }
                _ => runs.push(Run {
                    lines: line..line + 1,
                    gap: own_gaps[line],
                    is_first: is_fresh,
                    is_last: true,
                }),
            }
        }
        is_fresh = false;
    }
    runs
}

/// Joins each run of deleted lines with the inserted ones in its place.
///
/// Two runs are in the same place if both come first in their gap, or both last.
/// Of the others, those are that have the same moved line right before or right
/// behind them: a line edited inside a block that moved.
fn join_runs(gaps: &Gaps, matching: &Matching) -> Vec<Edit> {
    let partners = matching.partners();
    let of = gaps.of.as_ref().map(Vec::as_slice);
    let runs = Pair::new(
        runs(&partners.before, &of, &gaps.unchanged.before),
        runs(
            &partners.after,
            &Pair::new(of.after, of.before),
            &gaps.unchanged.after,
        ),
    );
    let mut groups = Groups::new(runs.as_ref().map(Vec::len));
    join_by(&mut groups, &runs, |run| run.is_first.then_some(run.gap));
    join_by(&mut groups, &runs, |run| run.is_last.then_some(run.gap));
    join_in_moved_blocks(&mut groups, &runs, partners);
    groups.into_edits(&runs)
}

/// Joins the runs of both sides that share a place.
fn join_by(groups: &mut Groups, runs: &Pair<Vec<Run>>, place: impl Fn(&Run) -> Option<usize>) {
    let after: HashMap<usize, usize> = runs
        .after
        .iter()
        .enumerate()
        .filter_map(|(index, run)| Some((place(run)?, index)))
        .collect();
    for (before, run) in runs.before.iter().enumerate() {
        if let Some(&after) = place(run).and_then(|place| after.get(&place)) {
            groups.join(before, after);
        }
    }
}

/// Joins the runs that are still alone with those that have the same moved
/// neighbour.
fn join_in_moved_blocks(
    groups: &mut Groups,
    runs: &Pair<Vec<Run>>,
    partners: &Pair<Vec<Option<usize>>>,
) {
    let alone: Vec<(usize, &Run)> = runs
        .after
        .iter()
        .enumerate()
        .filter(|&(index, _)| groups.after_is_alone(index))
        .collect();
    let by_place = |place: fn(&Run) -> usize| -> HashMap<usize, usize> {
        let places = alone.iter().map(|&(index, run)| (place(run), index));
        places.collect()
    };
    let by_start = by_place(|run| run.lines.start);
    let by_end = by_place(|run| run.lines.end);
    for (before, run) in runs.before.iter().enumerate() {
        if !groups.before_is_alone(before) {
            continue;
        }
        let behind = run.lines.start.checked_sub(1);
        let behind = behind.and_then(|line| partners.before[line]);
        let ahead = partners.before.get(run.lines.end).copied().flatten();
        let by_behind = behind.and_then(|line| by_start.get(&(line + 1)));
        let by_ahead = ahead.and_then(|line| by_end.get(&line));
        for &after in by_behind.into_iter().chain(by_ahead) {
            groups.join(before, after);
        }
    }
}

/// Runs of both sides in groups: a forest in which each run points towards the
/// representative of its group. Runs of the after version follow those of the
/// before version.
struct Groups {
    parents: Vec<usize>,
    joined: Vec<bool>,
    before_len: usize,
}

impl Groups {
    fn new(lens: Pair<usize>) -> Self {
        let len = lens.before + lens.after;
        Self {
            parents: (0..len).collect(),
            joined: vec![false; len],
            before_len: lens.before,
        }
    }

    fn before_is_alone(&self, before: usize) -> bool {
        !self.joined[before]
    }

    fn after_is_alone(&self, after: usize) -> bool {
        !self.joined[self.before_len + after]
    }

    fn join(&mut self, before: usize, after: usize) {
        let after = self.before_len + after;
        self.joined[before] = true;
        self.joined[after] = true;
        let roots = (self.root(before), self.root(after));
        self.parents[roots.0.max(roots.1)] = roots.0.min(roots.1);
    }

    fn root(&mut self, mut run: usize) -> usize {
        while self.parents[run] != run {
            self.parents[run] = self.parents[self.parents[run]];
            run = self.parents[run];
        }
        run
    }

    fn into_edits(mut self, runs: &Pair<Vec<Run>>) -> Vec<Edit> {
        let mut edits: Vec<Edit> = vec![Edit::default(); self.parents.len()];
        for (index, run) in runs.before.iter().enumerate() {
            let root = self.root(index);
            edits[root].before.extend(run.lines.clone());
        }
        for (index, run) in runs.after.iter().enumerate() {
            let root = self.root(self.before_len + index);
            edits[root].after.extend(run.lines.clone());
        }
        edits.retain(|edit| !edit.before.is_empty() || !edit.after.is_empty());
        edits
    }
}

/// Pairs again the blank and trivial lines that a gap lost in one place and got
/// in another, where those were edits of their own.
fn restore_trivial(matching: &mut Matching, gaps: &Gaps, lines: &Pair<Vec<Line<'_>>>) {
    let mut lost: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut got: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edit in join_runs(gaps, matching) {
        let is_trivial = |lines: &[Line<'_>], edit: &[usize]| {
            !edit.iter().any(|&line| lines[line].is_substantial())
        };
        if !is_trivial(&lines.before, &edit.before) || !is_trivial(&lines.after, &edit.after) {
            continue;
        }
        for before in edit.before {
            lost.entry(gaps.of.before[before]).or_default().push(before);
        }
        for after in edit.after {
            got.entry(gaps.of.after[after]).or_default().push(after);
        }
    }
    for (gap, mut lost) in lost {
        lost.sort_unstable();
        let mut got = got.remove(&gap).unwrap_or_default();
        got.sort_unstable();
        let mut got = got.into_iter().peekable();
        for before in lost {
            let key = lines.before[before].key();
            if let Some(after) = got.next_if(|&after| lines.after[after].key() == key) {
                matching.pair(before, after);
            }
        }
    }
}

/// Parts the unchanged trivial lines that stand between the halves of an edit.
/// Says whether there were any.
fn absorb_trivial(
    matching: &mut Matching,
    moved: &[bool],
    edits: &[Edit],
    lines: &Pair<Vec<Line<'_>>>,
) -> bool {
    let edit_of = edit_of_line(edits, lines.as_ref().map(Vec::len));
    let mut found = false;
    for block in matching.blocks() {
        let block_lines = &lines.before[block.start.before..block.end().before];
        if moved[block.start.before] || block_lines.iter().any(Line::is_substantial) {
            continue;
        }
        let (start, end) = (block.start, block.end());
        let behind = neighbour_edit(&edit_of, start.map(|line| line.checked_sub(1)));
        let ahead = neighbour_edit(&edit_of, end.map(Some));
        if let (Some(behind), Some(ahead)) = (behind, ahead)
            && are_halves(&edits[behind], &edits[ahead])
        {
            block.pairs().for_each(|pair| matching.part(pair.before));
            found = true;
        }
    }
    found
}

/// Whether two edits with a few trivial lines between them read as one: one
/// replaces a block by one of another length, the other only adds or removes.
fn are_halves(one: &Edit, other: &Edit) -> bool {
    let is_uneven = |edit: &Edit| {
        EditKind::of(edit) == EditKind::Replaced && edit.before.len() != edit.after.len()
    };
    let is_one_sided = |edit: &Edit| EditKind::of(edit) != EditKind::Replaced;
    (is_uneven(one) && is_one_sided(other)) || (is_one_sided(one) && is_uneven(other))
}

/// The edit of each line of both versions, where it is part of one.
fn edit_of_line(edits: &[Edit], lens: Pair<usize>) -> Pair<Vec<Option<usize>>> {
    let mut edit_of = lens.map(|len| vec![None; len]);
    for (index, edit) in edits.iter().enumerate() {
        for &line in &edit.before {
            edit_of.before[line] = Some(index);
        }
        for &line in &edit.after {
            edit_of.after[line] = Some(index);
        }
    }
    edit_of
}

/// The edit that holds one of two lines, one of each version.
fn neighbour_edit(edit_of: &Pair<Vec<Option<usize>>>, lines: Pair<Option<usize>>) -> Option<usize> {
    let find = |edits: &[Option<usize>], line: Option<usize>| edits.get(line?).copied().flatten();
    find(&edit_of.before, lines.before).or_else(|| find(&edit_of.after, lines.after))
}
