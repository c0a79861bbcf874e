//! Text laid out: measured, cut, indented, padded and wrapped.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::{Kind, Span, Text};

/// What stands for what was cut off.
const ELLIPSIS: &str = "…";

/// On which side of its place a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// With spaces behind it.
    Left,
    /// With spaces before it.
    Right,
}

impl Text {
    /// So many spaces.
    pub(crate) fn spaces(columns: usize) -> Self {
        Self::of(Kind::Word, " ".repeat(columns))
    }

    /// A line across so many columns.
    pub(crate) fn rule(columns: usize) -> Self {
        Self::of(Kind::Word, "─".repeat(columns))
    }

    /// A sign of one column, so many times.
    pub(crate) fn repeated(sign: &'static str, columns: usize) -> Self {
        Self::of(Kind::Word, sign.repeat(columns))
    }

    /// Columns that it takes on a terminal.
    pub(crate) fn width(&self) -> usize {
        self.whole().width()
    }

    /// Its characters, copied only where they are in several pieces.
    fn whole(&self) -> Cow<'_, str> {
        match self.spans() {
            [] => Cow::Borrowed(""),
            [span] => Cow::Borrowed(span.as_str()),
            _ => Cow::Owned(self.plain()),
        }
    }

    /// The start of it that fits so many columns, with `…` for the rest.
    pub(crate) fn truncated(self, columns: usize) -> Self {
        let Some(mut room) = cut(&self.whole(), columns) else {
            return self;
        };
        let mut out = Self::new();
        for span in self.0 {
            let length = span.text.len();
            if length >= room {
                let text = span.text[..room].to_owned() + ELLIPSIS;
                out.push(span.with(text));
                break;
            }
            room -= length;
            out.push(span);
        }
        out
    }

    /// It without its first `columns` of indentation.
    pub(crate) fn dedented(mut self, columns: usize) -> Self {
        if let Some(first) = self.0.first_mut() {
            let spaces = first.text.len() - first.text.trim_start_matches(' ').len();
            first.text = first.text[spaces.min(columns)..].to_owned().into();
        }
        self.0.retain(|span| !span.text.is_empty());
        self
    }

    /// It in a place of so many columns.
    pub(crate) fn padded(self, columns: usize, alignment: Alignment) -> Self {
        let spaces = Self::spaces(columns.saturating_sub(self.width()));
        match alignment {
            Alignment::Left => self + spaces,
            Alignment::Right => spaces + self,
        }
    }

    /// It without white space at its end.
    pub(crate) fn trimmed(mut self) -> Self {
        while let Some(mut span) = self.0.pop() {
            let end = span.text.trim_end().len();
            if end > 0 {
                if end < span.text.len() {
                    span.text = span.text[..end].to_owned().into();
                }
                self.0.push(span);
                break;
            }
        }
        self
    }

    /// It broken between words, so that it stays within `columns`; every line after the
    /// first is indented by `indent`. A word longer than a line keeps its own. There is
    /// always a line, if only an empty one.
    pub(crate) fn wrapped(&self, columns: usize, indent: usize) -> Vec<Self> {
        let mut lines: Vec<Self> = Vec::new();
        let mut used = 0;
        for Word { gap, text } in self.words() {
            let width = text.width();
            match lines.last_mut() {
                Some(line) if used + 1 + width <= columns => {
                    line.push(gap);
                    *line += text;
                    used += 1 + width;
                }
                Some(_) => {
                    lines.push(Self::spaces(indent) + text);
                    used = indent + width;
                }
                None => {
                    lines.push(text);
                    used = width;
                }
            }
        }
        if lines.is_empty() {
            lines.push(Self::new());
        }
        lines
    }

    /// What is between white space. A word may be of several pieces.
    fn words(&self) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut gap = None;
        let mut is_open = false;
        for span in &self.0 {
            for piece in span.text.split_inclusive(char::is_whitespace) {
                let part = piece.trim_end();
                if !part.is_empty() {
                    let text = span.with(part.to_owned());
                    match words.last_mut() {
                        Some(word) if is_open => word.text.push(text),
                        _ => words.push(Word {
                            gap: gap.take().unwrap_or_else(|| span.with(" ")),
                            text: Self(vec![text]),
                        }),
                    }
                    is_open = true;
                }
                if part.len() < piece.len() {
                    gap = Some(span.with(" "));
                    is_open = false;
                }
            }
        }
        words
    }
}

