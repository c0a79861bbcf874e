//! Text from outside, made safe to show and to fit.
//!
//! Source lines, names, warnings, what a script printed and what a document holds may be
//! anything: escape codes that recolour or clear the terminal, marks that reverse the
//! reading direction ("Trojan Source", CVE-2021-42574), characters of no width, commands to
//! whoever reads a log, megabytes. [`Foreign`] is such a text. It has no `Display`: it is
//! shown by saying what of it may be seen.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

mod kept;

pub use kept::ForeignText;

/// Columns from one tab stop to the next.
const TAB_STOP: usize = 4;

/// More code points in one character than any script or emoji needs; what comes
/// after them is dropped, so that stacked accents cannot run over other lines.
const MOST_POINTS_A_CHARACTER: usize = 12;

/// Characters of a line; the rest is left out, as nobody reads it.
pub(crate) const LONGEST_LINE: usize = 2_000;

/// Bytes of a line, where its characters are of many.
const MOST_BYTES_A_LINE: usize = 4 * LONGEST_LINE;

/// Characters of a name, which is said many times.
const LONGEST_NAME: usize = 200;

/// Lines of a text that is shown whole; of a longer one the last are shown.
const MOST_LINES: usize = 100;

/// What stands for what was left out.
const ELLIPSIS: char = '…';

/// What GitHub Actions obeys between colons where a line begins with it. Others are not
/// obeyed, and a slice such as `::step` is left alone.
const COMMANDS: [&str; 15] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// Text that somebody else wrote.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'t>(&'t str);

impl<'t> From<&'t str> for Foreign<'t> {
    fn from(text: &'t str) -> Self {
        Self::new(text)
    }
}

impl<'t> From<&'t String> for Foreign<'t> {
    fn from(text: &'t String) -> Self {
        Self::new(text)
    }
}

impl<'t> Foreign<'t> {
    /// Says of a text that somebody else wrote it.
    pub(crate) const fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// One line without anything that a terminal or a log would obey: tabs expanded,
    /// control characters as their pictures (`␛`), invisible ones spelt out, and
    /// [`LONGEST_LINE`] characters at most.
    pub(crate) fn line(self) -> String {
        self.shortened(LONGEST_LINE)
    }

    /// The same of a name.
    pub(crate) fn name(self) -> String {
        self.shortened(LONGEST_NAME)
    }

