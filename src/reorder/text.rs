//! The script with the statements of its block in another order, byte for byte the same
//! otherwise.

use super::Order;
use super::block::{Block, Lines};

/// A comment and a statement that does nothing: what a change is that changes nothing.
const INERT: [&str; 2] = ["# This changes nothing.", "pass"];

/// A script, and the block in it.
pub(crate) struct Script<'s> {
    /// What is before the block, and what is after it.
    before: &'s [u8],
    after: &'s [u8],
    /// The statements without the end of their last lines, with the comments before them.
    pieces: Vec<&'s [u8]>,
    lines: &'s [Lines],
    line_end: &'static [u8],
    /// The end of the last line of the block; it has none at the end of a file.
    last_end: &'s [u8],
}

/// A script whose block was rearranged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rearranged {
    /// The whole text.
    pub text: Vec<u8>,
    /// The first and the last line, counted from 1, of each statement in the order as it is,
    /// without the comments before it.
    pub lines: Vec<(u32, u32)>,
}

impl<'s> Script<'s> {
    /// The script with this text; `None` where the block is not in it.
    pub(crate) fn new(text: &'s [u8], block: &'s Block) -> Option<Self> {
        let ends = line_ends(text);
        let start_of = |line: u32| match usize::try_from(line).ok()?.checked_sub(2) {
            None => Some(0),
            Some(before) => ends.get(before).map(|it| it.1),
        };
        let end_of = |line: u32| {
            ends.get(usize::try_from(line).ok()?.checked_sub(1)?)
                .copied()
        };
        let pieces = block.statements.iter().map(|it| {
            let (start, end) = (start_of(it.begins)?, end_of(it.last)?.0);
            text.get(start..end)
        });
        let (first, last) = block.bounds();
        let (start, (end, next)) = (start_of(first)?, end_of(last)?);
        let is_dos = ends
            .first()
            .is_some_and(|&(end, next)| &text[end..next] == b"\r\n");
        Some(Self {
            before: text.get(..start)?,
            after: text.get(next..)?,
            pieces: pieces.collect::<Option<_>>()?,
            lines: &block.statements,
            line_end: if is_dos { b"\r\n" } else { b"\n" },
            last_end: text.get(end..next)?,
        })
    }

    /// The script with its statements in this order.
    pub(crate) fn in_order(&self, order: &Order) -> Rearranged {
        self.arranged(order, &[])
    }

    /// The script as it is, but for a change before the block that changes nothing.
    pub(crate) fn placebo(&self) -> Rearranged {
        let first = self.pieces.first().zip(self.lines.first());
        let indent = first.map_or(&[][..], |(piece, lines)| {
            indentation(piece, lines.first - lines.begins)
        });
        let inert = INERT.map(|line| [indent, line.as_bytes(), self.line_end].concat());
        self.arranged(&Order::as_is(self.pieces.len()), &inert.concat())
    }

    fn arranged(&self, order: &Order, inserted: &[u8]) -> Rearranged {
        let mut text = [self.before, inserted].concat();
        let mut lines = vec![(0, 0); self.pieces.len()];
        let start = self.lines.first().map_or(1, |it| it.begins);
        let mut line = start + number_of_lines(inserted);
        let mut pieces = order.statements().iter().peekable();
        while let Some(&statement) = pieces.next() {
            let Lines {
                begins,
                first,
                last,
            } = self.lines[statement];
            lines[statement] = (line + first - begins, line + last - begins);
            line += last + 1 - begins;
            text.extend_from_slice(self.pieces[statement]);
            text.extend_from_slice(match pieces.peek() {
                Some(_) => self.line_end,
                None => self.last_end,
            });
        }
        text.extend_from_slice(self.after);
        Rearranged { text, lines }
    }
}

/// Where each line ends, and where the next one begins. Lines end as they do for Python.
fn line_ends(text: &[u8]) -> Vec<(usize, usize)> {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let end = rest.iter().position(|it| matches!(it, b'\n' | b'\r'));
        let Some(end) = end.map(|end| at + end) else {
            ends.push((text.len(), text.len()));
            break;
        };
        let width = if text[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        at = end + width;
        ends.push((end, at));
    }
    ends
}

