//! Which line of one version is which line of the other.

use crate::pair::Pair;
use crate::source::LineNumber;

/// What became of a line between the two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The same line, in the same order among its neighbours.
    Unchanged,
    /// The same line, now before lines it was after, or after lines it was before.
    Moved,
    /// Part of a block of lines that was replaced by another block.
    Changed,
    /// Only in the after version, with nothing that it replaced.
    Added,
    /// Only in the before version, with nothing in its place.
    Removed,
}

/// One line, on the sides where it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlignedLine {
    /// What became of it.
    pub change: Change,
    /// Its number in each version. Both are present for unchanged and moved
    /// lines, and for a changed line that stands for exactly one other.
    pub at: Pair<Option<LineNumber>>,
    /// Index into [`Alignment::hunks`] of the hunk it is part of: always present
    /// for changed, added and removed lines, never for others.
    pub hunk: Option<usize>,
}

/// A block of consecutive lines replaced by another; one of the two may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines on each side.
    pub lines: Pair<Vec<LineNumber>>,
}

/// Every line of both versions, in exactly one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// In the order of a merged reading: as in the after version, with lines
    /// that are only in the before version where they used to be.
    pub lines: Vec<AlignedLine>,
    /// The edited blocks, in the same order.
    pub hunks: Vec<Hunk>,
}

/// The alignment of one file with its counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedFile {
    /// Path on each side, as in [`crate::recording::Recording::sources`]; absent
    /// on the side that has no such file.
    pub file: Pair<Option<String>>,
    /// Every line of both.
    pub alignment: Alignment,
}