    /// Prose, on one line.
    pub(crate) fn prose(self) -> String {
        let mut words = String::new();
        for word in self.0.split_whitespace() {
            if words.len() > MOST_BYTES_A_LINE {
                break;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        Foreign(&words).line()
    }

    /// All lines; of very many, the last.
    pub(crate) fn lines(self) -> String {
        let mut last: Vec<&str> = self.0.rsplit('\n').take(MOST_LINES + 1).collect();
        let is_cut = last.len() > MOST_LINES;
        last.truncate(MOST_LINES);
        let ellipsis = is_cut.then(|| ELLIPSIS.to_string());
        let lines = last.into_iter().rev();
        let lines = lines.map(|line| Foreign(line.trim_end_matches('\r')).line());
        ellipsis
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// A text with its line ends and tabs, of which only what is obeyed or not seen is
    /// replaced, and where in it these bytes are.
    pub(crate) fn text(self, bytes: &Range<usize>) -> (String, Range<usize>) {
        let text = self.0;
        let mut out = String::with_capacity(text.len());
        let (mut start, mut end) = (None, None);
        let mut before = '\n';
        for (at, c) in text.char_indices() {
            if at >= bytes.start {
                start.get_or_insert(out.len());
            }
            if at >= bytes.end {
                end.get_or_insert(out.len());
            }
            match c {
                '\n' | '\t' => out.push(c),
                '\r' if text[at..].starts_with("\r\n") => {}
                _ => push(&mut out, disarmed(before, &text[at..], c)),
            }
            before = c;
        }
        let start = start.unwrap_or(out.len());
        let end = end.unwrap_or(out.len()).max(start);
        (out, start..end)
    }

    fn shortened(self, most: usize) -> String {
        let text = self.0;
        if text.len() <= most && text.bytes().all(is_plain) && !is_suspicious(text) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len().min(MOST_BYTES_A_LINE));
        let mut column = 0;
        for (index, character) in text.graphemes(true).enumerate() {
            if index >= most || out.len() >= MOST_BYTES_A_LINE {
                out.push(ELLIPSIS);
                break;
            }
            let start = out.len();
            for c in character.chars().take(MOST_POINTS_A_CHARACTER) {
                match c {
                    '\t' => out.extend(std::iter::repeat_n(' ', TAB_STOP - column % TAB_STOP)),
                    _ => push(&mut out, c),
                }
            }
            column += out[start..].width();
        }
        if is_suspicious(&out) {
            all_disarmed(&out)
        } else {
            out
        }
    }
}

/// Whether a byte is a character that takes one column and does nothing.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Puts a character, or what stands for it, behind a text.
fn push(out: &mut String, c: char) {
    match c {
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\x7f' => out.push('\u{2421}'),
        _ if is_invisible(c) => {
            let _ = write!(out, "{}", c.escape_unicode());
        }
        _ => out.push(c),
    }
}

/// Whether there may be a command in a text.
fn is_suspicious(text: &str) -> bool {
    text.contains("::") || text.contains("##")
}

/// The text without commands to a CI runner.
fn all_disarmed(text: &str) -> String {
    let mut before = ' ';
    let characters = text.char_indices().map(|(at, c)| {
        let shown = disarmed(before, &text[at..], c);
        before = c;
        shown
    });
    characters.collect()
}

/// The character that a text begins with, or one that looks like it where there is a
/// command: `::error::…` where a line may begin with it, `##[error]…` and `##vso[…]`
/// anywhere.
fn disarmed(before: char, rest: &str, c: char) -> char {
    match c {
        ':' if before.is_whitespace() && begins_command(rest) => '\u{2236}',
        '#' if is_logging_command(rest) => '\u{266f}',
        _ => c,
    }
}

/// Whether a text begins with a command that is obeyed anywhere in a line.
pub(crate) fn is_logging_command(text: &str) -> bool {
    text.starts_with("##[") || text.starts_with("##vso[")
}

fn begins_command(text: &str) -> bool {
    let is_word = |word: &&'static str| {
        let start = text
            .strip_prefix("::")
            .and_then(|text| text.get(..word.len()));
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    COMMANDS.iter().any(is_word)
}

/// Whether a character shows nothing, or changes how others are shown. Joiners
/// and variation selectors are not among them: scripts and emoji need those.
pub(crate) const fn is_invisible(c: char) -> bool {
    !c.is_ascii() && is_invisible_beyond_ascii(c)
}

const fn is_invisible_beyond_ascii(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'         // C1 control characters
        | '\u{ad}'                  // soft hyphen
        | '\u{34f}'                 // combining grapheme joiner
        | '\u{61c}'                 // Arabic letter mark
        | '\u{115f}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'   // Khmer inherent vowels
        | '\u{180e}'                // Mongolian vowel separator
        | '\u{200b}'                // zero width space
        | '\u{200e}' | '\u{200f}'   // left-to-right and right-to-left marks
        | '\u{2028}' | '\u{2029}'   // line and paragraph separators
        | '\u{202a}'..='\u{202e}'   // embeddings and overrides of direction
        | '\u{2060}'..='\u{206f}'   // invisible operators, isolates of direction
        | '\u{fdd0}'..='\u{fdef}'   // no characters
        | '\u{feff}'                // byte order mark
        | '\u{fff9}'..='\u{fffb}'   // interlinear annotation
        | '\u{1bca0}'..='\u{1bca3}' // marks of shorthand
        | '\u{1d173}'..='\u{1d17a}' // marks of musical notation
        | '\u{e0000}'..='\u{e0fff}' // tags
    ) || c as u32 & 0xfffe == 0xfffe // no characters, and not allowed in XML
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a terminal would obey a character, or not show it; line ends are fine.
    pub(crate) fn is_obeyed(c: char) -> bool {
        c != '\n' && (c.is_control() || is_invisible(c))
    }

    /// Whether GitHub Actions would take a line for a command, or anything in it.
    pub(crate) fn is_command(line: &str) -> bool {
        begins_command(line.trim_start()) || line.contains("##[") || line.contains("##vso[")
    }

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(Foreign::new(line).line(), expected);
    }