fn number_of_lines(text: &[u8]) -> u32 {
    u32::try_from(line_ends(text).len()).unwrap_or(u32::MAX)
}

/// The white space before the statement of a piece, which comments may precede.
fn indentation(piece: &[u8], comments: u32) -> &[u8] {
    let start = (comments as usize).checked_sub(1);
    let start = start.and_then(|at| line_ends(piece).get(at).map(|it| it.1));
    let line = &piece[start.unwrap_or(0)..];
    &line[..line.len() - line.trim_ascii_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(lines: &[(u32, u32, u32)]) -> Block {
        let statements = lines.iter().map(|&(begins, first, last)| Lines {
            begins,
            first,
            last,
        });
        Block {
            function: None,
            statements: statements.collect(),
            dependences: Vec::new(),
        }
    }

    fn reversed(text: &str, lines: &[(u32, u32, u32)]) -> (String, Vec<(u32, u32)>) {
        let block = block(lines);
        let script = Script::new(text.as_bytes(), &block).unwrap();
        let all = super::super::orders::Precedence::new(lines.len(), std::iter::empty());
        let mut backwards: Vec<usize> = (0..lines.len()).collect();
        backwards.reverse();
        let (orders, _) = all.orders(usize::MAX, 0);
        let order = orders
            .iter()
            .find(|it| it.statements() == backwards)
            .unwrap();
        let Rearranged { text, lines } = script.in_order(order);
        (String::from_utf8(text).unwrap(), lines)
    }

    #[track_caller]
    fn check(text: &str, lines: &[(u32, u32, u32)], expected: &str) {
        let block = block(lines);
        let script = Script::new(text.as_bytes(), &block).unwrap();
        let same = script.in_order(&Order::as_is(lines.len()));
        assert_eq!(String::from_utf8(same.text).unwrap(), text);
        let (found, places) = reversed(text, lines);
        assert_eq!(found, expected);
        let all: Vec<&str> = crate::source::lines(text).collect();
        let moved: Vec<&str> = crate::source::lines(&found).collect();
        for (&(_, first, last), (now_first, now_last)) in lines.iter().zip(places) {
            let of = |all: &[&str], first: u32, last: u32| {
                all[first as usize - 1..last as usize].join("\n")
            };
            assert_eq!(of(&moved, now_first, now_last), of(&all, first, last));
        }
    }

    #[test]
    fn statements_move_with_their_comments() {
        check(
            "x\n a\n # b\n\n b(\n 1)\nend\n",
            &[(2, 2, 2), (3, 5, 6)],
            "x\n # b\n\n b(\n 1)\n a\nend\n",
        );
    }

    #[test]
    fn line_ends_stay_what_they_are() {
        check(
            "a\r\nb\r\nc\r\n",
            &[(1, 1, 1), (2, 2, 2)],
            "b\r\na\r\nc\r\n",
        );
        check("a\nb", &[(1, 1, 1), (2, 2, 2)], "b\na");
        check("x\r\na\r\nb", &[(2, 2, 2), (3, 3, 3)], "x\r\nb\r\na");
    }

    #[test]
    fn the_placebo_has_the_indentation_of_the_block() {
        let block = block(&[(2, 3, 3), (4, 4, 4)]);
        let script = Script::new(b"f:\r\n\r\n\t a\r\n\t b\r\n", &block).unwrap();
        let Rearranged { text, lines } = script.placebo();
        let expected = "f:\r\n\t # This changes nothing.\r\n\t pass\r\n\r\n\t a\r\n\t b\r\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(lines, [(5, 5), (6, 6)]);
    }

    /// A comment may stand anywhere.
    #[test]
    fn the_placebo_has_not_the_indentation_of_a_comment() {
        let block = block(&[(2, 3, 3), (4, 4, 4)]);
        let script = Script::new(b"f:\n# b\n a\n b\n", &block).unwrap();
        let text = String::from_utf8(script.placebo().text).unwrap();
        assert_eq!(text, "f:\n # This changes nothing.\n pass\n# b\n a\n b\n");
    }

    #[test]
    fn a_block_that_is_not_there_is_none() {
        let block = block(&[(2, 2, 2), (3, 3, 3)]);
        assert!(Script::new(b"a\nb\n", &block).is_none());
    }
}
