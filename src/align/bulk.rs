//! Texts so long that their lines are not searched for: what they begin and end with alike
//! is unchanged, and what is between is one block.

use super::{AlignedLine, Alignment, Change, Hunk};
use crate::pair::Pair;
use crate::source::{LineNumber, lines};

/// Lines of one side beyond which nobody wrote them, and no time is spent on them: pairing
/// takes some seconds for as many.
const MOST_LINES: usize = 200_000;

/// The alignment of two texts of which one is so long; `None` of others.
pub(super) fn align(texts: Pair<&str>) -> Option<Alignment> {
    // A line takes a byte at least.
    if texts.before.len().max(texts.after.len()) <= MOST_LINES {
        return None;
    }
    let texts: Pair<Vec<&str>> = texts.map(|text| lines(text).collect());
    let counts = texts.as_ref().map(Vec::len);
    (counts.before.max(counts.after) > MOST_LINES).then(|| by_ends(&texts))
}

fn by_ends(texts: &Pair<Vec<&str>>) -> Alignment {
    let counts = texts.as_ref().map(Vec::len);
    let both = texts.before.iter().zip(&texts.after);
    let start = both.take_while(|(before, after)| before == after).count();
    let rest = counts.before.min(counts.after) - start;
    let both = texts.before.iter().rev().zip(texts.after.iter().rev());
    let same = both
        .take(rest)
        .take_while(|(before, after)| before == after);
    let end = same.count();
    let edited = counts.map(|count| start..count - end);
    let change = match (edited.before.is_empty(), edited.after.is_empty()) {
        (true, _) => Change::Added,
        (_, true) => Change::Removed,
        _ => Change::Changed,
    };
    let line = |change, before: Option<usize>, after: Option<usize>, hunk| AlignedLine {
        change,
        at: Pair::new(before, after).map(|index| index.map(LineNumber::from_index)),
        hunk,
    };
    let unchanged = |before, after| line(Change::Unchanged, Some(before), Some(after), None);
    let ends = counts.map(|count| count - end..count);
    let mut aligned: Vec<AlignedLine> = (0..start).map(|index| unchanged(index, index)).collect();
    let before = edited.before.clone();
    aligned.extend(before.map(|index| line(change, Some(index), None, Some(0))));
    let after = edited.after.clone();
    aligned.extend(after.map(|index| line(change, None, Some(index), Some(0))));
    let ends = ends.before.zip(ends.after);
    aligned.extend(ends.map(|(before, after)| unchanged(before, after)));
    let is_rough = counts.before > 0 && counts.after > 0;
    let numbers = edited.map(|lines| lines.map(LineNumber::from_index).collect::<Vec<_>>());
    let is_edited = !(numbers.before.is_empty() && numbers.after.is_empty());
    Alignment {
        lines: aligned,
        hunks: is_edited
            .then_some(Hunk { lines: numbers })
            .into_iter()
            .collect(),
        renames: Vec::new(),
        is_rough,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ends_of_a_very_long_text_are_paired() {
        let long = |middle: &str| {
            let many = "x = 1\n".repeat(MOST_LINES / 2);
            format!("{many}{middle}{many}z = 1\n")
        };
        let (before, after) = (long("a\nb\n"), long("c\n"));
        let alignment = super::super::align(&before, &after);
        assert!(alignment.is_rough);
        assert_eq!(alignment.lines.len(), MOST_LINES + 1 + 3);
        let count = |change| {
            alignment
                .lines
                .iter()
                .filter(|it| it.change == change)
                .count()
        };
        assert_eq!(count(Change::Unchanged), MOST_LINES + 1);
        assert_eq!(count(Change::Changed), 3);
        let lines = alignment.hunks[0].lines.as_ref().map(Vec::len);
        assert_eq!(lines, Pair::new(2, 1));
        let added = super::super::align("", &after);
        assert!(!added.is_rough && added.lines.iter().all(|it| it.change == Change::Added));
        let short = Pair::new("x = 1\n", "x = 2\n");
        assert_eq!(align(short), None);
    }

    #[test]
    fn what_begins_and_ends_alike_is_paired_once() {
        let texts = Pair::new(vec!["a", "a"], vec!["a", "a", "a"]);
        let changes: Vec<Change> = by_ends(&texts).lines.iter().map(|it| it.change).collect();
        let expected = [Change::Unchanged, Change::Unchanged, Change::Added];
        assert_eq!(changes, expected);
    }
}
