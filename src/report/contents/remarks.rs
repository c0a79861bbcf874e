//! What the compiler says otherwise of the version after.

use std::collections::BTreeSet;

use crate::compare::{Comparison, RemarkChange, SaidOfLine};
use crate::recording::Remark;
use crate::report::symbol;
use crate::text::{Number, Text};

/// Changes that are named; comparisons as JSON have all of them.
const MOST_CHANGES: usize = 5;

/// Remarks of one version that are named.
const MOST_REMARKS: usize = 10;

/// Remarks of one side that are named.
const MOST_OF_A_SIDE: usize = 4;

/// What is said before the changes.
pub(in crate::report) const HEADING: &str = "The compiler now says something else about:";

/// The loops and calls of which the compiler says something else, a line each.
pub(in crate::report) fn sentences(comparison: &Comparison) -> Vec<Text> {
    let changes = &comparison.remarks;
    let all = |side: fn(&RemarkChange) -> &SaidOfLine| -> BTreeSet<String> {
        changes.iter().flat_map(|it| noted(side(it))).collect()
    };
    // Where a loop begins, LLVM says differently from time to time: what it says of one line no
    // more and of another one now is most likely about the same loop.
    let (before, after) = (all(|it| &it.before), all(|it| &it.after));
    let is_new = |side: &SaidOfLine| {
        let noted = noted(side);
        noted
            .iter()
            .any(|it| before.contains(it) != after.contains(it))
    };
    let changes = changes
        .iter()
        .filter(|it| is_new(&it.before) || is_new(&it.after));
    first(MOST_CHANGES, changes.filter_map(sentence))
}

/// What the compiler says of the loops and calls of one version, a line each.
pub(in crate::report) fn of_profile(remarks: &[Remark]) -> Vec<Text> {
    // Numba's own, of parallel loops, are few.
    let (of_numba, of_llvm): (Vec<_>, Vec<_>) = remarks.iter().partition(|it| is_of_numba(it));
    let lines = of_numba.into_iter().chain(of_llvm).filter_map(|remark| {
        let place = Text::foreign(&remark.file) + ":" + Number::new(remark.line);
        Some(place + ": " + words(remark)?)
    });
    first(MOST_REMARKS, lines)
}

/// Whether Numba says it, of a parallel loop or what is in one.
fn is_of_numba(remark: &Remark) -> bool {
    let text = remark.text.as_written();
    let begins = ["parallel loop ", "loop run ", "allocation "];
    begins.iter().any(|begin| text.starts_with(begin))
}

/// The first of some lines, and how many more there are.
fn first(most: usize, lines: impl Iterator<Item = Text>) -> Vec<Text> {
    let mut lines: Vec<Text> = lines.collect();
    let more = lines.len().saturating_sub(most);
    lines.truncate(most);
    let rest = (more > 0).then(|| Text::from("and ") + Number::new(more) + " more, in JSON");
    lines.into_iter().chain(rest).collect()
}

/// `a.py:9 → b.py:9: not vectorized (…) → vectorized, 8 at once`; `None` where what matters of it
/// is the same.
fn sentence(change: &RemarkChange) -> Option<Text> {
    let [before, after] = [&change.before, &change.after].map(noted);
    if before == after {
        return None;
    }
    let [before, after] = [&change.before, &change.after].map(said);
    let place = |side: &SaidOfLine| {
        let line = side.line?;
        Some(Text::foreign(&side.file) + ":" + Number::new(line))
    };
    let place = match (place(&change.before), place(&change.after)) {
        (Some(before), Some(after)) => before + " → " + after,
        (Some(before), None) => before + " (gone)",
        (None, Some(after)) => after + " (new)",
        (None, None) => return None,
    };
    let nothing = || Text::from("nothing said");
    Some(place + ": " + before.unwrap_or_else(nothing) + " → " + after.unwrap_or_else(nothing))
}

/// What matters of what is said of one side, wherever the reasons are.
fn noted(side: &SaidOfLine) -> BTreeSet<String> {
    let remarks = side.remarks.iter().map(|remark| Remark {
        because_of: None,
        ..remark.clone()
    });
    remarks.filter_map(|it| Some(words(&it)?.plain())).collect()
}

/// What matters of what is said of one side, each once.
fn said(side: &SaidOfLine) -> Option<Text> {
    let mut remarks: Vec<Text> = Vec::new();
    for words in side.remarks.iter().filter_map(words) {
        if remarks.iter().all(|it| it.plain() != words.plain()) {
            remarks.push(words);
        }
        // Of a long block, nobody reads all.
        if remarks.len() == MOST_OF_A_SIDE {
            break;
        }
    }
    (!remarks.is_empty()).then(|| Text::join(remarks, "; "))
}

/// What remarks of other kinds begin with. They hardly matter by themselves: how far a loop was
/// unrolled, and what was not moved out of it.
const OF_LITTLE_NOTE: [&str; 8] = [
    "unrolled loop",
    "completely unrolled loop",
    "peeled loop",
    "unroll",
    "failed to hoist",
    "failed to move",
    "the cost-model indicates that interleaving",
    "floating point conversion",
];

