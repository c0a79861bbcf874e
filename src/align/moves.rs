//! Lines that a diff calls deleted here and inserted there: the same lines, moved.
//!
//! Candidates are runs of equal lines without a partner that no further line
//! extends at either end. The longest run wins; of equally long ones, the one
//! whose surroundings agree most, then the one that kept its indentation, then
//! the one that went least far. What is left of a run that lost lines to a
//! better one competes again.
//!
//! The number of candidate runs grows with the product of a line's occurrences
//! on both sides, so a line that occurs too often does not start a run of its
//! own: it is still part of runs that rarer lines start, and what is left over is
//! paired in order of occurrence. [`MAX_STEPS`] bounds all the rest.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::matching::{Block, Matching};
use super::text::Line;
use crate::pair::Pair;

/// A line starts runs if the product of its free occurrences is at most this.
const MAX_OCCURRENCE_PAIRS: usize = 256;

/// How many lines may be compared in search of runs, and again in choosing among
/// them. Spent only by files with tens of thousands of moved duplicates.
const MAX_STEPS: usize = 4_000_000;

/// How many lines on each side of a run are its surroundings.
const CONTEXT: usize = 4;

/// Pairs moved lines with themselves. Says whether some of them were paired in order of
/// occurrence, for want of time to find something better.
pub(super) fn pair_moved(matching: &mut Matching, lines: &Pair<Vec<Line<'_>>>) -> bool {
    let occurrences = free_occurrences(matching, lines);
    let seeds = seeds(&occurrences);
    let runs = maximal_runs(seeds, matching, lines);
    pair_best_first(runs, matching, lines);
    pair_left_over(&occurrences, matching)
}

/// The substantial lines that have no partner, by key, where both sides have some.
fn free_occurrences(
    matching: &Matching,
    lines: &Pair<Vec<Line<'_>>>,
) -> BTreeMap<u32, Pair<Vec<usize>>> {
    let mut occurrences: BTreeMap<u32, Pair<Vec<usize>>> = BTreeMap::new();
    let free = |lines: &[Line<'_>], partners: &[Option<usize>]| {
        let numbered = lines.iter().zip(partners).enumerate();
        numbered
            .filter(|(_, (line, partner))| line.is_substantial() && partner.is_none())
            .map(|(index, (line, _))| (line.key(), index))
            .collect::<Vec<_>>()
    };
    for (key, index) in free(&lines.before, &matching.partners().before) {
        occurrences.entry(key).or_default().before.push(index);
    }
    for (key, index) in free(&lines.after, &matching.partners().after) {
        if let Some(sides) = occurrences.get_mut(&key) {
            sides.after.push(index);
        }
    }
    occurrences.retain(|_, sides| !sides.after.is_empty());
    occurrences
}

/// Pairs of equal lines from which runs are grown, ordered by diagonal and then
/// along it, so that the seeds of one run follow each other.
fn seeds(occurrences: &BTreeMap<u32, Pair<Vec<usize>>>) -> Vec<Pair<usize>> {
    let mut seeds: Vec<Pair<usize>> = occurrences
        .values()
        .filter(|sides| sides.before.len() * sides.after.len() <= MAX_OCCURRENCE_PAIRS)
        .flat_map(|sides| {
            sides.before.iter().flat_map(|&before| {
                sides
                    .after
                    .iter()
                    .map(move |&after| Pair::new(before, after))
            })
        })
        .collect();
    seeds.sort_unstable_by_key(|seed| (diagonal(*seed), seed.before));
    seeds
}

/// Equal for pairs of which one is as far ahead of the other in both versions.
fn diagonal(pair: Pair<usize>) -> isize {
    pair.after.cast_signed() - pair.before.cast_signed()
}

/// Grows each seed in both directions as far as lines are equal and free.
fn maximal_runs(
    seeds: Vec<Pair<usize>>,
    matching: &Matching,
    lines: &Pair<Vec<Line<'_>>>,
) -> Vec<Block> {
    let fits = |before: usize, after: usize| {
        lines.before[before].key() == lines.after[after].key() && matching.is_free(before, after)
    };
    let mut steps_left = MAX_STEPS;
    let mut runs: Vec<Block> = Vec::new();
    for seed in seeds {
        let is_covered = runs.last().is_some_and(|run| {
            diagonal(run.start) == diagonal(seed) && seed.before < run.end().before
        });
        if is_covered {
            continue;
        }
        let ahead = (seed.before..lines.before.len()).zip(seed.after..lines.after.len());
        let behind = (0..seed.before).rev().zip((0..seed.after).rev());
        let length = ahead
            .take(steps_left)
            .take_while(|&(b, a)| fits(b, a))
            .count();
        let lead = behind
            .take(steps_left)
            .take_while(|&(b, a)| fits(b, a))
            .count();
        steps_left = steps_left.saturating_sub(length + lead);
        runs.push(Block {
            start: seed.map(|start| start - lead),
            len: lead + length.max(1),
        });
    }
    runs
}

