//! What the parts of a Python source text are to a reader: what an editor gives colours to.

use std::ops::Range;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

use super::parser::{self, Module};
use crate::source;

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shade {
    /// A word of the language.
    Keyword,
    /// What is between quotes, and these.
    Quoted,
    /// A number.
    Literal,
    /// From a number sign to the end of the line.
    Comment,
}

/// The parts of a text that are anything in particular, by line; none of a text that is no
/// Python.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shades {
    lines: Vec<Vec<(Range<usize>, Shade)>>,
}

impl Shades {
    /// Those of a text; see [`source::lines`] for what a line is.
    pub(crate) fn of(text: &str) -> Self {
        parser::read(text, Self::read).unwrap_or_default()
    }

    /// Those of one line by its index, as ranges of its bytes, in their order.
    pub(crate) fn line(&self, index: usize) -> &[(Range<usize>, Shade)] {
        self.lines.get(index).map_or(&[], Vec::as_slice)
    }

    fn read(text: &str, module: &Module) -> Self {
        let ranges: Vec<Range<usize>> = source::line_ranges(text).collect();
        let mut lines = vec![Vec::new(); ranges.len()];
        let mut first = 0;
        for (token, shade) in module.tokens().iter().filter_map(shaded) {
            while ranges.get(first).is_some_and(|it| it.end <= token.start) {
                first += 1;
            }
            let touched = ranges.iter().enumerate().skip(first);
            for (index, range) in touched.take_while(|(_, it)| it.start < token.end) {
                let part = token.start.max(range.start)..token.end.min(range.end);
                lines[index].push((part.start - range.start..part.end - range.start, shade));
            }
        }
        Self { lines }
    }
}

fn shaded(token: &Token) -> Option<(Range<usize>, Shade)> {
    let shade = match token.kind() {
        TokenKind::Comment => Shade::Comment,
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => Shade::Literal,
        TokenKind::String
        | TokenKind::FStringStart
        | TokenKind::FStringMiddle
        | TokenKind::FStringEnd
        | TokenKind::TStringStart
        | TokenKind::TStringMiddle
        | TokenKind::TStringEnd => Shade::Quoted,
        kind if kind.is_keyword() => Shade::Keyword,
        _ => return None,
    };
    Some((token.range().into(), shade))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// Each line with what is anything in particular in brackets.
    fn shown(text: &str) -> Vec<String> {
        let shades = Shades::of(text);
        let lines = source::lines(text).enumerate();
        lines
            .map(|(index, line)| {
                let mut shown = String::new();
                let mut end = 0;
                for (range, shade) in shades.line(index) {
                    shown += &line[end..range.start];
                    let mark = match shade {
                        Shade::Keyword => 'k',
                        Shade::Quoted => 'q',
                        Shade::Literal => 'l',
                        Shade::Comment => 'c',
                    };
                    write!(shown, "{mark}[{}]", &line[range.clone()]).unwrap();
                    end = range.end;
                }
                shown + &line[end..]
            })
            .collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn words_numbers_and_comments() {
        check(
            "def f(x):\n    return x if x > 1.5 else None  # é\n",
            &[
                "k[def] f(x):",
                "    k[return] x k[if] x > l[1.5] k[else] k[None]  c[# é]",
            ],
        );
    }

    #[test]
    fn strings_over_lines() {
        check(
            "s = '''a\r\n  b'''\r\nt = f'{s} c'",
            &["s = q['''a]", "q[  b''']", "t = q[f']{s}q[ c]q[']"],
        );
    }

    #[test]
    fn words_that_are_keywords_in_some_places_only() {
        check("match = 1\n", &["match = l[1]"]);
        check(
            "match x:\n    case 1: pass\n",
            &["k[match] x:", "    k[case] l[1]: k[pass]"],
        );
    }

    #[test]
    fn what_is_no_python_has_few_or_none() {
        check("this is $ ( [\n", &["this k[is] $ ( ["]);
        check(&"(".repeat(20_000), &["(".repeat(20_000).as_str()]);
    }

    proptest! {
        #[test]
        fn every_part_is_in_its_line(text in "[a-z'\"# \n\r\\\\f{}é(=0-9]{0,60}") {
            let shades = Shades::of(&text);
            for (index, line) in source::lines(&text).enumerate() {
                let mut end = 0;
                for (range, _) in shades.line(index) {
                    prop_assert!(end <= range.start && line.get(range.clone()).is_some());
                    end = range.end;
                }
            }
        }
    }
}
