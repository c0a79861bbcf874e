//! A line of source in the colours of an editor.

use crate::syntax::{Shade, Shades};
use crate::text::Text;

use super::COLUMNS;

/// A line in pieces, one after the other.
pub(in crate::report::html) struct Shaded {
    pub(in crate::report::html) pieces: Vec<Piece>,
}

/// A part of a line, and what it is, if it is anything in particular.
pub(in crate::report::html) struct Piece {
    pub(in crate::report::html) shade: Option<Shade>,
    pub(in crate::report::html) text: Text,
}

impl Shaded {
    /// A line by its index in a text with these shades.
    ///
    /// A line that is not shown as it is, because it is too long for instance, is in one
    /// piece.
    pub(in crate::report::html) fn of(line: &str, index: usize, shades: &Shades) -> Self {
        let whole = Text::source(line).truncated(COLUMNS);
        let pieces = pieces(line, index, shades);
        let shown: String = pieces.iter().map(|piece| piece.text.plain()).collect();
        if shown == whole.plain() {
            Self { pieces }
        } else {
            let shade = None;
            Self {
                pieces: vec![Piece { shade, text: whole }],
            }
        }
    }

    /// Its characters.
    #[cfg(test)]
    pub(in crate::report::html) fn plain(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.plain()).collect()
    }
}

fn pieces(line: &str, index: usize, shades: &Shades) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut end = 0;
    let mut push = |shade, part: Option<&str>| {
        let text = Text::source(part.unwrap_or_default());
        if !text.is_empty() {
            pieces.push(Piece { shade, text });
        }
    };
    for (range, shade) in shades.line(index) {
        push(None, line.get(end..range.start));
        push(Some(*shade), line.get(range.clone()));
        end = range.end;
    }
    push(None, line.get(end..));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[(Option<Shade>, &str)]) {
        let shaded = Shaded::of(line, 0, &Shades::of(line));
        let pieces = shaded.pieces.iter();
        let pieces: Vec<_> = pieces.map(|it| (it.shade, it.text.plain())).collect();
        let expected = expected
            .iter()
            .map(|&(shade, text)| (shade, text.to_owned()));
        assert_eq!(pieces, expected.collect::<Vec<_>>());
    }

    #[test]
    fn pieces_are_the_line() {
        check(
            "x = 1  # one",
            &[
                (None, "x = "),
                (Some(Shade::Literal), "1"),
                (None, "  "),
                (Some(Shade::Comment), "# one"),
            ],
        );
        check("", &[]);
    }

    #[test]
    fn what_is_not_shown_as_it_is_has_one_piece() {
        // The tab ends at a column of the line, not of its piece.
        check("xyz = 1\t# one", &[(None, "xyz = 1 # one")]);
        let long = format!("x = '{}'", "y".repeat(2 * COLUMNS));
        let shaded = Shaded::of(&long, 0, &Shades::of(&long));
        assert_eq!(shaded.pieces.len(), 1);
        assert!(shaded.plain().ends_with('…'));
    }
}