    #[test]
    fn plain_text_is_kept() {
        check("x = a[i] * 2  # café 漢字", "x = a[i] * 2  # café 漢字");
        check(
            "std::sort(a), b[:, ::step], ## x",
            "std::sort(a), b[:, ::step], ## x",
        );
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        check("\tx\ty", "    x   y");
        check("漢\tx", "漢  x");
    }

    #[test]
    fn control_characters_become_pictures() {
        check("a\x1b[31mb\0\x7f\r\n", "a␛[31mb␀␡␍␊");
        check("a\u{9b}31m", "a\\u{9b}31m");
    }

    #[test]
    fn direction_marks_are_spelt_out() {
        check("if a:\u{202e} # }", "if a:\\u{202e} # }");
        check("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}");
        check("\u{e0041}", "\\u{e0041}");
    }

    #[test]
    fn what_is_no_character_is_spelt_out() {
        check("\u{fffe}\u{ffff}\u{1ffff}", "\\u{fffe}\\u{ffff}\\u{1ffff}");
        check("\u{fffd}", "\u{fffd}");
    }

    #[test]
    fn accents_do_not_pile_up() {
        let pile = format!("e{}", "\u{301}".repeat(1000));
        let safe = Foreign::new(&pile).line();
        assert_eq!(safe.chars().count(), MOST_POINTS_A_CHARACTER);
    }

    #[test]
    fn commands_to_a_runner_are_disarmed() {
        check("::error::x", "∶:error::x");
        check("a ::Set-Env name=b::x", "a ∶:Set-Env name=b::x");
        check("a ##[error]x ##vso[task.x]", "a ♯#[error]x ♯#vso[task.x]");
    }

    #[test]
    fn long_text_is_shortened() {
        let long = "x".repeat(3_000_000);
        let line = Foreign::new(&long).line();
        assert_eq!(line, format!("{}…", "x".repeat(LONGEST_LINE)));
        assert_eq!(Foreign::new(&long).name().chars().count(), LONGEST_NAME + 1);
        let many = "a\n".repeat(1_000);
        assert_eq!(Foreign::new(&many).lines().lines().count(), MOST_LINES);
        assert_eq!(Foreign::new("a\r\nb\n").lines(), "a\nb\n");
    }

    #[test]
    fn a_place_in_a_text_stays_one() {
        let text = "a = 1\r\n\u{202e}b = \x1b2\n";
        let start = text.find("b =").unwrap();
        let (shown, place) = Foreign::new(text).text(&(start..start + 5));
        assert_eq!(shown, "a = 1\n\\u{202e}b = ␛2\n");
        assert_eq!(&shown[place], "b = ␛");
        assert_eq!(Foreign::new("a").text(&(5..9)), ("a".to_owned(), 1..1));
    }

    #[test]
    fn prose_is_one_line() {
        assert_eq!(
            Foreign::new(" a\n\t::error::b \r\n").prose(),
            "a ∶:error::b"
        );
    }

    proptest! {
        #[test]
        fn nothing_of_a_foreign_text_is_obeyed(text in any::<String>()) {
            let foreign = Foreign::new(&text);
            for line in [foreign.line(), foreign.name(), foreign.prose()] {
                prop_assert!(!line.contains(|c| c == '\n' || is_obeyed(c)), "{:?}", line);
                prop_assert!(!is_command(&line), "{:?}", line);
            }
            prop_assert!(!foreign.lines().contains(is_obeyed));
            let (whole, _) = foreign.text(&(0..0));
            prop_assert!(!whole.contains(|c| c != '\t' && is_obeyed(c)));
            prop_assert!(!whole.lines().any(is_command), "{:?}", whole);
        }
    }
}
