//! The edits in `tests/alignment`, each of a small numeric kernel, with the pairing that
//! whoever made the edit had in mind.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

/// A line of a reading: its numbers, and its mark.
type Row = (Pair<Option<usize>>, char);

/// The rows of a reading that are not blank lines, which mean nothing by themselves. A
/// line that was removed next to an edited one is part of the edit, as one that was added
/// is: these three marks are one here.
fn rows(reading: &str) -> BTreeSet<Row> {
    let rows = reading.lines().filter_map(|row| {
        let (head, text) = row.split_once('|')?;
        let mut words = head.split_whitespace();
        let mark = words.next()?.replace(['-', '+'], "~").chars().next()?;
        let mut number = || words.next()?.parse().ok();
        let numbers = Pair::new(number(), number());
        (!text.trim().is_empty()).then_some((numbers, mark))
    });
    rows.collect()
}

#[test]
fn lines_are_paired_as_who_edited_them_would() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alignment");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 60, "{} pairs", files.len());
    let (mut right, mut wrong) = (0, String::new());
    let mut count = 0;
    for file in files {
        let expected = fs::read_to_string(&file).unwrap();
        let texts = texts_of(&expected);
        let texts = texts.as_ref().map(String::as_str);
        let alignment = align(texts.before, texts.after);
        for side in [Side::Before, Side::After] {
            let lines = alignment.lines.iter();
            let mut numbers: Vec<_> = lines.filter_map(|line| *line.at.side(side)).collect();
            numbers.sort_unstable();
            let all = 0..crate::source::lines(texts.side(side)).count();
            assert_eq!(numbers, all.map(LineNumber::from_index).collect::<Vec<_>>());
        }
        let actual = render(&alignment, texts);
        let (expected, actual) = (rows(&expected), rows(&actual));
        right += expected.intersection(&actual).count();
        for row in expected.difference(&actual) {
            count += 1;
            let _ = writeln!(wrong, "{}: no {row:?}", file.display());
        }
    }
    assert!(count * 100 <= right + count, "{wrong}");
}
