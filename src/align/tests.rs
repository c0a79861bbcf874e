//! The aligner as a whole: edits and the pairing a programmer expects, and what
//! holds of any two texts.
//!
//! An expectation is a merged reading of both versions, from which both texts are
//! taken: a mark (`=` unchanged, `>` moved, `~` changed, `+` added, `-` removed),
//! the line's numbers before and after, the letter of its hunk, and its text
//! behind a `|`, as `before → after` where they differ.

use std::fmt::Write as _;

use super::*;
use crate::pair::Side;

mod corpus;
mod properties;
mod random_edits;
mod table;
mod worst_cases;

/// The lines of two texts, without a thought of renames.
fn lines_of(texts: Pair<&str>) -> Pair<Vec<Line<'_>>> {
    text::lines(texts, &Tokens::of_both(texts), &Renames::default())
}

/// A merged reading as text.
fn render(alignment: &Alignment, texts: Pair<&str>) -> String {
    let lines = texts.map(|text| crate::source::lines(text).collect::<Vec<_>>());
    let mut reading = String::new();
    for line in &alignment.lines {
        let mark = match line.change {
            Change::Unchanged => '=',
            Change::Moved => '>',
            Change::Changed => '~',
            Change::Added => '+',
            Change::Removed => '-',
        };
        let number = |at: Option<LineNumber>| at.map_or("·".to_owned(), |at| at.to_string());
        let before = line.at.before.map(|at| lines.before[at.index()]);
        let after = line.at.after.map(|at| lines.after[at.index()]);
        let text = match (before, after) {
            (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
            (before, after) => before.or(after).unwrap_or_default().to_owned(),
        };
        let hunk = line
            .hunk
            .map_or(' ', |hunk| char::from(b'a' + u8::try_from(hunk).unwrap()));
        let row = format!(
            "{mark} {:>2} {:>2} {hunk} |{text}",
            number(line.at.before),
            number(line.at.after)
        );
        writeln!(reading, "{}", row.trim_end()).unwrap();
    }
    reading
}

/// Both texts of a merged reading.
fn texts_of(reading: &str) -> Pair<String> {
    let mut lines: Pair<Vec<(usize, &str)>> = Pair::default();
    for row in reading.lines() {
        let (head, text) = row.split_once('|').expect("a row has a `|`");
        let mut numbers = head
            .split_whitespace()
            .skip(1)
            .map(|word| word.parse().ok());
        let before = numbers.next().expect("a row has a number before");
        let after = numbers.next().expect("a row has a number after");
        let (text_before, text_after) = text.split_once(" → ").unwrap_or((text, text));
        lines
            .before
            .extend(before.map(|number: usize| (number, text_before)));
        lines
            .after
            .extend(after.map(|number: usize| (number, text_after)));
    }
    lines.map(|mut lines| {
        lines.sort_unstable();
        let numbered = lines.iter().map(|(number, _)| *number);
        assert!(numbered.eq(1..=lines.len()), "line numbers have gaps");
        lines.iter().flat_map(|(_, text)| [text, "\n"]).collect()
    })
}

/// Aligns the two texts of a reading, expects that reading, and gives the texts back.
#[track_caller]
fn check(expected: &str) -> Pair<String> {
    let expected = expected.trim_start_matches('\n');
    let texts = texts_of(expected);
    let both = texts.as_ref().map(String::as_str);
    let actual = render(&align(both.before, both.after), both);
    assert_eq!(actual, expected, "\n{actual}\ninstead of\n\n{expected}");
    texts
}

/// Expects these renames, such as `total → sum`, or `total → sum in f` where that is so
/// in one function only.
#[track_caller]
fn check_renames(texts: &Pair<String>, expected: &[&str]) {
    let shown = |rename: Rename| {
        let Pair { before, after } = rename.names;
        let function = rename
            .function
            .map(|function| format!(" in {}", function.after));
        format!("{before} → {after}{}", function.unwrap_or_default())
    };
    let renames = align(&texts.before, &texts.after).renames.into_iter();
    assert_eq!(renames.map(shown).collect::<Vec<_>>(), expected);
}
