//! A place in a text file.

use std::fmt;
use std::ops::Range;

use crate::foreign::Foreign;
use crate::text::{Number, Text};

/// A place in a text file, with the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The file, as the user would name it.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The bytes of the text that are meant.
    pub span: Range<usize>,
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Excerpt {
    /// Where the excerpt starts.
    pub fn position(&self) -> Position {
        let before = self.text.get(..self.span.start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The file.
    pub(super) fn file(&self) -> Text {
        Text::foreign(&self.path)
    }

    /// The file with line and column: `profila.toml:3:1`.
    pub(super) fn place(&self) -> Text {
        let Position { line, column } = self.position();
        self.file() + ":" + Number::new(line) + ":" + Number::new(column)
    }

    /// The text without anything that a terminal would obey, and the bytes of that which
    /// are meant.
    pub(super) fn shown(&self) -> (String, Range<usize>) {
        Foreign::new(&self.text).text(&self.span)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place().plain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, start: usize, expected: &str) {
        let excerpt = Excerpt {
            path: "profila.toml".to_owned(),
            text: text.to_owned(),
            span: start..start,
        };
        assert_eq!(excerpt.to_string(), expected);
    }

    #[test]
    fn places_are_counted_from_one() {
        check("", 0, "profila.toml:1:1");
        check("a = 1\nb = 2\n", 6, "profila.toml:2:1");
        check("a = 1\r\nb = 2\r\n", 11, "profila.toml:2:5");
        check("a = 1\n", 6, "profila.toml:2:1");
    }

    #[test]
    fn columns_are_characters() {
        check("name = 'é' x", "name = 'é' ".len(), "profila.toml:1:12");
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        check("a", 9, "profila.toml:1:2");
    }
}
