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
    let hunk_of = |line: &LineComparison| line.hunk.and_then(|id| hunks.get(&id).copied());
    let mut blocks: HashMap<u32, Vec<&LineComparison>> = HashMap::new();
    for line in &comparison.lines {
        if let Some(hunk) = hunk_of(line) {
            blocks.entry(hunk.id).or_default().push(line);
        }
    }
    let partners = Partners::new(comparison);
    let mut order: Vec<Files<'_>> = Vec::new();
    let mut entries: HashMap<Files<'_>, Vec<Entry<'_>>> = HashMap::new();
    for line in &comparison.lines {
        let (files, entry) = match hunk_of(line) {
            None => (partners.files_of(line), Entry::Line(line)),
            Some(hunk) => match blocks.remove(&hunk.id) {
                Some(lines) => (files_of_hunk(hunk), Entry::Block(hunk, lines)),
                // It is in the entry of the first line of its block.
                None => continue,
            },
        };
        let of_files = entries.entry(files).or_insert_with(|| {
            order.push(files);
            Vec::new()
        });
        of_files.push(entry);
    }
    let files = order.into_iter().filter_map(|files| {
        let entries = entries.remove(&files)?;
        Some(FileLines { files, entries })
    });
    files.collect()
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
