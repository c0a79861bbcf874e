//! What holds of any two texts.

use proptest::prelude::*;

use super::*;

/// Texts of a few words in a few lines, so that duplicates, moves and edits are
/// frequent, with the line ends and the blank and trivial lines of real files.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => "( {0,2})[a-d] = [a-c](\\([xy]\\))?",
        1 => Just(String::new()),
        1 => "( {0,2})(else:|pass|\\))",
    ];
    (
        prop::collection::vec(line, 0..24),
        prop_oneof![Just("\n"), Just("\r\n")],
        any::<bool>(),
    )
        .prop_map(|(lines, line_end, ends)| {
            let mut text = lines.join(line_end);
            if ends {
                text.push_str(line_end);
            }
            text
        })
}

/// A text and an edit of it: lines dropped, doubled, changed, and one block cut
/// out and put in elsewhere.
fn edited() -> impl Strategy<Value = (String, String)> {
    let edits = prop::collection::vec(0..10_u8, 24);
    (text(), edits, 0..24_usize, 0..24_usize, 0..24_usize).prop_map(
        |(before, edits, from, len, to)| {
            let mut lines: Vec<String> = crate::source::lines(&before)
                .zip(edits)
                .flat_map(|(line, edit)| match edit {
                    0 => vec![],
                    1 => vec![line.to_owned(), line.to_owned()],
                    2 => vec![format!("{line} + 1")],
                    _ => vec![line.to_owned()],
                })
                .collect();
            let from = from.min(lines.len());
            let block: Vec<String> = lines.drain(from..(from + len).min(lines.len())).collect();
            let to = to.min(lines.len());
            lines.splice(to..to, block);
            (before, lines.join("\n"))
        },
    )
}

fn two_texts() -> impl Strategy<Value = (String, String)> {
    prop_oneof![(text(), text()), edited()]
}

fn line_numbers(text: &str) -> Vec<LineNumber> {
    let count = crate::source::lines(text).count();
    (0..count).map(LineNumber::from_index).collect()
}

fn trimmed(text: &str) -> Vec<&str> {
    crate::source::lines(text).map(str::trim).collect()
}

/// The lines and hunks without the order of reading.
fn unordered(alignment: &Alignment) -> (Vec<AlignedLine>, Vec<Hunk>) {
    let mut lines: Vec<AlignedLine> = alignment
        .lines
        .iter()
        .map(|&line| AlignedLine { hunk: None, ..line })
        .collect();
    lines.sort_by_key(|line| (line.at.before, line.at.after));
    let mut hunks = alignment.hunks.clone();
    hunks.sort_by_key(|hunk| (hunk.lines.before.clone(), hunk.lines.after.clone()));
    (lines, hunks)
}

fn is_identity(alignment: &Alignment) -> bool {
    alignment
        .lines
        .iter()
        .all(|line| line.change == Change::Unchanged && line.at.before == line.at.after)
}

fn mirrored_change(change: Change) -> Change {
    match change {
        Change::Added => Change::Removed,
        Change::Removed => Change::Added,
        change => change,
    }
}

fn mirrored_alignment(alignment: &Alignment) -> Alignment {
    Alignment {
        lines: alignment
            .lines
            .iter()
            .map(|line| AlignedLine {
                change: mirrored_change(line.change),
                at: mirrored(line.at),
                hunk: line.hunk,
            })
            .collect(),
        hunks: alignment
            .hunks
            .iter()
            .map(|hunk| Hunk {
                lines: mirrored(hunk.lines.clone()),
            })
            .collect(),
        renames: alignment
            .renames
            .iter()
            .cloned()
            .map(Rename::mirrored)
            .collect(),
        is_rough: alignment.is_rough,
    }
}

/// A line of the before version with the new names; all are single letters, and none of
/// them is in a function.
fn with_new_names(line: &str, renames: &[Rename]) -> String {
    let new_name = |name: char| {
        let mut renames = renames.iter().map(|it| it.names.as_ref());
        let rename = renames.find(|it| *it.before == name.to_string());
        rename.map_or_else(|| name.to_string(), |rename| rename.after.clone())
    };
    line.chars().map(new_name).collect()
}

