//! The lines of both versions as the aligner sees them.

use std::collections::HashMap;

use crate::pair::Pair;
use crate::source;

/// Lines that any function may hold, and so say nothing about which line of one
/// version is which of the other.
const COMMON_STATEMENTS: [&str; 8] = [
    "else:",
    "try:",
    "finally:",
    "pass",
    "break",
    "continue",
    "return",
    "return None",
];

/// How much a line tells about where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Substance {
    /// Nothing but white space.
    Blank,
    /// Brackets and quotes alone, or one of [`COMMON_STATEMENTS`]: never a move
    /// by itself.
    Trivial,
    /// A comment that takes up the line.
    Comment,
    /// Anything else.
    Code,
}

/// One line of one version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its text, with indentation.
    pub(super) text: &'a str,
    /// Equal for lines of either version that are equal but for the white space
    /// at their ends.
    pub(super) key: u32,
    /// How much it tells.
    pub(super) substance: Substance,
}

impl Line<'_> {
    /// Whether it may be called moved for its own sake.
    pub(super) fn is_substantial(&self) -> bool {
        self.substance >= Substance::Comment
    }

    /// Whether it holds nothing but white space.
    pub(super) fn is_blank(&self) -> bool {
        self.substance == Substance::Blank
    }
}

/// Splits both texts, and gives equal lines equal keys.
pub(super) fn read(texts: Pair<&str>) -> Pair<Vec<Line<'_>>> {
    let mut keys = HashMap::new();
    texts.map(|text| {
        source::lines(text)
            .map(|text| {
                let trimmed = text.trim();
                let next =
                    u32::try_from(keys.len()).expect("a source file has fewer than 2^32 lines");
                Line {
                    text,
                    key: *keys.entry(trimmed).or_insert(next),
                    substance: substance(trimmed),
                }
            })
            .collect()
    })
}

fn substance(trimmed: &str) -> Substance {
    if trimmed.is_empty() {
        Substance::Blank
    } else if COMMON_STATEMENTS.contains(&trimmed) || !trimmed.contains(char::is_alphanumeric) {
        Substance::Trivial
    } else if trimmed.starts_with('#') {
        Substance::Comment
    } else {
        Substance::Code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Substance) {
        assert_eq!(substance(line.trim()), expected);
    }

    #[test]
    fn substance_of_lines() {
        check("  \u{c}", Substance::Blank);
        check("    ])", Substance::Trivial);
        check("\"\"\"", Substance::Trivial);
        check("    else:", Substance::Trivial);
        check("return", Substance::Trivial);
        check("# ------", Substance::Trivial);
        check("return x", Substance::Code);
        check("i += 1", Substance::Code);
        check("# comment", Substance::Comment);
    }

    #[test]
    fn keys_ignore_indentation_and_sides() {
        let lines = read(Pair::new("a\n  a\nb\n", "  b\na \n"));
        let keys = lines.map(|lines| lines.iter().map(|line| line.key).collect::<Vec<_>>());
        assert_eq!(keys, Pair::new(vec![0, 0, 1], vec![1, 0]));
    }
}
