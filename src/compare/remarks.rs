//! What the compiler says of the lines after that it did not say before, and the other way
//! round.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{RemarkChange, SaidOfLine};
use crate::align::{AlignedFile, AlignedLine};
use crate::pair::{Pair, Side};
use crate::recording::{ForeignText, Recording, Remark};
use crate::source::LineNumber;
use crate::symbols::demangled;

/// Remarks by the line that they are about.
type ByLine<'r> = BTreeMap<(&'r str, LineNumber), Vec<&'r Remark>>;

/// The lines and blocks of which the compiler says something else, in the order of the files
/// and of the lines after. None where it was not asked about one of the versions.
pub(super) fn changes(sides: &Pair<&Recording>, alignments: &[AlignedFile]) -> Vec<RemarkChange> {
    let said = sides.map(|recording| recording.remarks.as_deref());
    let (Some(before), Some(after)) = (said.before, said.after) else {
        return Vec::new();
    };
    let said = Pair::new(by_line(before), by_line(after));
    let changed = alignments.iter().flat_map(|aligned| {
        let file = aligned.file.as_ref().map(|path| path.as_deref());
        match (file.before, file.after) {
            (Some(before), Some(after)) => of_file(&said, Pair::new(before, after), aligned),
            // There is nothing to compare it with.
            _ => Vec::new(),
        }
    });
    changed.collect()
}

fn by_line(remarks: &[Remark]) -> ByLine<'_> {
    let mut lines = ByLine::new();
    for remark in remarks {
        let line = (remark.file.as_str(), remark.line);
        lines.entry(line).or_default().push(remark);
    }
    lines
}

fn of_file(said: &Pair<ByLine<'_>>, file: Pair<&str>, aligned: &AlignedFile) -> Vec<RemarkChange> {
    // What is looked at as one: a block that was edited, or a line with its counterpart.
    let mut units: Vec<Vec<&AlignedLine>> = Vec::new();
    let mut blocks: BTreeMap<usize, usize> = BTreeMap::new();
    for line in &aligned.alignment.lines {
        match line.hunk {
            Some(block) => {
                let place = *blocks.entry(block).or_insert(units.len());
                if place == units.len() {
                    units.push(Vec::new());
                }
                units[place].push(line);
            }
            None => units.push(vec![line]),
        }
    }
    let changes = units.iter().filter_map(|lines| {
        let of = |side: Side| {
            let numbers = lines.iter().filter_map(|line| *line.at.side(side));
            let path = *file.side(side);
            numbers
                .map(|line| {
                    let remarks = said.side(side).get(&(path, line));
                    (line, remarks.map_or(&[][..], Vec::as_slice))
                })
                .collect::<Vec<_>>()
        };
        change(file, &Pair::new(of(Side::Before), of(Side::After)))
    });
    changes.collect()
}

/// Lines of one side, each with what is said of it.
type SaidOfLines<'r> = Vec<(LineNumber, &'r [&'r Remark])>;

/// What is said of both sides; `None` where that is the same.
fn change(file: Pair<&str>, said: &Pair<SaidOfLines<'_>>) -> Option<RemarkChange> {
    let of = |side| said.side(side).iter().flat_map(|(_, remarks)| *remarks);
    let keys = |side| of(side).map(|it| key(&it.text)).collect::<BTreeSet<_>>();
    if keys(Side::Before) == keys(Side::After) {
        return None;
    }
    let side = |side| {
        let remarks: Vec<Remark> = of(side).map(|&it| it.clone()).collect();
        let first_line = said.side(side).first().map(|&(line, _)| line);
        SaidOfLine {
            file: (*file.side(side)).to_owned(),
            line: remarks.first().map(|it| it.line).or(first_line),
            remarks,
        }
    };
    Some(RemarkChange {
        before: side(Side::Before),
        after: side(Side::After),
    })
}

/// A remark without what other edits change: the numbers of functions in the names that
/// the compiler gives them, and what it reckons that something would cost.
fn key(text: &ForeignText) -> String {
    let text = text.as_written();
    let parts = text.split('\'').enumerate();
    let readable: String = parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                demangled(part)
            } else {
                part.to_owned()
            }
        })
        .collect();
    RECKONED.replace_all(&readable, "$1").into_owned()
}

