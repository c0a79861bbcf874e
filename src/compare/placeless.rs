//! Code of which no text is known, such as that which `exec` was given: its lines cannot
//! be paired with those of the other side.

use std::collections::BTreeSet;

use super::{LineComparison, LineSide};
use crate::pair::Pair;
use crate::recording::Recording;

/// Takes back what was concluded of lines that have samples on one side alone, where the
/// other side's may lie in code without a text. The same code, read from a file on one
/// side and made by `exec` on the other, did not change.
pub(super) fn withhold(lines: &mut [LineComparison], sides: &Pair<&Recording>) {
    let placeless = sides.map(files);
    for line in lines.iter_mut().filter(|line| line.hunk.is_none()) {
        let before = (line.before.as_ref(), &placeless.before);
        let after = (line.after.as_ref(), &placeless.after);
        if may_be_elsewhere(before, after) || may_be_elsewhere(after, before) {
            line.change.withhold();
        }
    }
}

/// A side of a line, with the files of that side that have no text.
type Place<'a> = (Option<&'a LineSide>, &'a BTreeSet<&'a str>);

/// Whether a line without samples on one side, and with some on the other, may have its
/// samples in code that it cannot be paired with.
fn may_be_elsewhere((empty, empty_files): Place<'_>, (full, full_files): Place<'_>) -> bool {
    let samples = |at: Option<&LineSide>| at.map_or(0, |at| at.samples);
    if samples(empty) > 0 || samples(full) == 0 {
        return false;
    }
    let is_in_text = empty.is_some() && !empty_files.is_empty();
    is_in_text || full.is_some_and(|at| full_files.contains(at.file.as_str()))
}

/// The user's files without a text that have samples.
pub(super) fn files(recording: &Recording) -> BTreeSet<&str> {
    let sources = recording.sources.iter();
    let without_text: BTreeSet<&str> = sources
        .filter(|source| source.user && source.text.is_empty())
        .map(|source| source.path.as_str())
        .collect();
    let profiles = recording.runs().filter_map(|run| run.profile.as_ref());
    let lines = profiles.flat_map(|profile| &profile.lines);
    let sampled = lines
        .filter(|line| line.owned > 0)
        .map(|line| line.file.as_str());
    sampled.filter(|file| without_text.contains(file)).collect()
}
