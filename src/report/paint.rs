//! Colours by meaning.
//!
//! A painted piece of text is wrapped in marks that take no room: characters of
//! the Unicode "tags" block, which [`Foreign`](crate::foreign::Foreign) lets through from nowhere
//! else. Tables can so be laid out as if there were no colours, and one place,
//! [`finish`], decides whether the marks become escape codes or nothing.

/// What a piece of text means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Faster, or costs less.
    Better,
    /// Slower, or costs more.
    Worse,
    /// Not settled, or worth a warning.
    Open,
    /// There for who looks for it.
    Quiet,
    /// A heading.
    Heading,
}

impl Meaning {
    const ALL: [Self; 5] = [
        Self::Better,
        Self::Worse,
        Self::Open,
        Self::Quiet,
        Self::Heading,
    ];

    const fn mark(self) -> char {
        match self {
            Self::Better => '\u{e0041}',
            Self::Worse => '\u{e0042}',
            Self::Open => '\u{e0043}',
            Self::Quiet => '\u{e0044}',
            Self::Heading => '\u{e0045}',
        }
    }

    /// Select Graphic Rendition sequence: one of the eight basic colours, which
    /// every terminal theme keeps readable on its own background.
    const fn escape(self) -> &'static str {
        match self {
            Self::Better => "\x1b[32m",
            Self::Worse => "\x1b[31m",
            Self::Open => "\x1b[33m",
            Self::Quiet => "\x1b[2m",
            Self::Heading => "\x1b[1m",
        }
    }
}

const END: char = '\u{e007f}';
const RESET: &str = "\x1b[0m";

/// Marks each line of `text` with what it means.
pub(super) fn paint(meaning: Meaning, text: &str) -> String {
    text.split('\n')
        .map(|line| format!("{}{line}{END}", meaning.mark()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Turns marks into escape codes, or drops them, and removes the white space that
/// tables leave at the ends of lines.
pub(super) fn finish(text: &str, color: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        finish_line(line.trim_end(), color, &mut out);
        out.push('\n');
    }
    out
}

/// The pieces of a text, each with what it means.
pub(super) fn parts(text: &str) -> Vec<(Option<Meaning>, String)> {
    let mut parts = vec![(None, String::new())];
    for c in text.chars() {
        let meaning = Meaning::ALL.into_iter().find(|meaning| meaning.mark() == c);
        match (meaning, parts.last_mut()) {
            (Some(_), _) => parts.push((meaning, String::new())),
            (None, _) if c == END => parts.push((None, String::new())),
            (None, Some((_, part))) => part.push(c),
            (None, None) => {}
        }
    }
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

fn finish_line(line: &str, color: bool, out: &mut String) {
    for c in line.chars() {
        let escape = if c == END {
            Some(RESET)
        } else {
            let meaning = Meaning::ALL.into_iter().find(|meaning| meaning.mark() == c);
            meaning.map(Meaning::escape)
        };
        match escape {
            None => out.push(c),
            Some(escape) if color => out.push_str(escape),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[track_caller]
    fn check(color: bool, expected: &str) {
        let text = format!("a {}  \nb", paint(Meaning::Better, "good"));
        assert_eq!(finish(&text, color), expected);
    }

    #[test]
    fn marks_become_escape_codes_or_nothing() {
        check(true, "a \x1b[32mgood\x1b[0m\nb\n");
        check(false, "a good\nb\n");
    }

    #[test]
    fn a_text_is_taken_apart_by_its_marks() {
        let text = format!("a {}b", paint(Meaning::Worse, "bad"));
        let expected = [
            (None, "a ".to_owned()),
            (Some(Meaning::Worse), "bad".to_owned()),
            (None, "b".to_owned()),
        ];
        assert_eq!(parts(&text), expected);
    }

    #[test]
    fn marks_take_no_room() {
        for meaning in Meaning::ALL {
            assert_eq!(paint(meaning, "four").width(), 4);
        }
    }

    #[test]
    fn every_line_is_painted_for_itself() {
        let painted = finish(&paint(Meaning::Quiet, "one\ntwo"), true);
        assert_eq!(painted, "\x1b[2mone\x1b[0m\n\x1b[2mtwo\x1b[0m\n");
    }
}