/// A word, and the space before it.
struct Word {
    gap: Span,
    text: Text,
}

/// How many bytes of a text are kept, so that they and an ellipsis fit so many columns;
/// `None` where all of it fits.
fn cut(text: &str, columns: usize) -> Option<usize> {
    if text.len() <= columns && text.is_ascii() {
        return None;
    }
    let (mut kept, mut used) = (0, 0);
    for character in text.graphemes(true) {
        let leaves_no_room = used + character.width() >= columns;
        if leaves_no_room && !fits(&text[kept..], columns - used) {
            return Some(kept);
        }
        used += character.width();
        kept += character.len();
    }
    None
}

/// Whether all of `text` fits `columns`, without measuring all of a long one.
fn fits(text: &str, columns: usize) -> bool {
    let mut left = columns;
    text.graphemes(true).all(|character| {
        let enough = character.width() <= left;
        left = left.saturating_sub(character.width());
        enough
    })
}

/// Columns of white space that every one of the lines begins with. Lines of
/// nothing but white space do not count.
pub(crate) fn common_indent<'t>(lines: impl IntoIterator<Item = &'t Text>) -> usize {
    lines
        .into_iter()
        .map(Text::whole)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Meaning, Number};

    #[track_caller]
    fn check_truncate(text: &'static str, columns: usize, expected: &str) {
        assert_eq!(Text::from(text).truncated(columns).plain(), expected);
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

    #[test]
    fn pieces_are_cut_where_the_whole_is() {
        let text = || Text::name("abc") + "def" + Number::new(12);
        assert_eq!(text().truncated(6).plain(), "abcde…");
        let cut = text().truncated(4);
        assert_eq!(cut, Text::name("abc…"));
        assert_eq!(text().truncated(8), text());
    }

    #[track_caller]
    fn check_wrap(prose: &'static str, columns: usize, expected: &[&str]) {
        let lines = Text::from(prose).wrapped(columns, 2);
        let lines: Vec<String> = lines.iter().map(Text::plain).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn prose_breaks_between_words() {
        check_wrap("one two three", 13, &["one two three"]);
        check_wrap("one two three", 9, &["one two", "  three"]);
        check_wrap(
            "incomprehensibilities is long",
            8,
            &["incomprehensibilities", "  is", "  long"],
        );
        check_wrap(" ", 8, &[""]);
    }

    #[test]
    fn a_word_of_several_pieces_is_one() {
        let verdict = Text::from("no change").meaning(Meaning::Quiet);
        let text = Text::from("a, ") + Text::name("b c") + ": " + verdict + ".";
        let lines = text.wrapped(8, 0);
        let plain: Vec<String> = lines.iter().map(Text::plain).collect();
        assert_eq!(plain, ["a, b c:", "no", "change."]);
        let first: Vec<Kind> = lines[0].spans().iter().map(Span::kind).collect();
        assert_eq!(
            first,
            [
                Kind::Word,
                Kind::Word,
                Kind::Name,
                Kind::Name,
                Kind::Name,
                Kind::Word
            ]
        );
    }

    #[test]
    fn indentation_common_to_all_lines_is_found() {
        let lines = ["    a", "", "      b", "  "].map(Text::source);
        assert_eq!(common_indent(&lines), 4);
        assert_eq!(Text::source("      b").dedented(4).plain(), "  b");
        assert_eq!(Text::source("  ").dedented(4), Text::new());
    }

    #[test]
    fn a_text_has_a_place() {
        let padded = |alignment| Text::from("ab").padded(4, alignment).plain();
        assert_eq!(padded(Alignment::Left), "ab  ");
        assert_eq!(padded(Alignment::Right), "  ab");
        let trimmed = (Text::from("a ") + Number::new(" ") + Text::spaces(3)).trimmed();
        assert_eq!(trimmed, Text::from("a"));
    }

    proptest! {
        #[test]
        fn truncated_text_fits(line in any::<String>(), columns in 1_usize..40) {
            let text = Text::source(line.as_str()) + Text::name(line.as_str());
            prop_assert!(text.truncated(columns).width() <= columns);
        }

        #[test]
        fn text_that_fits_is_kept(line in any::<String>()) {
            let text = Text::source(line.as_str());
            // Characters measured one by one may take more room than the text as a whole.
            let columns = text.plain().graphemes(true).map(str::width).sum();
            prop_assert_eq!(text.clone().truncated(columns), text);
        }
    }
}
