//! Text laid out: measured, cut, indented and wrapped.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::foreign::Foreign;

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// One line of foreign text without anything that a terminal would obey.
pub(super) fn safe(line: &str) -> String {
    Foreign::new(line).line()
}

/// A foreign name, which is said many times and may not be long.
pub(super) fn short(name: &str) -> String {
    Foreign::new(name).name()
}

/// The start of `text` that fits `columns`, with `…` for the rest.
pub(super) fn truncate(text: &str, columns: usize) -> String {
    if text.len() <= columns && text.is_ascii() {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.graphemes(true) {
        let leaves_no_room = used + width(character) >= columns;
        if leaves_no_room && !fits(&text[out.len()..], columns - used) {
            out.push('…');
            return out;
        }
        used += width(character);
        out.push_str(character);
    }
    out
}

/// Whether all of `text` fits `columns`, without measuring all of a long one.
fn fits(text: &str, columns: usize) -> bool {
    let mut left = columns;
    text.graphemes(true).all(|character| {
        let enough = width(character) <= left;
        left = left.saturating_sub(width(character));
        enough
    })
}

/// Columns of white space that every one of the lines begins with. Lines of
/// nothing but white space do not count.
pub(super) fn common_indent<'t>(lines: impl IntoIterator<Item = &'t str>) -> usize {
    lines
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0)
}

/// `line` without its first `columns` of indentation.
pub(super) fn dedent(line: &str, columns: usize) -> &str {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    &line[spaces.min(columns)..]
}

/// Breaks prose between words so that it stays within `columns`; every line after
/// the first is indented by `indent`. A word longer than a line keeps its own.
pub(super) fn wrap(prose: &str, columns: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in prose.split_whitespace() {
        let is_first = out.is_empty();
        if !is_first && used + 1 + width(word) > columns {
            let _ = write!(out, "\n{:indent$}", "");
            used = indent;
        } else if !is_first {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_truncate(text: &str, columns: usize, expected: &str) {
        assert_eq!(truncate(text, columns), expected);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        check_truncate("abcdef", 6, "abcdef");
        check_truncate("abcdef", 5, "abcd…");
        check_truncate("漢字漢字", 8, "漢字漢字");
        check_truncate("漢字漢字", 7, "漢字漢…");
        check_truncate("漢字漢字", 6, "漢字…");
        check_truncate("", 3, "");
    }

    #[track_caller]
    fn check_wrap(prose: &str, columns: usize, expected: &str) {
        assert_eq!(wrap(prose, columns, 2), expected);
    }

    #[test]
    fn prose_breaks_between_words() {
        check_wrap("one two three", 13, "one two three");
        check_wrap("one two three", 9, "one two\n  three");
        check_wrap(
            "incomprehensibilities is long",
            8,
            "incomprehensibilities\n  is\n  long",
        );
    }

    #[test]
    fn indentation_common_to_all_lines_is_found() {
        assert_eq!(common_indent(["    a", "", "      b", "  "]), 4);
        assert_eq!(dedent("      b", 4), "  b");
        assert_eq!(dedent("  ", 4), "");
    }

    proptest! {
        #[test]
        fn truncated_text_fits(line in any::<String>(), columns in 1_usize..40) {
            prop_assert!(width(&truncate(&safe(&line), columns)) <= columns);
        }

        #[test]
        fn text_that_fits_is_kept(line in any::<String>()) {
            let safe = safe(&line);
            // Characters measured one by one may take more room than the text as a whole.
            let columns = safe.graphemes(true).map(width).sum();
            prop_assert_eq!(truncate(&safe, columns), safe);
        }
    }
}
