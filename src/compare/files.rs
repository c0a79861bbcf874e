//! The files that are shown, and which of their lines are which.

use std::collections::HashMap;

use super::{FileComparison, LineKind, Stretch};
use crate::align::{AlignedFile, AlignedLine};
use crate::pair::{Pair, Side};
use crate::recording::{Recording, Source};
use crate::source::LineNumber;

/// The files that a reader may have changed, or had changed for him.
pub(super) fn files(sides: &Pair<&Recording>, alignments: &[AlignedFile]) -> Vec<FileComparison> {
    let sources = sides.map(|recording| {
        let mut sources: HashMap<&str, &Source> = HashMap::new();
        for source in &recording.sources {
            sources.entry(&source.path).or_insert(source);
        }
        sources
    });
    let source = |side, path: Option<&str>| sources.side(side).get(path?).copied();
    let is_own = |aligned: &AlignedFile| {
        let path = aligned.file.as_ref().map(Option::as_deref);
        let before = source(Side::Before, path.before);
        let after = source(Side::After, path.after);
        before.is_some_and(|it| it.user) || after.is_some_and(|it| it.user)
    };
    let files = alignments.iter();
    let files = files.filter(|it| !it.alignment.hunks.is_empty() || is_own(it));
    let text = |side, path: Option<&str>| source(side, path).map(|source| source.text.clone());
    let files = files.map(|aligned| {
        let path = aligned.file.as_ref().map(Option::as_deref);
        // Of a library that one side alone has reached nobody reads all.
        let is_shown = is_own(aligned) || path.before.is_some() && path.after.is_some();
        let (text, stretches) = if is_shown {
            let text = Pair::new(
                text(Side::Before, path.before),
                text(Side::After, path.after),
            );
            (text, stretches(&aligned.alignment.lines))
        } else {
            Default::default()
        };
        FileComparison {
            file: aligned.file.clone(),
            renames: aligned.alignment.renames.clone(),
            text,
            stretches,
        }
    });
    files.collect()
}

/// Lines that follow each other and of which the same became, as one.
fn stretches(lines: &[AlignedLine]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for line in lines {
        let kind = LineKind::from(line.change);
        match stretches.last_mut() {
            Some(last) if last.kind == kind && last.ends_before(line.at) => last.lines += 1,
            _ => stretches.push(Stretch {
                kind,
                first: line.at,
                lines: 1,
            }),
        }
    }
    stretches
}

impl Stretch {
    /// Whether this line is the next of its lines, on the sides where it has any.
    fn ends_before(&self, at: Pair<Option<LineNumber>>) -> bool {
        let follows = |first: Option<LineNumber>, line: Option<LineNumber>| match (first, line) {
            (Some(first), Some(line)) => first.get().checked_add(self.lines) == Some(line.get()),
            (None, None) => true,
            _ => false,
        };
        follows(self.first.before, at.before) && follows(self.first.after, at.after)
    }
}