/// A remark in short; `None` where it hardly matters by itself.
fn words(remark: &Remark) -> Option<Text> {
    let text = remark.text.as_written().trim_start();
    if let Some(reason) = text.strip_prefix("loop not vectorized: ") {
        let because_of = remark.because_of;
        let at = because_of.map(|line| Text::from(", line ") + Number::new(line));
        let reason = Text::foreign(reason) + at.unwrap_or_default();
        return Some(Text::from("not vectorized (") + reason + ")");
    }
    if text.starts_with("the cost-model indicates that vectorization is not beneficial") {
        return Some("not vectorized (not worth it, as LLVM reckons)".into());
    }
    if let Some((width, interleaved)) = vectorized(text) {
        let times = match interleaved {
            0 | 1 => Text::new(),
            count => Text::from(", interleaved ") + Number::new(count) + "×",
        };
        return Some(Text::from("vectorized, ") + Number::new(width) + " at once" + times);
    }
    if is_of_numba(remark) {
        let at = remark.because_of;
        let at = at.map(|line| Text::from(", line ") + Number::new(line));
        return Some(Text::foreign(text) + at.unwrap_or_default());
    }
    let is_noted = OF_LITTLE_NOTE.iter().all(|begin| !text.starts_with(begin));
    is_noted.then(|| with_readable_names(text))
}

/// How many values are worked on at once, and how many such steps are interleaved, of
/// `vectorized loop (vectorization width: 8, interleaved count: 4)`.
fn vectorized(text: &str) -> Option<(u32, u32)> {
    let counts = text.strip_prefix("vectorized loop (vectorization width: ")?;
    let (width, interleaved) = counts.split_once(", interleaved count: ")?;
    let interleaved = interleaved.strip_suffix(')')?;
    Some((width.parse().ok()?, interleaved.parse().ok()?))
}

/// The text with compiled functions, which are between quotes, by Python's names.
fn with_readable_names(text: &str) -> Text {
    let parts = text.split('\'').enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            Text::from("`") + symbol::readable(part) + "`"
        } else {
            Text::foreign(part)
        }
    });
    parts.reduce(|text, part| text + part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::LineNumber;

    fn remark(text: &str, because_of: Option<u32>) -> Remark {
        Remark {
            file: "k.py".to_owned(),
            line: LineNumber::new(9).unwrap(),
            text: text.into(),
            because_of: because_of.and_then(LineNumber::new),
        }
    }

    #[track_caller]
    fn check(text: &str, because_of: Option<u32>, expected: Option<&str>) {
        let shown = words(&remark(text, because_of)).map(|it| it.plain());
        assert_eq!(shown.as_deref(), expected);
    }

    #[test]
    fn remarks_in_short() {
        check(
            "loop not vectorized: cannot prove it is safe",
            Some(10),
            Some("not vectorized (cannot prove it is safe, line 10)"),
        );
        check(
            "vectorized loop (vectorization width: 8, interleaved count: 4)",
            None,
            Some("vectorized, 8 at once, interleaved 4×"),
        );
        check(
            "vectorized loop (vectorization width: 2, interleaved count: 1)",
            None,
            Some("vectorized, 2 at once"),
        );
        check(
            "'_ZN8__main__1gB2v1Exd' not inlined into '_ZN8__main__1fB2v1Exd' because too costly",
            None,
            Some(
                "`g(long long, double)` not inlined into `f(long long, double)` because too costly",
            ),
        );
        check(
            "parallel loop fused with another one",
            Some(8),
            Some("parallel loop fused with another one, line 8"),
        );
        check(
            "unrolled loop by a factor of 8 with run-time trip count",
            None,
            None,
        );
    }

    /// What LLVM says of a loop that it could vectorize, and would not.
    #[test]
    fn loops_that_are_not_worth_it() {
        check(
            "the cost-model indicates that vectorization is not beneficial",
            None,
            Some("not vectorized (not worth it, as LLVM reckons)"),
        );
        check(
            "the cost-model indicates that interleaving is not beneficial",
            None,
            None,
        );
        check(
            "interleaved loop (interleaved count: 4)",
            None,
            Some("interleaved loop (interleaved count: 4)"),
        );
    }

    /// The same loop, which LLVM takes to begin at another line.
    #[test]
    fn what_is_said_of_another_line_is_no_change() {
        let mut comparison = crate::report::fixture::gated();
        let side = |line, text: Option<&str>| SaidOfLine {
            file: "k.py".to_owned(),
            line: LineNumber::new(line),
            remarks: text.map(|text| remark(text, None)).into_iter().collect(),
        };
        let refused = Some("loop not vectorized: no");
        let vectorized = Some("vectorized loop (vectorization width: 8, interleaved count: 1)");
        let change = |before, after| RemarkChange { before, after };
        comparison.remarks = vec![
            change(side(3, refused), side(3, None)),
            change(side(5, None), side(6, refused)),
        ];
        assert!(sentences(&comparison).is_empty());
        comparison.remarks[1].after = side(6, vectorized);
        assert_eq!(sentences(&comparison).len(), 2);
    }

    #[test]
    fn of_what_is_said_of_one_side_alone_it_is_said() {
        let side = |line: u32, remarks: &[&str]| SaidOfLine {
            file: "k.py".to_owned(),
            line: LineNumber::new(line),
            remarks: remarks.iter().map(|text| remark(text, None)).collect(),
        };
        let shown = |before, after| sentence(&RemarkChange { before, after }).map(|it| it.plain());
        let vectorized = "vectorized loop (vectorization width: 8, interleaved count: 1)";
        assert_eq!(
            shown(side(9, &[]), side(11, &[vectorized])).unwrap(),
            "k.py:9 → k.py:11: nothing said → vectorized, 8 at once"
        );
        assert_eq!(
            shown(side(9, &[vectorized]), side(0, &[])).unwrap(),
            "k.py:9 (gone): vectorized, 8 at once → nothing said"
        );
        assert_eq!(
            shown(side(9, &["unrolled loop by a factor of 8"]), side(9, &[])),
            None
        );
    }
}
