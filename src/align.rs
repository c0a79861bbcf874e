//! Which line of one version is which line of the other.
//!
//! Lines are the same if their code is: a loop put around a block, a space put behind
//! each comma or another comment behind the code leaves a line unchanged, and so does
//! a name that is changed throughout. The way from two texts to an [`Alignment`]:
//!
//! 1. A diff finds the lines that can stay in place. It is the *histogram*
//!    algorithm of `similar`, which got fewest lines wrong in edits with a known
//!    pairing; `diff_algorithm` has the figures.
//! 2. Lines that the diff deletes in one place and inserts in another are paired
//!    with themselves, the longest runs first.
//! 3. What moved is told from what stayed by the order of all pairs, not by what
//!    the diff happened to keep: of two equal blocks that swapped places, both
//!    moved.
//! 4. Lines without a partner are grouped into hunks, and a line of a hunk that
//!    clearly stands for one of the other side is paired with it.
//! 5. Where the lines of the hunks are equal but for names, and these names were
//!    changed throughout, all of it is done again with the new names.
//!
//! The result depends on the texts alone, and the work is bounded whatever they
//! hold. Where a bound is reached, the pairing gets worse instead of slower, and the
//! alignment says that it is *rough*: of very many moved duplicates some are paired
//! in order of occurrence instead of by their surroundings, in very long hunks only
//! lines at the same place are compared, and a text that is nested too deeply
//! to be parsed is read as words between white space.
//!
//! [`align`] of the swapped texts is the mirror image: the same pairs and hunks
//! with the sides exchanged, moved lines still moved, added lines removed. The
//! searches of `similar` are not symmetric, so of two texts the same one always
//! takes the part of the first.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use similar::Algorithm;

use crate::pair::Pair;
use crate::source::{self, LineNumber};
use crate::syntax::tokens::Tokens;
use hunks::Edit;
use matching::Matching;
use merge::Links;
use renames::Renames;
use text::Line;

mod bulk;
mod files;
mod hunks;
mod matching;
mod merge;
mod moves;
mod order;
mod renames;
mod sequence;
mod similarity;
#[cfg(test)]
mod tests;
mod text;

pub use files::{AlignedFile, align_files};
pub(crate) use sequence::side_by_side;

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

/// A name that was changed throughout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rename {
    /// What it is called in each version.
    pub names: Pair<String>,
    /// The function that alone it was changed in, by its name in each version; `None`
    /// where it was changed in the whole file.
    pub function: Option<Pair<String>>,
}

impl Rename {
    /// The same with the sides exchanged.
    fn mirrored(self) -> Self {
        Self {
            names: mirrored(self.names),
            function: self.function.map(mirrored),
        }
    }
}

/// Every line of both versions, in exactly one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// In the order of a merged reading: as in the after version, with lines
    /// that are only in the before version where they used to be.
    pub lines: Vec<AlignedLine>,
    /// The edited blocks, in the same order.
    pub hunks: Vec<Hunk>,
    /// The names that were changed throughout: no reason for a line to be an edited one.
    pub renames: Vec<Rename>,
    /// Whether a bound on the work was reached, so that a line may be called edited or
    /// moved that another pairing would leave in place.
    pub is_rough: bool,
}

impl Alignment {
    /// That of a text of so many lines with itself.
    fn identity(line_count: usize) -> Self {
        let lines = (0..line_count).map(|index| {
            let number = LineNumber::from_index(index);
            AlignedLine {
                change: Change::Unchanged,
                at: Pair::new(Some(number), Some(number)),
                hunk: None,
            }
        });
        Self {
            lines: lines.collect(),
            ..Self::default()
        }
    }
}

/// Aligns two versions of a source text.
///
/// Every line of both is in exactly one [`AlignedLine`]; line ends are those of
/// [`crate::source::lines`].
pub fn align(before: &str, after: &str) -> Alignment {
    let texts = Pair::new(before, after);
    match before.cmp(after) {
        Ordering::Equal => Alignment::identity(source::lines(before).count()),
        order => bulk::align(texts).unwrap_or_else(|| match order {
            Ordering::Greater => link(mirrored(texts)).mirrored().into_alignment(),
            _ => link(texts).into_alignment(),
        }),
    }
}

/// The pair with its sides exchanged.
fn mirrored<T>(pair: Pair<T>) -> Pair<T> {
    Pair::new(pair.after, pair.before)
}

/// Finds what became of each line, in no order.
fn link(texts: Pair<&str>) -> Links {
    let tokens = Tokens::of_both(texts);
    let mut lines = text::lines(texts, &tokens, &Renames::default());
    let mut found = Found::new(&lines);
    let renames = Renames::find(&tokens, &found.edits);
    if !renames.is_empty() {
        lines = text::lines(texts, &tokens, &renames);
        found = Found::new(&lines);
    }
    Links::new(&found, &lines, &tokens, renames)
}

/// What the stages find out about two texts, by line index.
struct Found {
    /// The unchanged and the moved lines.
    matching: Matching,
    /// For each line of the before version, whether it moved.
    moved: Vec<bool>,
    /// The blocks of all other lines.
    edits: Vec<Edit>,
    /// Whether a bound on the work was reached.
    is_rough: bool,
}

impl Found {
    fn new(lines: &Pair<Vec<Line<'_>>>) -> Self {
        let algorithm = diff_algorithm(lines.as_ref().map(Vec::len));
        let mut matching = Matching::in_order(lines, algorithm);
        let is_rough = moves::pair_moved(&mut matching, lines);
        matching.keep_decorators(lines);
        let moved = order::find_moved(&mut matching, lines);
        let edits = hunks::group(&mut matching, &moved, lines);
        Self {
            matching,
            moved,
            edits,
            is_rough,
        }
    }
}

/// Files of more lines than this, on either side, are compared by Myers'
/// algorithm.
const HISTOGRAM_MAX_LINES: usize = 8_000;

/// The diff that finds the lines in place, by the number of lines.
///
/// Histogram anchors on the rarest lines, and so keeps functions together that
/// have most of their lines in common with others, as numeric kernels do. In 2,000
/// files of `tests::random_edits`, with a known pairing, it got 0.31% of the lines
/// wrong, patience 0.34%, Hunt's 0.42% and Myers' 0.56%, moved lines being found
/// in the same way after each. But its work grows with lines times edits, whereas
/// the Myers of `similar` gives up the shortest edit script for a bound on its
/// search: the better one for files so long that no one wrote them.
fn diff_algorithm(line_counts: Pair<usize>) -> Algorithm {
    if line_counts.before.max(line_counts.after) <= HISTOGRAM_MAX_LINES {
        Algorithm::Histogram
    } else {
        Algorithm::Myers
    }
}
