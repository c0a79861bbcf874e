//! Which lines belong together: those of one pair of files, and those of one
//! edited block.

use std::collections::HashMap;

use crate::compare::{Comparison, HunkComparison, LineComparison, LineSide};
use crate::pair::Pair;
use crate::text::Text;

/// The lines of one pair of files.
pub(in crate::report) struct FileLines<'c> {
    pub(in crate::report) files: Files<'c>,
    pub(in crate::report) entries: Vec<Entry<'c>>,
}

/// The file of each side, as far as it is known.
pub(in crate::report) type Files<'c> = Pair<Option<&'c str>>;

/// A line outside of any block, or a block with its lines.
pub(in crate::report) enum Entry<'c> {
    Line(&'c LineComparison),
    Block(&'c HunkComparison, Vec<&'c LineComparison>),
}

/// All lines by their pair of files, blocks where their first line is.
pub(in crate::report) fn by_file(comparison: &Comparison) -> Vec<FileLines<'_>> {
    let hunks: HashMap<u32, &HunkComparison> = comparison
        .hunks
        .iter()
        .map(|hunk| (hunk.id, hunk))
        .collect();
    let partners = Partners::new(comparison);
    let mut files: Vec<FileLines<'_>> = Vec::new();
    let mut file_at: HashMap<Files<'_>, usize> = HashMap::new();
    let mut block_at: HashMap<u32, (usize, usize)> = HashMap::new();
    for line in &comparison.lines {
        let hunk = line.hunk.and_then(|id| hunks.get(&id).copied());
        let known = hunk.and_then(|hunk| block_at.get(&hunk.id)).copied();
        if let Some((file, entry)) = known {
            if let Entry::Block(_, lines) = &mut files[file].entries[entry] {
                lines.push(line);
            }
            continue;
        }
        let key = hunk.map_or_else(|| partners.files_of(line), files_of_hunk);
        let file = *file_at.entry(key).or_insert_with(|| {
            let entries = Vec::new();
            files.push(FileLines {
                files: key,
                entries,
            });
            files.len() - 1
        });
        let entries = &mut files[file].entries;
        entries.push(match hunk {
            None => Entry::Line(line),
            Some(hunk) => {
                block_at.insert(hunk.id, (file, entries.len()));
                Entry::Block(hunk, vec![line])
            }
        });
    }
    files
}

fn files_of_hunk(hunk: &HunkComparison) -> Files<'_> {
    hunk.file.as_ref().map(|file| Some(file.as_str()))
}

/// Which file is compared with which, as far as lines on both sides tell.
struct Partners<'c> {
    of: Pair<HashMap<&'c str, &'c str>>,
}

impl<'c> Partners<'c> {
    fn new(comparison: &'c Comparison) -> Self {
        let lines = comparison.lines.iter().filter_map(|line| {
            let (before, after) = (line.before.as_ref()?, line.after.as_ref()?);
            Some((before.file.as_str(), after.file.as_str()))
        });
        let hunks = comparison.hunks.iter();
        let hunks = hunks.map(|hunk| (hunk.file.before.as_str(), hunk.file.after.as_str()));
        let pairs: Vec<_> = lines.chain(hunks).collect();
        Self {
            of: Pair::new(
                pairs.iter().copied().collect(),
                pairs
                    .iter()
                    .map(|&(before, after)| (after, before))
                    .collect(),
            ),
        }
    }

    fn files_of(&self, line: &'c LineComparison) -> Files<'c> {
        let file = |side: &'c Option<LineSide>| side.as_ref().map(|side| side.file.as_str());
        let (before, after) = (file(&line.before), file(&line.after));
        Pair::new(
            before.or_else(|| self.of.after.get(after?).copied()),
            after.or_else(|| self.of.before.get(before?).copied()),
        )
    }
}

impl<'c> Entry<'c> {
    /// Its lines; one, outside of a block.
    pub(in crate::report) fn lines(&self) -> &[&'c LineComparison] {
        match self {
            Self::Line(line) => std::slice::from_ref(line),
            Self::Block(_, lines) => lines,
        }
    }
}

/// The heading of a pair of files.
pub(in crate::report) fn title(files: Files<'_>) -> Text {
    let files = files.map(|file| file.map(Text::foreign));
    match (files.before, files.after) {
        (Some(before), Some(after)) if before == after => before,
        (Some(before), Some(after)) => before + " → " + after,
        (Some(before), None) => before + " (before only)",
        (None, Some(after)) => after + " (after only)",
        (None, None) => "unknown file".into(),
    }
}

impl FileLines<'_> {
    /// The larger of the shares that the two sides have in all: what comes first.
    pub(in crate::report) fn heat(&self) -> f64 {
        let lines = || self.entries.iter().flat_map(Entry::lines);
        let share = |side: Option<&LineSide>| side.map_or(0.0, |side| side.share.value.get());
        let before: f64 = lines().map(|line| share(line.before.as_ref())).sum();
        let after: f64 = lines().map(|line| share(line.after.as_ref())).sum();
        before.max(after)
    }
}
