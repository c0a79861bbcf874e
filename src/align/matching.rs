//! Which lines are the same line, before anything is said about order.

use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::text::Line;
use crate::pair::Pair;

/// A partial one-to-one pairing of the lines of both versions, by index.
///
/// Only lines with equal keys are ever paired here.
#[derive(Clone, Debug)]
pub(super) struct Matching {
    partners: Pair<Vec<Option<usize>>>,
}

impl Matching {
    /// No line paired.
    pub(super) fn new(before: usize, after: usize) -> Self {
        Self {
            partners: Pair::new(vec![None; before], vec![None; after]),
        }
    }

    /// The lines that a diff leaves in place.
    pub(super) fn in_order(lines: &Pair<Vec<Line<'_>>>, algorithm: Algorithm) -> Self {
        let mut matching = Self::new(lines.before.len(), lines.after.len());
        let keys = lines
            .as_ref()
            .map(|lines| lines.iter().map(Line::key).collect::<Vec<_>>());
        equal_in_order(&keys, algorithm).for_each(|pair| matching.pair(pair.before, pair.after));
        matching
    }

    /// Pairs two lines that have no partner yet.
    pub(super) fn pair(&mut self, before: usize, after: usize) {
        debug_assert!(self.is_free(before, after));
        self.partners.before[before] = Some(after);
        self.partners.after[after] = Some(before);
    }

    /// Parts a line of the before version from its partner, if it has one.
    pub(super) fn part(&mut self, before: usize) {
        if let Some(after) = self.partners.before[before].take() {
            self.partners.after[after] = None;
        }
    }

    /// Pairs the decorators of each function with those of its counterpart, where they are
    /// equal: all functions of a file may have the same, and a diff takes any of them.
    pub(super) fn keep_decorators(&mut self, lines: &Pair<Vec<Line<'_>>>) {
        let pairs: Vec<_> = self.pairs().collect();
        // From the last, for a decorator may have another one above it.
        for pair in pairs.into_iter().rev() {
            let (Some(before), Some(after)) =
                (pair.before.checked_sub(1), pair.after.checked_sub(1))
            else {
                continue;
            };
            let (line, other) = (&lines.before[before], &lines.after[after]);
            if line.is_decorator() && line.key() == other.key() {
                self.exchange(before, after);
            }
        }
    }

    /// Pairs two lines with each other, and so their partners, all of which are equal.
    fn exchange(&mut self, before: usize, after: usize) {
        let partner = self.partners.before[before];
        let other = self.partners.after[after];
        self.part(before);
        if let Some(other) = other {
            self.part(other);
        }
        self.pair(before, after);
        if let (Some(other), Some(partner)) = (other, partner)
            && other != before
        {
            self.pair(other, partner);
        }
    }

    /// Whether neither line has a partner.
    pub(super) fn is_free(&self, before: usize, after: usize) -> bool {
        self.partners.before[before].is_none() && self.partners.after[after].is_none()
    }

    /// The partners of the lines of each version.
    pub(super) fn partners(&self) -> &Pair<Vec<Option<usize>>> {
        &self.partners
    }

    /// All pairs, in the order of the before version.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair<usize>> {
        self.partners
            .before
            .iter()
            .enumerate()
            .filter_map(|(before, after)| after.map(|after| Pair::new(before, after)))
    }

    /// The longest runs of pairs that are consecutive in both versions, in the
    /// order of the before version.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for start in self.pairs() {
            match blocks.last_mut() {
                Some(block) if block.end() == start => block.len += 1,
                _ => blocks.push(Block { start, len: 1 }),
            }
        }
        blocks
    }
}

/// The elements that a diff leaves in place, by index.
pub(super) fn equal_in_order<T: Hash + Ord>(
    keys: &Pair<Vec<T>>,
    algorithm: Algorithm,
) -> impl Iterator<Item = Pair<usize>> + use<T> {
    let ops = capture_diff_slices(algorithm, &keys.before, &keys.after);
    let blocks = ops.into_iter().filter_map(|op| match op {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => Some(Block {
            start: Pair::new(old_index, new_index),
            len,
        }),
        _ => None,
    });
    blocks.flat_map(Block::pairs)
}

/// Lines that are consecutive in both versions, paired one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The first pair.
    pub(super) start: Pair<usize>,
    /// How many pairs.
    pub(super) len: usize,
}

impl Block {
    /// One past the last pair.
    pub(super) fn end(&self) -> Pair<usize> {
        self.start.map(|start| start + self.len)
    }

    /// The pairs.
    pub(super) fn pairs(self) -> impl Iterator<Item = Pair<usize>> {
        (0..self.len).map(move |offset| self.start.map(|start| start + offset))
    }
}