/// The after version, from the before version, the alignment and the text of the
/// lines that are new.
fn replay(alignment: &Alignment, before: &str, after: &str) -> Vec<String> {
    let (before, after) = (trimmed(before), trimmed(after));
    let lines = alignment
        .lines
        .iter()
        .filter(|line| line.at.after.is_some());
    lines
        .map(|line| match (line.change, line.at.before, line.at.after) {
            (Change::Unchanged | Change::Moved, Some(at), _) => {
                with_new_names(before[at.index()], &alignment.renames)
            }
            (_, _, Some(at)) => after[at.index()].to_owned(),
            _ => unreachable!("lines without a place after are left out"),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn total_and_disjoint((before, after) in two_texts()) {
        let alignment = align(&before, &after);
        let lines = alignment.lines.iter();
        let mut of_before: Vec<_> = lines.clone().filter_map(|line| line.at.before).collect();
        let of_after: Vec<_> = lines.filter_map(|line| line.at.after).collect();
        of_before.sort_unstable();
        prop_assert_eq!(of_before, line_numbers(&before));
        // The reading is in the order of the after version.
        prop_assert_eq!(of_after, line_numbers(&after));
    }

    #[test]
    fn lines_and_hunks_agree((before, after) in two_texts()) {
        let alignment = align(&before, &after);
        let mut hunks: Vec<Hunk> = vec![Hunk { lines: Pair::default() }; alignment.hunks.len()];
        let mut latest = None;
        for line in &alignment.lines {
            let is_edit = matches!(line.change, Change::Changed | Change::Added | Change::Removed);
            prop_assert_eq!(line.hunk.is_some(), is_edit);
            if let Some(hunk) = line.hunk {
                hunks[hunk].lines.before.extend(line.at.before);
                hunks[hunk].lines.after.extend(line.at.after);
                prop_assert!(Some(hunk) <= latest.map_or(Some(0), |latest: usize| Some(latest + 1)));
                latest = latest.max(Some(hunk));
            }
        }
        prop_assert_eq!(&hunks, &alignment.hunks);
        for line in alignment.lines.iter().filter(|line| line.hunk.is_some()) {
            let hunk = &hunks[line.hunk.unwrap()].lines;
            let change = match (hunk.before.is_empty(), hunk.after.is_empty()) {
                (false, false) => Change::Changed,
                (false, true) => Change::Removed,
                (true, _) => Change::Added,
            };
            prop_assert_eq!(line.change, change);
        }
    }

    #[test]
    fn what_is_unchanged_is_equal_and_in_order((before, after) in two_texts()) {
        let alignment = align(&before, &after);
        let (before, after) = (trimmed(&before), trimmed(&after));
        let mut latest = None;
        for line in &alignment.lines {
            let (Some(at_before), Some(at_after)) = (line.at.before, line.at.after) else {
                continue;
            };
            if matches!(line.change, Change::Unchanged | Change::Moved) {
                let renamed = with_new_names(before[at_before.index()], &alignment.renames);
                prop_assert_eq!(renamed, after[at_after.index()]);
            }
            if line.change == Change::Unchanged {
                prop_assert!(latest < Some(at_before));
                latest = Some(at_before);
            }
        }
    }

    #[test]
    fn a_rename_leaves_no_line_edited(
        lines in prop::collection::vec("[a-d] = [a-c](\\([xy]\\))?", 0..24),
        to in "[e-h]",
    ) {
        let text = lines.join("\n");
        // A name that is only ever read may be anything's.
        prop_assume!(text.contains("a = "));
        let alignment = align(&text, &text.replace('a', &to));
        prop_assert!(alignment.hunks.is_empty());
        let names = Pair::new("a".to_owned(), to);
        prop_assert_eq!(&alignment.renames, &[Rename { names, function: None }]);
    }

    #[test]
    fn a_text_is_unchanged_against_itself(text in text()) {
        let alignment = align(&text, &text);
        prop_assert!(alignment.hunks.is_empty());
        prop_assert!(is_identity(&alignment));
    }

    #[test]
    fn indentation_and_line_ends_do_not_matter(text in text()) {
        let lines = crate::source::lines(&text);
        let indented: String = lines.flat_map(|line| ["\t", line, " \r"]).collect();
        let alignment = align(&text, &indented);
        prop_assert!(is_identity(&alignment));
    }

    #[test]
    fn swapping_the_sides_mirrors((before, after) in two_texts()) {
        let forth = mirrored_alignment(&align(&before, &after));
        let back = align(&after, &before);
        prop_assert_eq!(unordered(&forth), unordered(&back));
    }

    #[test]
    fn replaying_rebuilds_the_after_version((before, after) in two_texts()) {
        let alignment = align(&before, &after);
        prop_assert_eq!(replay(&alignment, &before, &after), trimmed(&after));
    }

    #[test]
    fn no_substantial_line_is_both_removed_and_added((before, after) in two_texts()) {
        let alignment = align(&before, &after);
        let lines = lines_of(Pair::new(&before, &after));
        let alone = |change, side: fn(&AlignedLine) -> Option<LineNumber>| {
            alignment.lines.iter().filter(move |line| line.change == change).filter_map(side)
        };
        for removed in alone(Change::Removed, |line| line.at.before) {
            for added in alone(Change::Added, |line| line.at.after) {
                let (removed, added) =
                    (&lines.before[removed.index()], &lines.after[added.index()]);
                prop_assert!(!removed.is_substantial() || removed.key() != added.key());
            }
        }
    }
}
