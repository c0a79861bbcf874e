//! Which of the paired lines moved.
//!
//! Where two blocks changed places, a diff calls one of them unchanged and the
//! other moved, and which is which is an accident of its search. Here a block is
//! unchanged only if it has to be: if it is in *every* heaviest chain of blocks
//! that keep their order, a block weighing as much as it has lines that are not
//! blank. Two swapped statements weigh the same, so both moved; a statement
//! carried past a longer block moved alone, and so did one that was carried out of a
//! loop past its head, or into it: the head kept its indentation. It is the same from
//! both sides. Comments only decide where all that is equal: a comment put on the other
//! side of a line has not moved the line.

use super::matching::{Block, Matching};
use super::text::{Line, Substance};
use crate::pair::Pair;

/// For each line of the before version, whether it has a partner and moved.
///
/// A block of nothing but trivial lines never moves: if it is out of order, its
/// lines are parted.
pub(super) fn find_moved(matching: &mut Matching, lines: &Pair<Vec<Line<'_>>>) -> Vec<bool> {
    let blocks: Vec<Weighed> = matching
        .blocks()
        .into_iter()
        .map(|block| Weighed::new(block, lines))
        .collect();
    let (light, heavy): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.weight == 0);
    let in_order = in_every_heaviest_chain(&heavy);

    let mut moved = vec![false; lines.before.len()];
    let mut chain = Vec::new();
    for (Weighed { block, .. }, in_order) in heavy.into_iter().zip(in_order) {
        if in_order {
            chain.push(block.start);
        } else {
            moved[block.start.before..block.end().before].fill(true);
        }
    }
    for Weighed { block, .. } in light {
        let ahead_before = chain.partition_point(|start| start.before < block.start.before);
        let ahead_after = chain.partition_point(|start| start.after < block.start.after);
        if ahead_before != ahead_after {
            block.pairs().for_each(|pair| matching.part(pair.before));
        }
    }
    moved
}

/// A block and what it weighs against others.
#[derive(Clone, Copy, Debug)]
struct Weighed {
    block: Block,
    /// Lines that are not blank, a line of code counting as [`CODE_WEIGHT`], with
    /// [`INDENTATION_WEIGHT`] on top where it kept its indentation, and a comment as 1; 0
    /// if all of them are trivial.
    weight: u64,
}

/// More than all that is not code weighs together in any file.
const CODE_WEIGHT: u64 = 1 << 40;

/// More than the comments of any file weigh together.
const INDENTATION_WEIGHT: u64 = 1 << 20;

impl Weighed {
    fn new(block: Block, lines: &Pair<Vec<Line<'_>>>) -> Self {
        let mut weight = 0;
        let mut is_substantial = false;
        for pair in block.pairs() {
            let (line, other) = (&lines.before[pair.before], &lines.after[pair.after]);
            is_substantial |= line.is_substantial();
            weight += match line.substance() {
                Substance::Blank => 0,
                Substance::Comment => 1,
                Substance::Trivial | Substance::Code
                    if line.indentation() == other.indentation() =>
                {
                    CODE_WEIGHT + INDENTATION_WEIGHT
                }
                Substance::Trivial | Substance::Code => CODE_WEIGHT,
            };
        }
        Self {
            block,
            weight: if is_substantial { weight } else { 0 },
        }
    }
}

/// For each block, given in the order of the before version, whether every
/// heaviest chain of blocks in the same order on both sides goes through it.
///
/// In a chain of the greatest weight each block takes up a known stretch of that
/// weight: from what the heaviest chain up to it weighs without it, to what it
/// weighs with it. The blocks of one chain tile the whole, so a block is in all of
/// them exactly if no other block of any of them takes up part of its stretch.
fn in_every_heaviest_chain(blocks: &[Weighed]) -> Vec<bool> {
    let up_to = heaviest_chains(
        blocks
            .iter()
            .map(|block| (block.block.start.after, block.weight)),
    );
    // Seen from the end, the greatest index is the first.
    let last = blocks.iter().map(|block| block.block.start.after).max();
    let mirrored = blocks.iter().rev().map(|block| {
        let start = block.block.start.after;
        (last.unwrap_or(start) - start, block.weight)
    });
    let mut from = heaviest_chains(mirrored);
    from.reverse();

    let heaviest = up_to.iter().copied().max().unwrap_or(0);
    let mut stretches: Vec<Stretch> = blocks
        .iter()
        .zip(up_to.iter().zip(&from))
        .enumerate()
        .filter(|(_, (block, (up_to, from)))| **up_to + **from - block.weight == heaviest)
        .map(|(index, (block, (&up_to, _)))| Stretch {
            start: up_to - block.weight,
            end: up_to,
            index,
        })
        .collect();
    stretches.sort_unstable();
    undisputed(&stretches, blocks.len())
}

