//! Other people's text, made safe to show and to fit.
//!
//! Source lines, file names, units and warnings may hold anything: escape codes
//! that recolour or clear the terminal, marks that reverse the reading direction
//! ("Trojan Source", CVE-2021-42574), characters of no width. Each of those is
//! replaced by something visible.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Columns from one tab stop to the next.
const TAB_STOP: usize = 4;

/// More code points in one character than any script or emoji needs; what comes
/// after them is dropped, so that stacked accents cannot run over other lines.
const MOST_POINTS_A_CHARACTER: usize = 12;

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// One line of text without anything that a terminal would obey: tabs expanded,
/// control characters as their pictures (`␛`), invisible ones spelt out.
pub(super) fn safe(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for character in line.graphemes(true) {
        let start = out.len();
        for c in character.chars().take(MOST_POINTS_A_CHARACTER) {
            match c {
                '\t' => out.extend(std::iter::repeat_n(' ', TAB_STOP - column % TAB_STOP)),
                '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(c))),
                '\x7f' => out.push('\u{2421}'),
                _ if is_invisible(c) => {
                    let _ = write!(out, "{}", c.escape_unicode());
                }
                _ => out.push(c),
            }
        }
        column += width(&out[start..]);
    }
    out
}

/// Whether a character shows nothing, or changes how others are shown. Joiners
/// and variation selectors are not among them: scripts and emoji need those.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'         // C1 control characters
        | '\u{ad}'                  // soft hyphen
        | '\u{61c}'                 // Arabic letter mark
        | '\u{180e}'                // Mongolian vowel separator
        | '\u{200b}'                // zero width space
        | '\u{200e}' | '\u{200f}'   // left-to-right and right-to-left marks
        | '\u{2028}' | '\u{2029}'   // line and paragraph separators
        | '\u{202a}'..='\u{202e}'   // embeddings and overrides of direction
        | '\u{2060}'..='\u{206f}'   // invisible operators, isolates of direction
        | '\u{feff}'                // byte order mark
        | '\u{fff9}'..='\u{fffb}'   // interlinear annotation
        | '\u{e0000}'..='\u{e0fff}' // tags, which `paint` uses for its marks
    )
}

/// The start of `text` that fits `columns`, with `…` for the rest.
pub(super) fn truncate(text: &str, columns: usize) -> String {
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
    fn check_safe(line: &str, expected: &str) {
        assert_eq!(safe(line), expected);
    }

    #[test]
    fn plain_text_is_kept() {
        check_safe("x = a[i] * 2  # café 漢字", "x = a[i] * 2  # café 漢字");
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        check_safe("\tx\ty", "    x   y");
        check_safe("漢\tx", "漢  x");
    }

    #[test]
    fn control_characters_become_pictures() {
        check_safe("a\x1b[31mb\0\x7f\r\n", "a␛[31mb␀␡␍␊");
        check_safe("a\u{9b}31m", "a\\u{9b}31m");
    }

    #[test]
    fn direction_marks_are_spelt_out() {
        check_safe("if a:\u{202e} # }", "if a:\\u{202e} # }");
        check_safe("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}");
        check_safe("\u{e0041}", "\\u{e0041}");
    }

    #[test]
    fn accents_do_not_pile_up() {
        let pile = format!("e{}", "\u{301}".repeat(1000));
        assert_eq!(safe(&pile).chars().count(), MOST_POINTS_A_CHARACTER);
    }

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
        fn safe_text_holds_nothing_a_terminal_obeys(line in any::<String>()) {
            let safe = safe(&line);
            prop_assert!(!safe.chars().any(|c| c.is_control() || is_invisible(c)), "{:?}", safe);
        }

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
