//! What the compiler says of the lines after that it did not say before, and the other way
//! round.

use std::collections::{BTreeMap, HashSet};

use super::{RemarkChange, SaidOfLine};
use crate::align::{AlignedFile, AlignedLine};
use crate::pair::{Pair, Side};
use crate::recording::{ForeignText, Recording, Remark};
use crate::source::LineNumber;

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

/// What is said of one side and not of the other; `None` where that is nothing.
fn change(file: Pair<&str>, said: &Pair<SaidOfLines<'_>>) -> Option<RemarkChange> {
    let side = |this: Side, other: Side| {
        let of = |side| said.side(side).iter().flat_map(|(_, remarks)| *remarks);
        let others: HashSet<&ForeignText> = of(other).map(|it| &it.text).collect();
        let remarks: Vec<Remark> = of(this)
            .filter(|it| !others.contains(&it.text))
            .map(|&it| it.clone())
            .collect();
        let first_line = said.side(this).first().map(|&(line, _)| line);
        SaidOfLine {
            file: (*file.side(this)).to_owned(),
            line: remarks.first().map(|it| it.line).or(first_line),
            remarks,
        }
    };
    let sides = Pair::new(
        side(Side::Before, Side::After),
        side(Side::After, Side::Before),
    );
    let is_change = !sides.before.remarks.is_empty() || !sides.after.remarks.is_empty();
    is_change.then_some(RemarkChange {
        before: sides.before,
        after: sides.after,
    })
}