/// A run and what speaks for it, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    substantial_lines: usize,
    equal_surroundings: usize,
    equal_indentation: bool,
    nearness: Reverse<usize>,
    /// Where nothing else decides, the run that starts first.
    start: Reverse<(usize, usize)>,
    len: usize,
}

impl Candidate {
    fn new(run: Block, lines: &Pair<Vec<Line<'_>>>) -> Self {
        let Pair { before, after } = run.start;
        let moved = &lines.before[before..run.end().before];
        Self {
            substantial_lines: moved.iter().filter(|line| line.is_substantial()).count(),
            equal_surroundings: equal_surroundings(run, lines),
            equal_indentation: lines.before[before].text.trim_end()
                == lines.after[after].text.trim_end(),
            nearness: Reverse(before.abs_diff(after)),
            start: Reverse((before, after)),
            len: run.len,
        }
    }

    fn run(&self) -> Block {
        let Reverse((before, after)) = self.start;
        Block {
            start: Pair::new(before, after),
            len: self.len,
        }
    }
}

/// How many of the lines next to a run are equal, place by place, whether they
/// have partners or not.
fn equal_surroundings(run: Block, lines: &Pair<Vec<Line<'_>>>) -> usize {
    let ahead = (run.end().before..lines.before.len()).zip(run.end().after..lines.after.len());
    let behind = (0..run.start.before).rev().zip((0..run.start.after).rev());
    ahead
        .take(CONTEXT)
        .chain(behind.take(CONTEXT))
        .filter(|&(before, after)| {
            let line = &lines.before[before];
            line.is_substantial() && line.key() == lines.after[after].key()
        })
        .count()
}

/// Pairs the lines of runs, the best run first.
fn pair_best_first(runs: Vec<Block>, matching: &mut Matching, lines: &Pair<Vec<Line<'_>>>) {
    let mut steps_left = MAX_STEPS;
    let mut queue: BinaryHeap<Candidate> = runs
        .into_iter()
        .map(|run| Candidate::new(run, lines))
        .collect();
    while let Some(candidate) = queue.pop() {
        let run = candidate.run();
        let free = free_parts(run, matching);
        if free.as_slice() == [run] {
            run.pairs()
                .for_each(|pair| matching.pair(pair.before, pair.after));
        } else if let Some(left) = steps_left.checked_sub(run.len) {
            steps_left = left;
            let parts = free.into_iter().map(|part| Candidate::new(part, lines));
            queue.extend(parts.filter(|part| part.substantial_lines > 0));
        }
    }
}

/// The parts of a run whose lines have no partners yet.
fn free_parts(run: Block, matching: &Matching) -> Vec<Block> {
    let mut parts: Vec<Block> = Vec::new();
    for start in run.pairs() {
        if !matching.is_free(start.before, start.after) {
            continue;
        }
        match parts.last_mut() {
            Some(part) if part.end() == start => part.len += 1,
            _ => parts.push(Block { start, len: 1 }),
        }
    }
    parts
}

/// Pairs lines that occurred too often to start a run: the first with the first. Says
/// whether there were any.
fn pair_left_over(occurrences: &BTreeMap<u32, Pair<Vec<usize>>>, matching: &mut Matching) -> bool {
    let mut found = false;
    for sides in occurrences.values() {
        let partners = matching.partners();
        let is_single = |partners: &[Option<usize>], &line: &usize| partners[line].is_none();
        let before = sides.before.iter().copied();
        let before: Vec<_> = before
            .filter(|line| is_single(&partners.before, line))
            .collect();
        let after = sides.after.iter().copied();
        let after: Vec<_> = after
            .filter(|line| is_single(&partners.after, line))
            .collect();
        for (before, after) in before.into_iter().zip(after) {
            matching.pair(before, after);
            found = true;
        }
    }
    found
}
