//! Text for a terminal: lines, coloured by meaning.

use crate::text::{Kind, Meaning, Text};

impl Meaning {
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

const RESET: &str = "\x1b[0m";

/// A report for a terminal or a log, while it is made.
#[derive(Default)]
pub(super) struct Sheet {
    lines: Vec<Text>,
}

impl Sheet {
    /// Another line below.
    pub(super) fn line(&mut self, line: impl Into<Text>) {
        self.lines.push(line.into());
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.lines.push(Text::new());
    }

    /// More lines below, all meaning this.
    pub(super) fn lines_meaning(&mut self, meaning: Meaning, lines: Vec<Text>) {
        self.lines
            .extend(lines.into_iter().map(|line| line.meaning(meaning)));
    }

    /// How many lines there are.
    pub(super) const fn len(&self) -> usize {
        self.lines.len()
    }

    /// All lines, each with its end, and without white space before it. Names and what has
    /// a meaning are coloured, or nothing is: colours only repeat what is said.
    pub(super) fn finish(self, color: bool) -> String {
        let mut out = String::new();
        for line in self.lines {
            paint(&line.trimmed(), color, &mut out);
            out.push('\n');
        }
        out
    }
}

impl Extend<Text> for Sheet {
    fn extend<I: IntoIterator<Item = Text>>(&mut self, lines: I) {
        self.lines.extend(lines);
    }
}

fn paint(line: &Text, color: bool, out: &mut String) {
    let mut current = None;
    for span in line.spans() {
        let meaning = match span.kind() {
            _ if !color => None,
            Kind::Name => span.meaning().or(Some(Meaning::Heading)),
            Kind::Source | Kind::Number | Kind::Word | Kind::Foreign => span.meaning(),
        };
        if meaning != current {
            out.push_str(current.map_or("", |_| RESET));
            out.push_str(meaning.map_or("", Meaning::escape));
            current = meaning;
        }
        out.push_str(span.as_str());
    }
    out.push_str(current.map_or("", |_| RESET));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(color: bool, expected: &str) {
        let mut sheet = Sheet::default();
        let good = Text::from("good").meaning(Meaning::Better);
        sheet.line(Text::from("a ") + good + "  ");
        sheet.line(Text::name("b") + Text::from(" c").meaning(Meaning::Heading));
        assert_eq!(sheet.finish(color), expected);
    }

    #[test]
    fn meanings_become_escape_codes_or_nothing() {
        check(true, "a \x1b[32mgood\x1b[0m\n\x1b[1mb c\x1b[0m\n");
        check(false, "a good\nb c\n");
    }

    #[test]
    fn every_line_is_painted_for_itself() {
        let mut sheet = Sheet::default();
        let lines = ["one", "two"].map(Text::from).to_vec();
        sheet.lines_meaning(Meaning::Quiet, lines);
        assert_eq!(sheet.finish(true), "\x1b[2mone\x1b[0m\n\x1b[2mtwo\x1b[0m\n");
    }
}