/// The part of a heaviest chain's weight that one block takes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    start: u64,
    end: u64,
    index: usize,
}

/// Marks the blocks whose stretches, sorted by start, overlap with no other.
fn undisputed(stretches: &[Stretch], block_count: usize) -> Vec<bool> {
    let mut marks = vec![false; block_count];
    let mut taken_up_to = 0;
    for (position, stretch) in stretches.iter().enumerate() {
        let next_start = stretches.get(position + 1).map(|next| next.start);
        let is_free_behind = taken_up_to <= stretch.start;
        let is_free_ahead = next_start.is_none_or(|next| stretch.end <= next);
        marks[stretch.index] = is_free_behind && is_free_ahead;
        taken_up_to = taken_up_to.max(stretch.end);
    }
    marks
}

/// For each of a sequence of positions with weights, the weight of the heaviest
/// increasing subsequence that ends there. Positions are distinct.
fn heaviest_chains(sequence: impl Iterator<Item = (usize, u64)> + Clone) -> Vec<u64> {
    let size = sequence.clone().map(|(position, _)| position + 1).max();
    let mut best = PrefixMaximum::new(size.unwrap_or(0));
    sequence
        .map(|(position, weight)| {
            let total = best.below(position) + weight;
            best.raise(position, total);
            total
        })
        .collect()
}

/// A Fenwick tree of maxima: the greatest value below a position, in logarithmic
/// time.
struct PrefixMaximum(Vec<u64>);

impl PrefixMaximum {
    fn new(size: usize) -> Self {
        Self(vec![0; size + 1])
    }

    /// The greatest value at the positions before this one; 0 where there is none.
    fn below(&self, position: usize) -> u64 {
        let mut node = position;
        let mut greatest = 0;
        while node > 0 {
            greatest = greatest.max(self.0[node]);
            node &= node - 1;
        }
        greatest
    }

    /// Raises the value at a position to at least this one.
    fn raise(&mut self, position: usize, value: u64) {
        let mut node = position + 1;
        while let Some(greatest) = self.0.get_mut(node) {
            *greatest = (*greatest).max(value);
            node += node & node.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pair::Pair;

    /// Blocks given by their place in the after version, with their weights.
    #[track_caller]
    fn check(blocks: &[(usize, u64)], expected: &[bool]) {
        let blocks: Vec<Weighed> = blocks
            .iter()
            .enumerate()
            .map(|(before, &(after, weight))| Weighed {
                block: Block {
                    start: Pair::new(before, after),
                    len: 1,
                },
                weight,
            })
            .collect();
        assert_eq!(in_every_heaviest_chain(&blocks), expected);
    }

    #[test]
    fn blocks_in_order_stay() {
        check(&[], &[]);
        check(&[(0, 1), (1, 5), (7, 2)], &[true, true, true]);
    }

    #[test]
    fn equal_neighbours_that_swap_both_move() {
        check(
            &[(0, 9), (2, 3), (1, 3), (3, 1)],
            &[true, false, false, true],
        );
    }

    #[test]
    fn the_lighter_of_two_moves() {
        check(&[(1, 2), (0, 3)], &[false, true]);
        check(&[(1, 3), (0, 2)], &[true, false]);
    }

    #[test]
    fn one_block_against_several_that_weigh_as_much() {
        check(&[(2, 2), (0, 1), (1, 1)], &[false, false, false]);
        check(&[(2, 2), (0, 1), (1, 2)], &[false, true, true]);
    }

    #[test]
    fn a_reversal_leaves_only_the_heaviest() {
        check(&[(2, 1), (1, 1), (0, 1)], &[false, false, false]);
        check(&[(2, 1), (1, 4), (0, 1)], &[false, true, false]);
    }

    #[test]
    fn ties_elsewhere_do_not_matter() {
        check(
            &[(1, 1), (0, 1), (2, 4), (4, 1), (3, 2)],
            &[false, false, true, false, true],
        );
    }
}