/// What LLVM reckons that something costs, and where that would be too much.
static RECKONED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"((?:cost|threshold)[= ]|tree size )-?\d+").expect("a pattern"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::align_files;
    use crate::recording::fixture;

    const REFUSED: &str = "loop not vectorized: no";
    const VECTORIZED: &str = "vectorized loop (vectorization width: 8, interleaved count: 4)";

    fn recording(text: &str, remarks: &[(u32, &str)]) -> Recording {
        let remark = |&(line, text): &(u32, &str)| Remark {
            file: "a.py".to_owned(),
            line: LineNumber::new(line).unwrap(),
            text: text.into(),
            because_of: None,
        };
        let mut recording = fixture::recording("a.py", "a.py");
        recording.sources = vec![fixture::source("a.py", text.to_owned())];
        recording.remarks = Some(remarks.iter().map(remark).collect());
        recording
    }

    /// The lines and texts of what changed, each as `line: texts => line: texts`.
    fn changed(before: &Recording, after: &Recording) -> Vec<String> {
        let sources = Pair::new(&*before.sources, &*after.sources);
        let alignments = align_files(sources, Pair::new(Some("a.py"), Some("a.py")));
        let shown = |side: &SaidOfLine| {
            let texts = side.remarks.iter().map(|it| it.text.as_written());
            let line = side.line.map_or_else(String::new, |line| line.to_string());
            format!("{line}: {}", texts.collect::<Vec<_>>().join("; "))
        };
        let changes = changes(&Pair::new(before, after), &alignments);
        let shown = changes
            .iter()
            .map(|it| format!("{} => {}", shown(&it.before), shown(&it.after)));
        shown.collect()
    }

    const TEXT: &str = "one\ntwo\nthree\nfour\nfive\n";

    #[test]
    fn a_line_of_which_something_else_is_said() {
        let before = recording(TEXT, &[(2, REFUSED), (4, REFUSED)]);
        let after = recording(TEXT, &[(2, VECTORIZED), (4, REFUSED)]);
        let expected = format!("2: {REFUSED} => 2: {VECTORIZED}");
        assert_eq!(changed(&before, &after), [expected]);
        assert_eq!(changed(&before, &before), [""; 0]);
    }

    /// Of a block that has two loops, both are said.
    #[test]
    fn an_edited_block_is_one() {
        let before = recording("one\ntwo\nthree\nfour\n", &[(2, REFUSED), (3, REFUSED)]);
        let after = recording("one\n2\n3\nfour\n", &[(2, REFUSED), (3, VECTORIZED)]);
        let expected = format!("2: {REFUSED}; {REFUSED} => 2: {REFUSED}; {VECTORIZED}");
        assert_eq!(changed(&before, &after), [expected]);
    }

    #[test]
    fn lines_that_moved_are_compared_with_themselves() {
        let before = recording(TEXT, &[(2, REFUSED)]);
        let after = recording(&format!("zero\nand a half\n{TEXT}"), &[(4, REFUSED)]);
        assert_eq!(changed(&before, &after), [""; 0]);
    }

    #[test]
    fn what_other_edits_change_is_no_difference() {
        let of = |version: u32, cost: u32| {
            let text = format!(
                "'_ZN8__main__1gB2v{version}Exd' not inlined into 'f' because too costly \
                 (cost={cost}, threshold=225)"
            );
            recording(TEXT, &[(2, &*text)])
        };
        assert_eq!(changed(&of(1, 305), &of(2, 310)), [""; 0]);
    }

    #[test]
    fn a_version_of_which_nothing_was_asked_is_not_compared() {
        let before = recording(TEXT, &[(2, REFUSED)]);
        let mut after = recording(TEXT, &[]);
        assert_eq!(changed(&before, &after), [format!("2: {REFUSED} => 2: ")]);
        after.remarks = None;
        assert_eq!(changed(&before, &after), [""; 0]);
    }
}
