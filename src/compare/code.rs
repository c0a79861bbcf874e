//! What became of the machine code of lines and blocks.

use std::collections::BTreeMap;

use super::{CodeChange, HunkComparison, LineComparison};
use crate::instructions::{LineCode, of_lines};
use crate::pair::{Pair, Side};
use crate::recording::{MachineCode, Recording};
use crate::source::LineNumber;
use crate::symbols::demangled;

/// The code of each line that functions have which are sampled in both versions. What a
/// function became in one version only says nothing of its lines.
pub(super) struct Code<'r> {
    lines: Pair<BTreeMap<(&'r str, LineNumber), LineCode>>,
}

impl<'r> Code<'r> {
    pub(super) fn of(sides: &Pair<&'r Recording>) -> Self {
        let functions = sides.map(|recording| by_name(&recording.code));
        // Of what was compiled more than once, all have to be there on both sides: for the same
        // types, and as many times.
        let is_common = |name: &String| {
            let counts = functions.as_ref().map(|it| it.get(name).map(Vec::len));
            counts.before == counts.after
        };
        let lines = functions.as_ref().map(|functions| {
            let functions = functions.iter().filter(|(name, _)| is_common(name));
            of_lines(functions.flat_map(|(_, functions)| functions.iter().copied()))
        });
        let (Some(before), Some(after)) = (lines.before, lines.after) else {
            return Self {
                lines: Pair::new(BTreeMap::new(), BTreeMap::new()),
            };
        };
        Self {
            lines: Pair::new(before, after),
        }
    }

    /// Says of each line that is on both sides what became of its code.
    pub(super) fn note_lines(&self, lines: &mut [LineComparison]) {
        for line in lines {
            let places = Pair::new(line.before.as_ref(), line.after.as_ref());
            let code = places.map(|at| at.map(|at| (at.file.as_str(), at.line)));
            let before = code.before.and_then(|place| self.lines.before.get(&place));
            let after = code.after.and_then(|place| self.lines.after.get(&place));
            if let (Some(before), Some(after)) = (before, after) {
                line.code = Some(change(before, after));
            }
        }
    }

    /// Says of each edited block that has code on both sides what became of it.
    pub(super) fn note_hunks(&self, hunks: &mut [HunkComparison]) {
        for hunk in hunks {
            let before = self.block(Side::Before, &hunk.file.before, &hunk.before_lines);
            let after = self.block(Side::After, &hunk.file.after, &hunk.after_lines);
            if let (Some(before), Some(after)) = (before, after) {
                hunk.code = Some(change(&before, &after));
            }
        }
    }

    /// The code of a block; `None` where it has none.
    fn block(&self, side: Side, file: &str, lines: &[LineNumber]) -> Option<LineCode> {
        let code = lines
            .iter()
            .filter_map(|&line| self.lines.side(side).get(&(file, line)));
        code.fold(None, |all: Option<LineCode>, line| {
            let mut all = all.unwrap_or_default();
            all.add(line);
            Some(all)
        })
    }
}

/// Functions by their readable names, without those that are there twice.
fn by_name(code: &[MachineCode]) -> BTreeMap<String, Vec<&MachineCode>> {
    let mut functions: BTreeMap<String, Vec<&MachineCode>> = BTreeMap::new();
    for function in code {
        let same_name = functions.entry(demangled(&function.function)).or_default();
        if same_name.iter().all(|it| !it.is_same_as(function)) {
            same_name.push(function);
        }
    }
    functions
}

fn change(before: &LineCode, after: &LineCode) -> CodeChange {
    CodeChange {
        is_same: before.is_same_as(after),
        before: before.summary.clone(),
        after: after.summary.clone(),
    }
}
